"""What feeds the inventory: whole refreshes, and single objects that a delivery just applied."""

from apps.inventory.services.observation import forget_secret, observe_ingress, observe_secret
from apps.inventory.services.refresh import Refresh, forget_retired, refresh_inventory
from apps.inventory.services.roots import add_root, judge_trust_again, remove_root

__all__ = [
    "Refresh",
    "add_root",
    "forget_retired",
    "forget_secret",
    "judge_trust_again",
    "observe_ingress",
    "observe_secret",
    "refresh_inventory",
    "remove_root",
]

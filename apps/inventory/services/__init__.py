"""What feeds the inventory: whole refreshes, and single objects that a delivery just applied."""

from apps.inventory.services.observation import observe_ingress, observe_secret
from apps.inventory.services.refresh import Refresh, forget_retired, refresh_inventory

__all__ = ["Refresh", "forget_retired", "observe_ingress", "observe_secret", "refresh_inventory"]

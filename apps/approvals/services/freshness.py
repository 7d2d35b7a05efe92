"""Reads the cluster once more before refusing because of what the inventory says.

A Service made a second ago, a certificate just replaced or an Ingress just removed is known to the person and not yet
to the inventory. Refusing with old news would be wrong, so the refusal costs one refresh first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.utils import timezone

from apps.clusters.models import Cluster
from apps.common.errors import Conflict, PolicyViolation, PortalError, Unavailable
from apps.inventory.selectors import freshness
from apps.inventory.services import refresh_inventory

FROM_INVENTORY = frozenset(
    {
        "namespace_not_found",
        "service_not_found",
        "port_not_found",
        "secret_not_offered",
        "certificate_not_usable",
        "class_not_found",
    }
)
FROM_LIVE_OBJECTS = frozenset({"live_object", "path"})
YOUNG = timedelta(seconds=1)

Answer = TypeVar("Answer")


def on_fresh_inventory(command: Callable[..., Answer]) -> Callable[..., Answer]:
    """Run a keyword-only command; if it is refused by old facts, refresh them and run it once more.

    The command opens its own transaction, so none is open during the refresh (D3).
    """

    @wraps(command)
    def run(**kwargs: Any) -> Answer:
        try:
            return command(**kwargs)
        except (PolicyViolation, Conflict, Unavailable) as refusal:
            if not _may_be_old_news(refusal) or not _refreshed(_cluster_of(kwargs)):
                raise
        return command(**kwargs)

    return run


def _may_be_old_news(refusal: PortalError) -> bool:
    if isinstance(refusal, PolicyViolation):
        return any(violation.code in FROM_INVENTORY for violation in refusal.errors)
    conflicts = refusal.fields.get("conflicts", [])
    return refusal.code == "cluster_unreachable" or any(entry["kind"] in FROM_LIVE_OBJECTS for entry in conflicts)


def _refreshed(cluster: Cluster) -> bool:
    """Whether there is anything newer to look at now."""
    last = freshness(cluster, "*").observed_at
    if last is not None and timezone.now() - last < YOUNG:
        return False
    refresh = refresh_inventory(cluster=cluster)
    return refresh.ran and not refresh.errors


def _cluster_of(kwargs: dict[str, Any]) -> Cluster:
    if "cluster" in kwargs:
        cluster: Cluster = kwargs["cluster"]
        return cluster
    exposure = kwargs["exposure"] if "exposure" in kwargs else kwargs["request"].exposure
    found: Cluster = exposure.cluster
    return found

"""Looks at the cluster itself where old news would give a wrong answer.

A Service made a second ago, a certificate just replaced or an Ingress just removed is known to the person and not yet
to the inventory. Refusing with old news would be wrong, so the refusal costs one refresh first. And what somebody else
has just put under the host is known to nobody here: whoever asks for a host has the cluster's Ingresses read first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.utils import timezone

from apps.clusters.models import Cluster
from apps.clusters.services.clients import client_for
from apps.common.errors import Conflict, PolicyViolation, PortalError, Unavailable, Violation
from apps.exposures.surroundings import is_unreachable
from apps.inventory.models import Ingress
from apps.inventory.selectors import freshness
from apps.inventory.services import refresh_inventory
from apps.inventory.services.refresh import refresh_kind
from apps.inventory.silence import is_silent, note_silence
from apps.kube.kinds import INGRESS
from apps.kube.transport import calls_within

FROM_INVENTORY = frozenset(
    {
        "namespace_not_found",
        "service_not_allowed",
        "service_not_found",
        "port_not_found",
        "secret_not_offered",
        "certificate_not_usable",
        "class_not_found",
    }
)
FROM_LIVE_OBJECTS = frozenset({"live_object", "path", "wildcard"})
YOUNG = timedelta(seconds=1)
# To list an Ingress costs a small part of this, so that in a burst hardly anybody waits for a reading: a cluster with
# fifty is read whenever somebody asks, one with a thousand every five seconds. The gate looks again in any case.
AGE_PER_INGRESS = timedelta(milliseconds=5)
# Somebody waits for the look. One that gets no answer costs the first of a burst these seconds and the others nothing.
PATIENCE_SECONDS = 3.0

Answer = TypeVar("Answer")


def on_fresh_inventory(command: Callable[..., Answer]) -> Callable[..., Answer]:
    """Run a keyword-only command over the present Ingresses; if it is refused by old facts, refresh them and run it
    once more. The command opens its own transaction, so none is open while the cluster is asked (D3).
    """

    @wraps(command)
    def run(**kwargs: Any) -> Answer:
        look_at_hosts(_cluster_of(kwargs))
        try:
            return command(**kwargs)
        except (PolicyViolation, Conflict, Unavailable) as refusal:
            if not _may_be_old_news(refusal) or not read_again(_cluster_of(kwargs)):
                raise
        return command(**kwargs)

    return run


def look_at_hosts(cluster: Cluster) -> bool:
    """Read the cluster's Ingresses, unless that was just done; whether it answers. Never raises.

    One that was never read is left to the schedule, one that did not answer is spared for a while.
    """
    if freshness(cluster, INGRESS.kind).observed_at is None:
        return True
    if is_unreachable(cluster) or is_silent(cluster):
        return False
    age = AGE_PER_INGRESS * Ingress.objects.filter(cluster=cluster).count()
    try:
        with calls_within(PATIENCE_SECONDS):
            refresh_kind(cluster=cluster, kind=INGRESS, client=client_for(cluster), max_age=age)
    except PortalError:
        note_silence(cluster)
        return False
    return True


def is_old_news(errors: Iterable[Violation], conflicts: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a refusal rests on what the inventory says of the cluster, which may have changed since."""
    return any(violation.code in FROM_INVENTORY for violation in errors) or any(
        entry["kind"] in FROM_LIVE_OBJECTS for entry in conflicts
    )


def _may_be_old_news(refusal: PortalError) -> bool:
    errors = refusal.errors if isinstance(refusal, PolicyViolation) else ()
    return refusal.code == "cluster_unreachable" or is_old_news(errors, refusal.fields.get("conflicts", []))


def read_again(cluster: Cluster) -> bool:
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

"""Lists everything the portal knows of a cluster and stores it. Calls first, then one short transaction per kind.

A kind that cannot be listed keeps its rows and notes why; a cluster that does not answer keeps all of them. Only one
refresh of a cluster runs at a time: the lease is a row of its own, so any number of workers may try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import NamespaceGrant
from apps.clusters.errors import VaultError
from apps.clusters.models import Cluster
from apps.clusters.services.checks import check_cluster
from apps.clusters.services.clients import client_for, drop_client
from apps.common.conditions import find_condition
from apps.common.errors import PortalError
from apps.common.storable import storable
from apps.inventory import listing, writes
from apps.inventory.models import Collection, Ingress, IngressClass, Namespace, Secret, Service
from apps.inventory.observe import text
from apps.inventory.silence import forget_silence
from apps.inventory.writes import Changes, Snapshot
from apps.kube.client import ClusterClient
from apps.kube.errors import ClusterError, Unauthorized, Unreachable
from apps.kube.kinds import ENDPOINT_SLICE, INGRESS, INGRESS_CLASS, NAMESPACE, SECRET, SERVICE, Kind

# The row whose `attempted_at` and `observed_at` say when the last whole refresh began and ended.
WHOLE = "*"
LEASE = timedelta(seconds=180)
TICK = timedelta(microseconds=1)
ERROR_LIMIT = 300
VERSION_LIMIT = 60
# Whoever waits for one kind does not compare what has not changed; the schedule does.
IN_A_HURRY = {**listing.FETCH, INGRESS: listing.fetch_changed_ingresses}
KINDS = (NAMESPACE, INGRESS_CLASS, INGRESS, SERVICE, ENDPOINT_SLICE, SECRET)
OBSERVED_MODELS = (Namespace, IngressClass, Service, Secret, Ingress)


@dataclass(slots=True)
class Refresh:
    """What a refresh did: `ran` is False when another one was still at it, `errors` says why a kind kept old rows."""

    ran: bool = True
    changes: dict[str, Changes] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def refresh_inventory(*, cluster: Cluster) -> Refresh:
    """All kinds of one cluster. Whatever the cluster does, the answer is a Refresh; the rows tell their age."""
    with _lease(cluster) as ours:
        if not ours:
            return Refresh(ran=False)
        refresh = Refresh()
        try:
            _refresh_kinds(cluster, client_for(cluster), refresh, KINDS)
        except (ClusterError, VaultError) as error:
            drop_client(cluster)
            left = [kind for kind in KINDS if kind.kind not in refresh.changes and kind.kind not in refresh.errors]
            _note_failure(cluster, left, error, refresh)
            return refresh
    _note_answer(cluster)
    return refresh


def _note_answer(cluster: Cluster) -> None:
    """Who could be read can be reached, whatever an earlier check said: nobody waits for the next one to say so."""
    forget_silence(cluster)
    condition = find_condition(cluster.conditions, "Reachable")
    if condition is not None and condition["status"] == "False":
        check_cluster(cluster=cluster)


def refresh_kind(*, cluster: Cluster, kind: Kind, client: ClusterClient, max_age: timedelta) -> None:
    """One kind alone, for whoever is about to act on it and cannot wait for the schedule.

    What was read within `max_age` is new enough, so a burst of callers costs one list. A kind that may not be listed
    keeps its rows; raises when the cluster does not answer.
    """
    recent = Collection.objects.filter(cluster=cluster, kind=kind.kind, observed_at__gt=timezone.now() - max_age)
    if not recent.filter(error="").exists():
        _refresh_kinds(cluster, client, Refresh(), [kind], fetch=IN_A_HURRY)


def forget_retired() -> int:
    """Drop what is still known of retired clusters; how many rows that were."""
    retired = Cluster.objects.exclude(retired_at=None).values("pk")
    return sum(model.objects.filter(cluster__in=retired).delete()[0] for model in (Collection, *OBSERVED_MODELS))


def _refresh_kinds(
    cluster: Cluster,
    client: ClusterClient,
    refresh: Refresh,
    kinds: Iterable[Kind],
    fetch: Mapping[Kind, listing.Fetch] = listing.FETCH,
) -> None:
    """Kind by kind. A cluster that does not answer or does not know us ends it: the next kind fares no better."""
    namespaces = _granted_namespaces(cluster)
    for kind in kinds:
        asked_at = timezone.now()
        try:
            found = fetch[kind](client, cluster.pk, namespaces)
        except (Unreachable, Unauthorized):
            raise
        except ClusterError as error:
            _note_failure(cluster, [kind], error, refresh)
        else:
            refresh.changes[kind.kind] = _store(cluster, kind, found, asked_at)


def _store(cluster: Cluster, kind: Kind, found: listing.Found, asked_at: datetime) -> Changes:
    """Under a lock of the kind's row: whoever refreshes one kind in a hurry holds no lease."""
    with transaction.atomic():
        previous = Collection.objects.select_for_update().filter(cluster=cluster, kind=kind.kind).first()
        now = timezone.now()
        snapshot = Snapshot(
            text(found.resource_version, VERSION_LIMIT),
            previous.resource_version if previous else "",
            was_overtaken=bool(previous and previous.observed_at and previous.observed_at >= asked_at),
        )
        if snapshot.is_outdated:
            return Changes(0, 0)
        changes = STORE[kind](cluster, found, snapshot)
        _note(cluster, [kind], resource_version=snapshot.resource_version, observed_at=now, attempted_at=now, error="")
    return changes


def _store_rows(model: type[writes.Row]) -> Callable[[Cluster, listing.Found, Snapshot], Changes]:
    return lambda cluster, found, snapshot: writes.replace_rows(model, cluster, found.rows, snapshot)


STORE: dict[Kind, Callable[[Cluster, listing.Found, Snapshot], Changes]] = {
    NAMESPACE: _store_rows(Namespace),
    INGRESS_CLASS: _store_rows(IngressClass),
    SERVICE: _store_rows(Service),
    SECRET: _store_rows(Secret),
    INGRESS: lambda cluster, found, snapshot: writes.replace_ingresses(
        cluster, found.ingresses, snapshot, found.unchanged
    ),
    ENDPOINT_SLICE: lambda cluster, found, _snapshot: writes.replace_ready_endpoints(cluster, found.ready),
}


def _note_failure(cluster: Cluster, kinds: list[Kind], error: PortalError, refresh: Refresh) -> None:
    message = storable(error.message)[:ERROR_LIMIT] or error.code
    refresh.errors.update({kind.kind: message for kind in kinds})
    _note(cluster, kinds, attempted_at=timezone.now(), error=message)


def _note(cluster: Cluster, kinds: list[Kind], **values: str | datetime) -> None:
    rows = [Collection(cluster=cluster, kind=kind.kind, **values) for kind in kinds]
    Collection.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["cluster", "kind"], update_fields=[*values]
    )


def _granted_namespaces(cluster: Cluster) -> list[str]:
    return list(NamespaceGrant.objects.filter(cluster_name=cluster.name).values_list("namespace", flat=True))


@contextmanager
def _lease(cluster: Cluster) -> Iterator[bool]:
    """Whether this call may refresh now; a dead worker's lease ends by itself."""
    whole = Collection.objects.filter(pk=Collection.objects.get_or_create(cluster=cluster, kind=WHOLE)[0].pk)
    started = _take(whole)
    if started is None:
        yield False
        return
    try:
        yield True
    finally:
        whole.filter(attempted_at=started).update(observed_at=timezone.now())


def _take(whole: QuerySet[Collection]) -> datetime | None:
    """When the refresh that now holds the lease began; None while another one is at it.

    It is later than the end of the last one, also by the clock of another machine: else it would pass for over.
    """
    with transaction.atomic():
        row, now = whole.select_for_update().get(), timezone.now()
        began, ended = row.attempted_at, row.observed_at
        if began and began >= now - LEASE and (ended is None or ended < began):
            return None
        started = max(now, ended + TICK) if ended else now
        whole.update(attempted_at=started)
    return started

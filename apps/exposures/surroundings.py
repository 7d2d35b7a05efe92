"""Gathers what the preflight looks at beside the spec: from rows only, by a fixed number of queries."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.models import NamespaceGrant, Team
from apps.clusters.models import Cluster
from apps.common.conditions import find_condition
from apps.common.said import restored
from apps.domains.dns.servers import OFF
from apps.domains.hosts import is_one_label_under
from apps.domains.models import NameCheck
from apps.domains.services_dns import wildcard_name
from apps.exposures.models import Exposure
from apps.exposures.policies import Circumstances, Facts, Limit, NameFacts, Reading
from apps.exposures.policies.circumstances import STALE_AFTER
from apps.inventory.models import Collection, Ingress, Namespace

Readings = Mapping[str, Reading]


class Clockwork:
    """How long the facts of each check took to gather."""

    def __init__(self) -> None:
        self.spent_ms: dict[str, float] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.spent_ms[name] = self.spent_ms.get(name, 0.0) + (time.perf_counter() - started) * 1000


def circumstances_of(
    *, cluster: Cluster, team: Team, facts: Facts, exposure: Exposure | None, readings: Readings, clock: Clockwork
) -> Circumstances:
    now, host, namespace = timezone.now(), facts.spec.host, facts.namespace
    with clock.timed("namespace"):
        has_namespace = _has_namespace(cluster, namespace, readings)
    with clock.timed("host"):
        unread = _unread_clusters(cluster, now)
    with clock.timed("class"):
        of_class = _ingresses_of_class(cluster, facts)
        has_addresses = of_class.exclude(addresses=[]).exists()
        is_serving = of_class.filter(exposure_id__in=_answering(cluster)).exists()
    with clock.timed("dns"):
        name = _name_facts(cluster, host)
    with clock.timed("quota"):
        team_limit, namespace_limit = limits_of(team, cluster, namespace, exposure)
    return Circumstances(
        now=now,
        is_reachable=not is_unreachable(cluster),
        readings=readings,
        unread_clusters=unread,
        has_namespace=has_namespace,
        has_addresses=has_addresses,
        is_serving=is_serving,
        name=name,
        asks_dns=settings.PORTICO_RESOLVERS != OFF,
        team_limit=team_limit,
        namespace_limit=namespace_limit,
        spent_ms=clock.spent_ms,
    )


def readings_of(cluster: Cluster) -> Readings:
    rows = Collection.objects.filter(cluster=cluster).values_list("kind", "observed_at", "error")
    return {kind: Reading(observed_at, error) for kind, observed_at, error in rows}


def was_read(readings: Readings, kind: str) -> bool:
    return kind in readings and readings[kind].observed_at is not None


def limits_of(team: Team, cluster: Cluster, namespace: str, exposure: Exposure | None) -> tuple[Limit, Limit]:
    """Of the team and of the namespace, with how many exposures there are beside this one; counts what is limited."""
    grant = NamespaceGrant.objects.filter(cluster_name=cluster.name, namespace=namespace).first()
    others = Exposure.objects.active().exclude(pk=exposure.pk if exposure else "")
    in_namespace = others.filter(cluster=cluster, namespace=namespace)
    namespace_limit = grant.exposure_limit if grant else None
    return (
        Limit(0 if team.exposure_limit is None else others.filter(team=team).count(), team.exposure_limit),
        Limit(0 if namespace_limit is None else in_namespace.count(), namespace_limit),
    )


def is_unreachable(cluster: Cluster) -> bool:
    """Only a check that failed says so; one that was never made says nothing."""
    condition = find_condition(cluster.conditions, "Reachable")
    return condition is not None and condition["status"] == "False"


def _has_namespace(cluster: Cluster, namespace: str, readings: Readings) -> bool | None:
    if not was_read(readings, "Namespace"):
        return None
    return Namespace.objects.filter(cluster=cluster, name=namespace).exists()


def _unread_clusters(cluster: Cluster, now: datetime) -> int:
    """How many of the other clusters may have Ingresses that nobody has seen."""
    fresh = Collection.objects.filter(
        cluster=OuterRef("pk"), kind="Ingress", error="", observed_at__gt=now - STALE_AFTER
    )
    return Cluster.objects.active().exclude(pk=cluster.pk).filter(~Exists(fresh)).count()


def _ingresses_of_class(cluster: Cluster, facts: Facts) -> QuerySet[Ingress]:
    name = facts.ingress_class_name
    names = {name, ""} if name == facts.cluster.default_ingress_class_name else {name}
    return Ingress.objects.filter(cluster=cluster, ingress_class_name__in=names)


def _answering(cluster: Cluster) -> QuerySet[Any]:
    """The exposures of the cluster whose hosts answered when they were last asked."""
    return Exposure.objects.active().filter(cluster=cluster, serving="True").values("pk")


def _name_facts(cluster: Cluster, host: str) -> NameFacts | None:
    """What was found for the host itself, else for the wildcard that it is under."""
    names = [host]
    if is_one_label_under(host, cluster.wildcard_domain):
        names.append(wildcard_name(cluster))
    rows = {row.name: row for row in NameCheck.objects.filter(cluster=cluster, name__in=names)}
    row = next((rows[name] for name in names if name in rows and rows[name].found), None)
    if row is None:
        return None
    found = row.found
    return NameFacts(row.name, found["status"], restored(found), found.get("hint", ""), row.checked_at)

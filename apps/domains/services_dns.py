"""Asks DNS where names point, keeps what it says, and decides when it is asked again.

No transaction is open while name servers are asked. What stays as it is is asked for ever more rarely; what is wrong
is asked for soon, because somebody may be setting the record just now.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.common.conditions import find_condition, set_condition
from apps.common.said import restored, stored
from apps.common.storable import storable_json
from apps.domains.dns.servers import OFF, servers_of
from apps.domains.dns.verdict import Finding, check_host, check_wildcard, switched_off
from apps.domains.models import NameCheck

WILDCARD = "*."
WILDCARD_CONDITION = "WildcardResolves"
# Longer than a check and its wait for a worker; a check that gets lost is made up for after it.
LEASE = timedelta(minutes=2)
# Asking again at once would hear the same from a cache.
JUST_NOW = timedelta(seconds=3)
GOOD_PAUSES = (timedelta(minutes=5), timedelta(hours=6))
OTHER_PAUSES = (timedelta(seconds=30), timedelta(minutes=30))
# A host of a deleted exposure is never asked for again.
FORGET_AFTER = timedelta(days=30)


def wildcard_name(cluster: Cluster) -> str:
    return WILDCARD + cluster.wildcard_domain


def check_name(*, cluster: Cluster, name: str) -> NameCheck:
    """Ask whether the name leads to the cluster's entry and keep the answer; one of just now is given again."""
    row = NameCheck.objects.filter(cluster=cluster, name=name).first()
    if row is not None and row.checked_at is not None and timezone.now() - row.checked_at < JUST_NOW:
        return row
    return _keep(cluster, name, _ask(cluster, name))


def check_cluster_wildcard(cluster_id: str) -> None:
    """Ask for the cluster's wildcard and keep the answer as its condition; without a wildcard there is none."""
    cluster = Cluster.objects.active().filter(pk=cluster_id).first()
    if cluster is None:
        return
    row = check_name(cluster=cluster, name=wildcard_name(cluster)) if cluster.wildcard_domain else None
    with transaction.atomic():
        fresh = Cluster.objects.select_for_update(no_key=True).get(pk=cluster_id)
        if fresh.wildcard_domain == cluster.wildcard_domain:
            fresh.conditions = _with_wildcard(fresh.conditions, row)
            fresh.save(update_fields=["conditions"])


def claim_due_wildcards(now: datetime) -> list[str]:
    """The clusters to check now, each given to one caller only."""
    NameCheck.objects.filter(checked_at__lt=now - FORGET_AFTER).delete()
    clusters = list(Cluster.objects.active())
    for cluster in clusters:
        _pull_forward(cluster, now)
    return [cluster.pk for cluster in clusters if _is_due(cluster, now)]


def claim_name(*, cluster_id: str, name: str, now: datetime) -> bool:
    """Whether the name is due and this caller is the one to check it."""
    NameCheck.objects.get_or_create(cluster_id=cluster_id, name=name, defaults={"due_at": now})
    due = NameCheck.objects.filter(cluster_id=cluster_id, name=name, due_at__lte=now)
    return bool(due.update(due_at=now + LEASE))


def pause_after(status: str, steady: int) -> timedelta:
    """How long until the next check: twice as long every time the same was found."""
    first, longest = GOOD_PAUSES if status == "True" else OTHER_PAUSES
    return min(first * 2 ** min(steady, 16), longest)


def _ask(cluster: Cluster, name: str) -> Finding:
    if settings.PORTICO_RESOLVERS == OFF:
        return switched_off()
    servers = servers_of(settings.PORTICO_RESOLVERS)
    if name.startswith(WILDCARD):
        return check_wildcard(name.removeprefix(WILDCARD), cluster.entry_addresses, servers)
    return check_host(name, cluster.entry_addresses, servers)


@transaction.atomic
def _keep(cluster: Cluster, name: str, finding: Finding) -> NameCheck:
    now = timezone.now()
    rows = NameCheck.objects.select_for_update()
    row, _created = rows.get_or_create(cluster=cluster, name=name, defaults={"due_at": now})
    found = _as_json(finding)
    row.steady = row.steady + 1 if _is_same(row.found, found) else 0
    row.found, row.entry, row.checked_at = found, cluster.entry_addresses, now
    row.due_at = now + pause_after(finding.status, row.steady)
    row.save()
    return row


def _as_json(finding: Finding) -> dict[str, Any]:
    resolution = finding.resolution
    found = {
        "status": finding.status,
        "reason": finding.reason,
        **stored(finding.message),
        "hint": finding.hint,
        "addresses": list(resolution.addresses) if resolution else [],
        "ttl": resolution.ttl if resolution else None,
        "links": [asdict(link) for link in resolution.links] if resolution else [],
        "expected": list(finding.expected),
        "issuers": asdict(finding.issuers) if finding.issuers else None,
    }
    json: dict[str, Any] = storable_json(found)
    return json


def _is_same(before: dict[str, Any], found: dict[str, Any]) -> bool:
    """TTLs count down and the way may change; what matters is where it leads."""
    return all(before.get(key) == found[key] for key in ("status", "reason", "addresses"))


def _with_wildcard(conditions: list[dict[str, Any]], row: NameCheck | None) -> list[dict[str, Any]]:
    if row is None:
        return [condition for condition in conditions if condition["type"] != WILDCARD_CONDITION]
    found = row.found
    return set_condition(
        conditions,
        WILDCARD_CONDITION,
        found["status"],
        reason=found["reason"],
        message=restored(found),
        now=row.checked_at or timezone.now(),
    )


def _pull_forward(cluster: Cluster, now: datetime) -> None:
    """What was compared with another entry says nothing any more; what is under way already stays there."""
    waiting = NameCheck.objects.filter(cluster=cluster, due_at__gt=now + LEASE)
    waiting.exclude(entry=cluster.entry_addresses).update(due_at=now)


def _is_due(cluster: Cluster, now: datetime) -> bool:
    if not cluster.wildcard_domain:
        return find_condition(cluster.conditions, WILDCARD_CONDITION) is not None
    return claim_name(cluster_id=cluster.pk, name=wildcard_name(cluster), now=now)

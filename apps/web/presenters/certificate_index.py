"""All certificates that a person may see, as far as the list's filters, chips and order ask about them.

A page shows twenty-five of thousands. Only these are read and judged as whole rows; of the others it is enough to know
place, team, bucket, end and the words that they are found by.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast

from apps.accounts.models import NamespaceGrant, Team, User
from apps.accounts.selectors import list_grants_for
from apps.clusters.models import Cluster
from apps.clusters.selectors import list_clusters_for
from apps.exposures.permissions import may_expose_for
from apps.inventory.models import Namespace
from apps.inventory.observe import PASSING_CODES
from apps.inventory.selectors import list_certificates_for
from apps.kube.certificates import CertificateFacts, passing_reasons

NOTHING = "[]"
# The buckets in which somebody has to do something before long.
DUE = frozenset({"expired", "tenth", "third"})
COLUMNS = ("pk", "cluster_id", "namespace", "name", "issuer", "not_before", "not_after", "fingerprint_sha256")


class Listed(NamedTuple):
    """One certificate in the index; `key` names its bucket, `words` hold everything that a search looks at."""

    pk: int
    cluster: str
    namespace: str
    name: str
    team: str
    key: str
    until: datetime | None
    words: str


def index_of_certificates(user: User, now: datetime) -> list[Listed]:
    """Soonest expiry first; what has no dates comes last. Three queries, none of which makes objects."""
    granted = list_grants_for(user).values_list("cluster_name", "namespace", "team__name")
    teams = {(cluster, namespace): team for cluster, namespace, team in granted}
    clusters = dict(Cluster.objects.values_list("pk", "name"))
    texts = {"names": Cast("subject_names", TextField()), "faults": Cast("reasons", TextField())}
    rows = list_certificates_for(user).prefetch_related(None).annotate(**texts).values_list(*COLUMNS, *texts)
    return sorted(_listed(rows, clusters, teams, now), key=_order)


def due_by_cluster(user: User, now: datetime) -> Counter[str]:
    """How many certificates of each cluster the list shows for `?cluster=…&bucket=due`."""
    return Counter(one.cluster for one in index_of_certificates(user, now) if one.key in DUE)


def uploads_somewhere(user: User) -> bool:
    """Whether there is a namespace in which the person may put certificates. Two queries."""
    seen = Namespace.objects.filter(cluster__in=list_clusters_for(user))
    is_there = Exists(seen.filter(cluster__name=OuterRef("cluster_name"), name=OuterRef("namespace")))
    granted = NamespaceGrant.objects.filter(is_there, team__memberships__user=user)
    return any(may_expose_for(user, team) for team in Team.objects.filter(pk__in=granted.values("team")))


def bucket_key(codes: set[str], not_before: datetime | None, not_after: datetime | None, now: datetime) -> str:
    """Relative to the lifetime: fixed days would cry wolf over certificates that live for weeks only."""
    if codes:
        return "expired" if codes == {"expired"} else "unusable"
    if not_after is None:
        return "tenth"
    left, whole = not_after - now, not_after - (not_before or not_after)
    if left <= whole / 10:
        return "tenth"
    return "third" if left <= whole / 3 else "ok"


def _listed(
    rows: Iterable[tuple[Any, ...]], clusters: dict[str, str], teams: dict[tuple[str, str], str], now: datetime
) -> Iterator[Listed]:
    for pk, cluster_id, namespace, name, issuer, not_before, not_after, fingerprint, names, faults in rows:
        cluster = clusters[cluster_id]
        facts = CertificateFacts(() if names == NOTHING else (names,), not_before=not_before, not_after=not_after)
        codes = _lasting(faults)
        if fingerprint:
            codes.update(passing_reasons(facts, now=now, host=None))
        key = bucket_key(codes, not_before, not_after, now)
        words = "\n".join((name, namespace, issuer, names)).lower()
        yield Listed(pk, cluster, namespace, name, teams.get((cluster, namespace), ""), key, not_after, words)


def _lasting(faults: str) -> set[str]:
    """The codes that were found in the cluster and do not depend on the day."""
    return set() if faults == NOTHING else {fault["code"] for fault in json.loads(faults)} - PASSING_CODES


def _order(one: Listed) -> tuple[bool, float, str, str, str]:
    until = one.until.timestamp() if one.until else 0.0
    return (one.until is None, until, one.cluster, one.namespace, one.name)

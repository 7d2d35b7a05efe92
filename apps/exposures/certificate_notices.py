"""Tells teams of certificates that come to their end, and of used ones that are gone or no longer fit.

Found on a schedule from what was last seen in the clusters. The owning team is the one that holds the namespace; teams
whose exposures use the certificate are told as well.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.accounts.enums import Role
from apps.accounts.models import Membership, NamespaceGrant
from apps.common.said import say
from apps.exposures.models import Exposure
from apps.inventory.models import Collection, Secret
from apps.inventory.observe import PASSING_CODES
from apps.inventory.subjects import certificate_id
from apps.kube.certificates import covers
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services import News, notify_all
from apps.notices.subjects import Subject

# A threshold that was crossed longer ago is no news: what was told of it may be forgotten by now, and a cluster that
# joins brings old certificates along.
NEWS = timedelta(days=60)

ENDING = {
    "third": _n("The certificate %(secret)s on %(cluster)s expires on %(day)s: the last third of its life has begun."),
    "tenth": _n("The certificate %(secret)s on %(cluster)s expires on %(day)s: replace it now."),
    "expired": _n(
        "The certificate %(secret)s on %(cluster)s expired on %(day)s: visitors are warned until it is replaced."
    ),
}
GONE = _n("The certificate %(secret)s is gone from %(cluster)s, and %(host)s needs it.")
UNUSABLE = _n("The certificate %(secret)s on %(cluster)s can no longer be used, and %(host)s needs it.")
UNCOVERED = _n("The certificate %(secret)s on %(cluster)s no longer covers %(host)s.")

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Use:
    """An exposure that is live with a certificate."""

    place: Place
    cluster_name: str
    host: str
    team_id: str
    fingerprint: str


@dataclass(slots=True)
class Owners:
    """Who is to be told of what is in a place: ids of users by team, team by namespace, teams by use."""

    people: dict[str, set[int]]
    grants: dict[tuple[str, str], str]
    users_of: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))

    def of(self, place: Place, cluster_name: str) -> set[int]:
        teams = {self.grants.get((cluster_name, place[1]), ""), *self.users_of.get(place, ())}
        return {pk for team in teams for pk in self.people.get(team, ())}


def tell_of_certificates(*, now: datetime | None = None) -> None:
    """Everything that is news of certificates now; what was told before is not told again."""
    moment = now or timezone.now()
    uses = list(_uses())
    owners = _owners(uses)
    notify_all(kind=NoticeKind.CERTIFICATE_DUE, news=list(_endings(owners, moment)))
    notify_all(kind=NoticeKind.CERTIFICATE_BROKEN, news=list(_breaks(uses, owners)))


def threshold_crossed(not_before: datetime, not_after: datetime, now: datetime) -> str | None:
    """The threshold that was crossed last, as long as that is news: third, tenth or expired."""
    life = not_after - not_before
    crossings = {"expired": not_after, "tenth": not_after - life / 10, "third": not_after - life / 3}
    last = next((name for name, moment in crossings.items() if moment <= now), None)
    return last if last and now - crossings[last] <= NEWS else None


def _endings(owners: Owners, now: datetime) -> Iterator[News]:
    """One for each certificate and threshold, however many places hold a copy; used ones speak first."""
    secrets = Secret.objects.filter(is_tls=True, cluster__retired_at=None, not_after__gt=now - NEWS)
    dated = secrets.exclude(fingerprint_sha256="").select_related("cluster").defer("labels")
    crossed = [(row, threshold) for row in dated.iterator() if (threshold := _crossed(row, now))]
    for row, threshold in sorted(crossed, key=lambda pair: _order(pair[0], owners)):
        place, cluster = _place(row), row.cluster.name
        yield News(
            to=owners.of(place, cluster),
            sentence=say(ENDING[threshold], day=f"{row.not_after:%Y-%m-%d}", **_named(place, cluster)),
            subject=Subject(SubjectType.CERTIFICATE, certificate_id(row)),
            once_key=f"{row.fingerprint_sha256}:{threshold}",
        )


def _crossed(row: Secret, now: datetime) -> str | None:
    if row.not_before is None or row.not_after is None or row.not_before >= row.not_after:
        return None
    return threshold_crossed(row.not_before, row.not_after, now)


def _breaks(uses: Iterable[Use], owners: Owners) -> Iterator[News]:
    """Uses whose certificate is gone, broken or does not fit, once for each exposure and state of the certificate."""
    listed = Collection.objects.filter(kind="Secret", error="").exclude(observed_at=None)
    clusters = set(listed.values_list("cluster_id", flat=True))
    known = [use for use in uses if use.place[0] in clusters]
    rows = {_place(row): row for row in _rows_of(known)}
    for use in known:
        row = rows.get(use.place)
        msgid = _break(use, row)
        if msgid is None:
            continue
        seen = f"{use.place}{use.fingerprint}{row.fingerprint_sha256 if row else ''}{use.host}{msgid}"
        cluster, namespace, name = use.cluster_name, use.place[1], use.place[2]
        yield News(
            to=owners.of(use.place, cluster),
            sentence=say(msgid, host=use.host, **_named(use.place, cluster)),
            subject=Subject(SubjectType.CERTIFICATE, f"{cluster}/{namespace}/{name}"),
            once_key=hashlib.sha256(seen.encode()).hexdigest(),
        )


def _break(use: Use, row: Secret | None) -> str | None:
    """What is wrong besides its dates, of which the thresholds speak."""
    if row is None or not row.is_tls:
        return GONE
    if any(reason["code"] not in PASSING_CODES for reason in row.reasons):
        return UNUSABLE
    return None if covers(use.host, row.subject_names) else UNCOVERED


def _uses() -> Iterator[Use]:
    live = Exposure.objects.active().filter(live_revision__spec__tls__secret_name__isnull=False)
    served = live.filter(cluster__retired_at=None).annotate(
        secret_name=F("live_revision__spec__tls__secret_name"), facts=F("live_revision__facts")
    )
    columns = ("cluster_id", "namespace", "secret_name", "cluster__name", "host", "team_id", "facts")
    for cluster, namespace, name, cluster_name, host, team, facts in served.order_by("host").values_list(*columns):
        if name:
            yield Use((cluster, namespace, name), cluster_name, host, team, facts.get("certificate_fingerprint", ""))


def _owners(uses: Iterable[Use]) -> Owners:
    people: dict[str, set[int]] = defaultdict(set)
    acting = Membership.objects.filter(role__in=[Role.DEVELOPER, Role.MAINTAINER], user__is_auditor=False)
    for team, user in acting.values_list("team_id", "user_id"):
        people[team].add(user)
    grants = {(c, n): team for c, n, team in NamespaceGrant.objects.values_list("cluster_name", "namespace", "team_id")}
    owners = Owners(people, grants)
    for use in uses:
        owners.users_of[use.place].add(use.team_id)
    return owners


def _rows_of(uses: Iterable[Use]) -> Iterator[Secret]:
    places = {use.place for use in uses}
    names, clusters = {place[2] for place in places}, {place[0] for place in places}
    yield from Secret.objects.filter(cluster__in=clusters, name__in=names).defer("labels")


def _order(row: Secret, owners: Owners) -> tuple[bool, str]:
    return (_place(row) not in owners.users_of, certificate_id(row))


def _place(row: Secret) -> Place:
    return (row.cluster_id, row.namespace, row.name)


def _named(place: Place, cluster_name: str) -> dict[str, str]:
    return {"secret": f"{place[1]}/{place[2]}", "cluster": cluster_name}

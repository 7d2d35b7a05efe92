"""Tells teams of certificates that come to their end, and of used ones that are gone or no longer fit.

Found on a schedule from what was last seen in the clusters. The owning team is the one that holds the namespace; teams
whose exposures use the certificate are told as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.accounts.enums import Role
from apps.accounts.models import Membership, NamespaceGrant
from apps.common.said import say
from apps.exposures.certificate_troubles import troubles_of
from apps.exposures.models import Exposure, ExposureQuerySet
from apps.inventory.models import Collection, Secret
from apps.inventory.subjects import certificate_id
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services import News, notify_all
from apps.notices.subjects import Subject

# A threshold that was crossed longer ago is no news: what was told of it may be forgotten by now, and a cluster that
# joins brings old certificates along.
NEWS = timedelta(days=60)

ENDING = {
    "third": _n("The certificate %(secret)s on %(cluster)s expires on %(day)s: the last third of its life has begun."),
    "tenth": _n("The certificate %(secret)s on %(cluster)s expires on %(day)s: replace it now."),
    "expired": _n("The certificate %(secret)s on %(cluster)s expired on %(day)s. Nothing that is live here uses it."),
}
EXPIRED_IN_USE = _n(
    "The certificate %(secret)s on %(cluster)s expired on %(day)s: visitors are warned until it is replaced."
)
BREAKS = {
    "gone": _n("The certificate %(secret)s is gone from %(cluster)s, and %(host)s needs it."),
    "unusable": _n("The certificate %(secret)s on %(cluster)s can no longer be used, and %(host)s needs it."),
    "uncovered": _n("The certificate %(secret)s on %(cluster)s no longer covers %(host)s."),
}

Place = tuple[str, str, str]
SERVED = ("host", "namespace", "team", "cluster__name", "live_revision__spec", "live_revision__facts")
READ = ("cluster__name", "namespace", "name", "not_before", "not_after", "fingerprint_sha256")


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
    served = list(_served())
    owners = _owners(served)
    notify_all(kind=NoticeKind.CERTIFICATE_DUE, news=list(_endings(owners, moment)))
    notify_all(kind=NoticeKind.CERTIFICATE_BROKEN, news=list(_breaks(served, owners, moment)))


def threshold_crossed(not_before: datetime, not_after: datetime, now: datetime) -> str | None:
    """The threshold that was crossed last, as long as that is news: third, tenth or expired."""
    life = not_after - not_before
    crossings = {"expired": not_after, "tenth": not_after - life / 10, "third": not_after - life / 3}
    last = next((name for name, moment in crossings.items() if moment <= now), None)
    return last if last and now - crossings[last] <= NEWS else None


def _endings(owners: Owners, now: datetime) -> Iterator[News]:
    """One for each certificate and threshold, however many places hold a copy; used ones speak first."""
    secrets = Secret.objects.filter(is_tls=True, cluster__retired_at=None, not_after__gt=now - NEWS)
    dated = secrets.exclude(fingerprint_sha256="").select_related("cluster").only(*READ)
    crossed = [(row, threshold) for row in dated.iterator() if (threshold := _crossed(row, now))]
    for row, threshold in sorted(crossed, key=lambda pair: _order(pair[0], owners)):
        place, cluster = _place(row), row.cluster.name
        yield News(
            to=owners.of(place, cluster),
            sentence=say(_ending(threshold, place, owners), day=f"{row.not_after:%Y-%m-%d}", **_named(place, cluster)),
            subject=Subject(SubjectType.CERTIFICATE, certificate_id(row)),
            once_key=f"{row.fingerprint_sha256}:{threshold}",
        )


def _ending(threshold: str, place: Place, owners: Owners) -> str:
    is_used = place in owners.users_of
    return EXPIRED_IN_USE if threshold == "expired" and is_used else ENDING[threshold]


def _crossed(row: Secret, now: datetime) -> str | None:
    if row.not_before is None or row.not_after is None or row.not_before >= row.not_after:
        return None
    return threshold_crossed(row.not_before, row.not_after, now)


def _breaks(served: Iterable[Exposure], owners: Owners, now: datetime) -> Iterator[News]:
    """What hurts visitors besides dates, of which the thresholds speak; once for each exposure and what is wrong."""
    listed = Collection.objects.filter(kind="Secret", error="").exclude(observed_at=None)
    clusters = set(listed.values_list("cluster_id", flat=True))
    known = [exposure for exposure in served if exposure.cluster_id in clusters]
    for trouble in troubles_of(known, now).values():
        if trouble.code not in BREAKS:
            continue
        exposure, cluster = trouble.exposure, trouble.exposure.cluster.name
        place = _used_place(exposure)
        yield News(
            to=owners.of(place, cluster),
            sentence=say(BREAKS[trouble.code], host=exposure.host, **_named(place, cluster)),
            subject=Subject(SubjectType.CERTIFICATE, f"{cluster}/{place[1]}/{place[2]}"),
            once_key=f"{exposure.live_revision_id}:{trouble.code}",
        )


def _served() -> ExposureQuerySet:
    """Exposures that are live with a certificate of their namespace."""
    live = Exposure.objects.active().filter(cluster__retired_at=None)
    served = live.filter(live_revision__spec__tls__secret_name__isnull=False).order_by("host")
    return served.select_related("cluster", "live_revision").only(*SERVED)


def _owners(served: Iterable[Exposure]) -> Owners:
    people: dict[str, set[int]] = defaultdict(set)
    acting = Membership.objects.filter(role__in=[Role.DEVELOPER, Role.MAINTAINER], user__is_auditor=False)
    for team, user in acting.values_list("team_id", "user_id"):
        people[team].add(user)
    grants = {(c, n): team for c, n, team in NamespaceGrant.objects.values_list("cluster_name", "namespace", "team_id")}
    owners = Owners(people, grants)
    for exposure in served:
        owners.users_of[_used_place(exposure)].add(exposure.team_id)
    return owners


def _order(row: Secret, owners: Owners) -> tuple[bool, str]:
    return (_place(row) not in owners.users_of, certificate_id(row))


def _place(row: Secret) -> Place:
    return (row.cluster_id, row.namespace, row.name)


def _used_place(exposure: Exposure) -> Place:
    tls = exposure.live_revision.spec.get("tls") if exposure.live_revision else None
    return (exposure.cluster_id, exposure.namespace, (tls or {}).get("secret_name") or "")


def _named(place: Place, cluster_name: str) -> dict[str, str]:
    return {"secret": f"{place[1]}/{place[2]}", "cluster": cluster_name}

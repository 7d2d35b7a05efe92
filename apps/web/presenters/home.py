"""What the start page gathers for each role. Every function here is a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.accounts.selectors import list_events_for
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import awaiting, list_requests_for
from apps.clusters.models import Cluster
from apps.clusters.selectors import list_clusters_for
from apps.common.paging import first_rows, rows_of
from apps.common.said import shown
from apps.exposures.enums import ConditionType, DriftKind
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.web.presenters.audit import EventRow, event_rows
from apps.web.presenters.certificate_index import DUE, index_of_certificates
from apps.web.presenters.certificates import Certificate, certificates_of
from apps.web.presenters.clusters import Badge as ClusterBadge
from apps.web.presenters.clusters import badge_of, is_unhealthy, trouble_of
from apps.web.presenters.exposure_kinds import with_kind
from apps.web.presenters.exposure_state import Badge, exposure_state, with_state
from apps.web.presenters.request_lists import moving_of, needing_team_of
from apps.web.presenters.requests import NEEDS_TEAM, Row, row_of

SHOWN = 6
FEW = 4
SYSTEM = "system:"
# What people do for themselves only is no news.
TRIVIAL = ("user.preferences_saved", "user.notices_chosen", "view.saved", "view.renamed", "view.deleted")


class ExposureLine(NamedTuple):
    exposure: Exposure
    state: Badge


class TroubledLine(NamedTuple):
    exposure: Exposure
    state: Badge
    why: str


class ClusterLine(NamedTuple):
    cluster: Cluster
    badge: ClusterBadge
    trouble: str


@dataclass(frozen=True, slots=True)
class Part:
    """The first rows of a list, and how many there are in all."""

    rows: list[Row]
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers for those who see everything."""

    exposures: int
    pending: int
    failed: int
    clusters: int
    unhealthy: list[ClusterLine]


@dataclass(frozen=True, slots=True)
class TeamPart:
    """What a developer's teams have to look after; None and nothing for those who act for no team."""

    needs: Part | None = None
    moving: Part | None = None
    troubled: tuple[TroubledLine, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    certificates_total: int = 0


NO_TEAM = TeamPart()


def team_part_of(user: User, now: datetime, requests: tuple[Part, Part]) -> TeamPart:
    """`requests`: what needs the team, and what is under way."""
    certificates, total = due_certificates(user, now)
    return TeamPart(*requests, tuple(troubled_of(user)), tuple(certificates), total)


def parts_of(user: User, awaiting_total: int | None, *, acts: bool) -> list[Part]:
    """What waits for the person's word, the oldest first, where it is asked for by the number of it; then, for those
    who act for a team, what needs it and what is under way. The rows of all are read at once.
    """
    lists: list[tuple[QuerySet[ChangeRequest], int | None]] = []
    if awaiting_total is not None:
        lists.append((awaiting(user), awaiting_total))
    if acts:
        lists += [(needing_team_of(user), None), (moving_of(user), None)]
    keys = [list(_keys_of(requests)) if total != 0 else [] for requests, total in lists]
    shown = ChangeRequest.objects.for_lists()
    found = {row.pk: row_of(row) for row in rows_of({key for some in keys for key in some}, shown)}
    return [
        Part([found[key] for key in some if key in found], _total_of(requests, len(some), total))
        for (requests, total), some in zip(lists, keys, strict=True)
    ]


def recent_for(user: User) -> list[EventRow]:
    """The last that people did, as far as the person may read the audit trail."""
    told = list_events_for(user).exclude(actor__startswith=SYSTEM).exclude(verb__in=TRIVIAL)
    return event_rows(told[:SHOWN])


def exposures_of(user: User) -> tuple[list[ExposureLine], int]:
    """The newest exposures of the person's own teams, and how many there are."""
    own = _own_exposures(user)
    rows = first_rows(own.order_by("-updated_at", "pk"), SHOWN, shown=_shown_exposures())
    return [ExposureLine(row, exposure_state(row)) for row in rows], own.count()


def troubled_of(user: User) -> list[TroubledLine]:
    """Live exposures of the teams that do not work or were changed outside, and no request says so already."""
    own = with_kind(_own_exposures(user).filter(live_revision__isnull=False))
    # The annotations of `with_kind`, which the checker of types does not know.
    untold = Q(("request_state__isnull", True)) | ~Q(("request_state__in", NEEDS_TEAM))
    found = own.filter(Q(("kind", "bad")) | ~Q(drift=DriftKind.NONE), untold)
    rows = first_rows(found.order_by("-updated_at", "host"), SHOWN, shown=_shown_exposures())
    return [TroubledLine(row, exposure_state(row), why_troubled(row)) for row in rows]


def _own_exposures(user: User) -> QuerySet[Exposure]:
    """Of the person's own teams, whatever else they see."""
    return Exposure.objects.active().filter(team__in=user.memberships.values("team"))


def _shown_exposures() -> QuerySet[Exposure]:
    return with_state(Exposure.objects.for_lists())


def why_troubled(exposure: Exposure) -> str:
    """What was seen last: of the host, else of the object in the cluster."""
    serving, synced = exposure.condition(ConditionType.SERVING), exposure.condition(ConditionType.IN_SYNC)
    is_silent = serving is not None and serving["status"] == "False"
    return shown(serving if is_silent and exposure.drift != DriftKind.MISSING else synced)


def due_certificates(user: User, now: datetime) -> tuple[list[Certificate], int]:
    """Those of the person's teams that end before long, the soonest first, and how many the list of them has."""
    due = [one for one in index_of_certificates(user, now) if one.key in DUE]
    return certificates_of(user, due[:FEW], now), len(due)


def overview_for(user: User) -> Overview:
    """Each number counts exactly the list that it links to."""
    clusters = list(list_clusters_for(user))
    requests = list_requests_for(user).order_by()
    return Overview(
        exposures=list_exposures_for(user).count(),
        pending=requests.filter(state=RequestState.PENDING).count(),
        failed=requests.filter(state=RequestState.FAILED).count(),
        clusters=len(clusters),
        unhealthy=[ClusterLine(one, badge_of(one), trouble_of(one)) for one in clusters if is_unhealthy(one)],
    )


def _keys_of(requests: QuerySet[ChangeRequest]) -> QuerySet[ChangeRequest, str]:
    return requests.select_related(None).prefetch_related(None).values_list("pk", flat=True)[:SHOWN]


def _total_of(requests: QuerySet[ChangeRequest], found: int, known: int | None) -> int:
    """Counted only where more were found than are shown."""
    if known is not None:
        return known
    return found if found < SHOWN else requests.order_by().count()

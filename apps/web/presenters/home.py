"""What the start page gathers for each role. Every function here is a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import awaiting, list_requests_for
from apps.clusters.models import Cluster
from apps.clusters.selectors import list_clusters_for
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.web.presenters.clusters import Badge, badge_of, is_unhealthy, trouble_of
from apps.web.presenters.exposure_state import exposure_state, with_state
from apps.web.presenters.requests import NEEDS_TEAM, Row, row_of

SHOWN = 6
ACTING_ROLES = (Role.DEVELOPER, Role.MAINTAINER)


class ExposureLine(NamedTuple):
    exposure: Exposure
    kind: str
    word: str


class ClusterLine(NamedTuple):
    cluster: Cluster
    badge: Badge
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


def acts_for_a_team(user: User) -> bool:
    return not user.is_auditor and any(membership.role in ACTING_ROLES for membership in user.memberships.all())


def decisions_for(user: User) -> Part:
    """What waits for the person's word, the oldest first."""
    return _part(awaiting(user))


def needs_team_of(user: User) -> Part:
    """Requests of the person's teams on which only the team can go on; older ones for the same exposure are history."""
    newest = ChangeRequest.objects.filter(exposure=OuterRef("exposure")).order_by("-id").values("pk")[:1]
    requests = _of_teams(user).filter(state__in=NEEDS_TEAM, exposure__deleted_at=None, pk=Subquery(newest))
    return _part(requests.order_by("-created_at"))


def moving_for(user: User) -> Part:
    """The teams' requests that wait for others or are on their way."""
    states = (RequestState.PENDING, RequestState.APPROVED, RequestState.DELIVERING)
    return _part(_of_teams(user).filter(state__in=states).order_by("-created_at"))


def exposures_of(user: User) -> tuple[list[ExposureLine], int]:
    """The newest exposures of the person's own teams, and how many there are."""
    own = list_exposures_for(user).filter(team__memberships__user=user)
    rows = with_state(own).order_by("-updated_at")[:SHOWN]
    return [ExposureLine(row, *exposure_state(row)) for row in rows], own.count()


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


def _of_teams(user: User) -> QuerySet[ChangeRequest]:
    acting = user.memberships.filter(role__in=ACTING_ROLES).values("team")
    return ChangeRequest.objects.with_relations().filter(exposure__team__in=acting)


def _part(requests: QuerySet[ChangeRequest]) -> Part:
    rows = [row_of(request) for request in requests[:SHOWN]]
    return Part(rows, len(rows) if len(rows) < SHOWN else requests.order_by().values("pk").distinct().count())

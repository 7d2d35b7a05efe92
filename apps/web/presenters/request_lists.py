"""The requests of a person's teams, by who has to act on them: what start page and queue both list.

And what the queue says about all that the person sees.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.approvals.enums import OPEN_STATES, RequestState
from apps.approvals.models import ChangeRequest
from apps.web.presenters.requests import NEEDS_TEAM

ACTING_ROLES = (Role.DEVELOPER, Role.MAINTAINER)
MOVING = (RequestState.PENDING, RequestState.APPROVED, RequestState.DELIVERING)


class Numbers(NamedTuple):
    """How many requests there are, are open and are the person's own; where they are and whose."""

    total: int
    open: int
    mine: int
    clusters: list[str]
    teams: list[str]


def numbers_of(visible: QuerySet[ChangeRequest], user: User) -> Numbers:
    """All of it from one look at narrow columns."""
    places = visible.order_by().values_list("exposure__cluster__name", "exposure__team__name")
    counted = places.annotate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=OPEN_STATES)),
        mine=Count("pk", filter=Q(submitter=user)),
    )
    clusters, teams, total, opened, mine = list(zip(*counted, strict=True)) or [()] * 5
    return Numbers(sum(total), sum(opened), sum(mine), sorted(set(clusters)), sorted(set(teams)))


def acts_for_a_team(user: User) -> bool:
    return not user.is_auditor and any(membership.role in ACTING_ROLES for membership in user.memberships.all())


def needing_team_of(user: User) -> QuerySet[ChangeRequest]:
    """Those on which only the person's team can go on; an older one for the same exposure is history."""
    newest = ChangeRequest.objects.filter(exposure=OuterRef("exposure")).order_by("-id").values("pk")[:1]
    own = of_teams(user).filter(state__in=NEEDS_TEAM, exposure__deleted_at=None, pk=Subquery(newest))
    return own.order_by("-created_at")


def moving_of(user: User) -> QuerySet[ChangeRequest]:
    """Those that wait for others or are on their way."""
    return of_teams(user).filter(state__in=MOVING).order_by("-created_at")


def of_teams(user: User) -> QuerySet[ChangeRequest]:
    """Of the teams in which the person may act; auditors may nowhere."""
    if user.is_auditor:
        return ChangeRequest.objects.none()
    acting = user.memberships.filter(role__in=ACTING_ROLES).values("team")
    return ChangeRequest.objects.with_relations().filter(exposure__team__in=acting)

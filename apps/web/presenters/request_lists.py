"""The requests of a person's teams, by who has to act on them: what start page and queue both list."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.web.presenters.requests import NEEDS_TEAM

ACTING_ROLES = (Role.DEVELOPER, Role.MAINTAINER)
MOVING = (RequestState.PENDING, RequestState.APPROVED, RequestState.DELIVERING)


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

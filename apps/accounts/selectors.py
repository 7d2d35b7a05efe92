"""Reads on behalf of someone: what a person may see of teams, grants and tokens. Anything else does not exist (S5)."""

from __future__ import annotations

from django.db.models import QuerySet

from apps.accounts.models import ApiToken, ApproverGroup, NamespaceGrant, Team, User
from apps.common.errors import NotFound


def list_teams_for(user: User) -> QuerySet[Team]:
    teams = Team.objects.order_by("name")
    return teams if user.sees_everything else teams.filter(memberships__user=user).distinct()


def get_team_for(user: User, name: str) -> Team:
    team = list_teams_for(user).filter(name=name).first()
    if team is None:
        raise NotFound(code="team_not_found")
    return team


def team_ids_of(user: User) -> list[str]:
    return [membership.team_id for membership in user.memberships.all()]


def group_names_of(user: User) -> list[str]:
    """The approver groups the person decides for; none once deactivated."""
    return [group.name for group in user.approver_groups.all()] if user.is_active else []


def list_grants_for(user: User) -> QuerySet[NamespaceGrant]:
    """Grants of all teams for those who see everything, of the person's own teams otherwise."""
    grants = NamespaceGrant.objects.select_related("team").order_by("cluster_name", "namespace")
    return grants if user.sees_everything else grants.filter(team__memberships__user=user).distinct()


def grant_of(cluster_name: str, namespace: str) -> NamespaceGrant | None:
    """Whose namespace it is."""
    return NamespaceGrant.objects.select_related("team").filter(cluster_name=cluster_name, namespace=namespace).first()


def active_group_members(group_name: str) -> QuerySet[User]:
    return User.objects.filter(approver_groups__name=group_name, is_active=True)


def list_tokens_of(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user).order_by("-created")


def get_token_of(user: User, public_id: str) -> ApiToken:
    token = list_tokens_of(user).filter(public_id=public_id).first()
    if token is None:
        raise NotFound(code="token_not_found")
    return token


def get_user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(code="user_not_found")
    return user


def get_group(name: str) -> ApproverGroup:
    group = ApproverGroup.objects.filter(name=name).first()
    if group is None:
        raise NotFound(code="group_not_found")
    return group

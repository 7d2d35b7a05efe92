"""Reads on behalf of someone: what they may see of people, teams, grants and tokens. The rest does not exist (S5)."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.accounts.models import ApiToken, ApproverGroup, Membership, NamespaceGrant, SavedView, Team, User
from apps.accounts.permissions import may_see_people
from apps.audit.models import AuditEvent
from apps.audit.selectors import all_events, events_of
from apps.common.errors import NotFound

# The roles that may change something in the name of a team.
ACTING = (Role.DEVELOPER, Role.MAINTAINER)


def list_users_for(user: User, *, search: str = "") -> QuerySet[User]:
    """All users for those who see everything, only themselves for others."""
    users = User.objects.order_by("username").prefetch_related("memberships__team", "approver_groups")
    if not may_see_people(user):
        users = users.filter(pk=user.pk)
    for word in search.split():
        users = users.filter(
            Q(username__icontains=word)
            | Q(email__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    return users


def get_user_for(user: User, username: str) -> User:
    found = list_users_for(user).filter(username=username).first()
    if found is None:
        raise NotFound(_("There is no user %(name)s.") % {"name": username}, code="user_not_found")
    return found


def list_teams_for(user: User) -> QuerySet[Team]:
    teams = Team.objects.order_by("name")
    return teams if user.sees_everything else teams.filter(memberships__user=user).distinct()


def list_team_summaries_for(user: User, *, search: str = "") -> QuerySet[Team]:
    """Teams with `member_count` and their grants, for lists."""
    teams = list_teams_for(user)
    for word in search.split():
        teams = teams.filter(Q(name__icontains=word) | Q(title__icontains=word) | Q(contact__icontains=word))
    # A fresh query: the join that limits whose teams are seen would limit the counted members as well.
    counted = Team.objects.filter(pk__in=teams.order_by().values("pk")).annotate(member_count=Count("memberships"))
    grants = NamespaceGrant.objects.order_by("cluster_name", "namespace")
    return counted.order_by("name").prefetch_related(Prefetch("grants", grants))


def get_team_for(user: User, name: str) -> Team:
    team = list_teams_for(user).filter(name=name).first()
    if team is None:
        raise NotFound(_("There is no team %(name)s.") % {"name": name}, code="team_not_found")
    return team


def list_members(team: Team) -> QuerySet[Membership]:
    return team.memberships.select_related("user").order_by("user__username")


def members_with_role(team: Team, *roles: Role) -> QuerySet[User]:
    """The active members who hold one of these roles; auditors change nothing, so they count as viewers."""
    members = User.objects.filter(memberships__team=team, memberships__role__in=roles, is_active=True, is_auditor=False)
    return members.order_by("username")


def team_ids_of(user: User) -> list[str]:
    return [membership.team_id for membership in user.memberships.all()]


def group_names_of(user: User) -> list[str]:
    """The approver groups the person decides for; none once deactivated, none for auditors: they change nothing."""
    if not user.is_active or user.is_auditor:
        return []
    return [group.name for group in user.approver_groups.all()]


def deciding_groups_of(user: User) -> QuerySet[ApproverGroup]:
    """The groups of `group_names_of`, for a part of another query."""
    if not user.is_active or user.is_auditor:
        return ApproverGroup.objects.none()
    return ApproverGroup.objects.filter(members=user)


def acting_teams_of(user: User) -> QuerySet[Team]:
    """The teams in whose name the person may act: as a developer or maintainer, active and no auditor."""
    if not user.is_active or user.is_auditor:
        return Team.objects.none()
    return Team.objects.filter(memberships__user=user, memberships__role__in=ACTING)


def acting_members(team_name: str) -> QuerySet[User]:
    """Who can act for the team now, in the order of their names."""
    asked = Q(memberships__team__name=team_name, memberships__role__in=ACTING)
    return User.objects.filter(asked, is_active=True, is_auditor=False).order_by("username")


def list_grants_for(user: User) -> QuerySet[NamespaceGrant]:
    """Grants of all teams for those who see everything, of the person's own teams otherwise."""
    grants = NamespaceGrant.objects.select_related("team").order_by("cluster_name", "namespace")
    return grants if user.sees_everything else grants.filter(team__memberships__user=user).distinct()


def get_grant_for(user: User, grant_id: str) -> NamespaceGrant:
    grant = list_grants_for(user).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound(_("There is no such grant."), code="grant_not_found")
    return grant


def grant_of(cluster_name: str, namespace: str) -> NamespaceGrant | None:
    """Whose namespace it is."""
    return NamespaceGrant.objects.select_related("team").filter(cluster_name=cluster_name, namespace=namespace).first()


def list_groups_for(user: User) -> QuerySet[ApproverGroup]:
    """All groups for those who see everything, their own for others."""
    groups = ApproverGroup.objects.order_by("name")
    if not may_see_people(user):
        groups = groups.filter(pk__in=user.approver_groups.values("pk"))
    return groups.prefetch_related(Prefetch("members", User.objects.order_by("username")))


def get_group_for(user: User, name: str) -> ApproverGroup:
    group = list_groups_for(user).filter(name=name).first()
    if group is None:
        raise NotFound(_("There is no group %(name)s.") % {"name": name}, code="group_not_found")
    return group


def active_group_members(group_name: str) -> QuerySet[User]:
    """Who can decide for the group now, in the order of their names."""
    members = User.objects.filter(approver_groups__name=group_name, is_active=True, is_auditor=False)
    return members.order_by("username")


def list_views_of(user: User, page: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=user, page=page).order_by("name")


def get_view_of(user: User, view_id: str) -> SavedView:
    view = SavedView.objects.filter(owner=user, pk=view_id).first()
    if view is None:
        raise NotFound(_("There is no such view."), code="view_not_found")
    return view


def list_tokens_of(user: User) -> QuerySet[ApiToken]:
    tokens: QuerySet[ApiToken] = ApiToken.objects.filter(user=user)
    return tokens.select_related("user").order_by("-created")


def get_token_of(user: User, public_id: str) -> ApiToken:
    token = list_tokens_of(user).filter(public_id=public_id).first()
    if token is None:
        raise NotFound(_("There is no such token."), code="token_not_found")
    return token


def get_user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(_("There is no user %(name)s.") % {"name": username}, code="user_not_found")
    return user


def get_group(name: str) -> ApproverGroup:
    group = ApproverGroup.objects.filter(name=name).first()
    if group is None:
        raise NotFound(_("There is no group %(name)s.") % {"name": name}, code="group_not_found")
    return group


def list_events_for(user: User) -> QuerySet[AuditEvent]:
    """The whole trail for those who may read it; otherwise the person's teams and own deeds."""
    if user.is_active and user.sees_everything:
        return all_events()
    teams = [membership.team.name for membership in user.memberships.select_related("team")]
    return events_of(teams=teams, username=user.username)

"""Who may do what because of who they are: one function per question, no query hidden in a template.

An `Allowed` says yes or no and, when no, why: pages show it, the API answers with it. Deactivated people may nothing,
auditors see everything and change nothing but their own profile and tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.accounts.models import ApiToken, Team, User
from apps.common.actors import Actor, SystemActor
from apps.common.errors import NotPermitted

RANK = {Role.VIEWER: 1, Role.DEVELOPER: 2, Role.MAINTAINER: 3}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Truthy when allowed; `reason` is for the person who is not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Allowed(True)


def check(answer: Allowed) -> None:
    """Raise NotPermitted with the reason when the answer is no."""
    if not answer:
        raise NotPermitted(answer.reason)


def role_in(user: User, team: Team) -> str | None:
    """The user's role in the team. Inactive users have none, auditors never more than viewer."""
    if not user.is_active:
        return None
    membership = next((m for m in user.memberships.all() if m.team_id == team.pk), None)
    if membership is None:
        return None
    return Role.VIEWER if user.is_auditor else membership.role


def has_role(user: User, team: Team, least: Role) -> bool:
    role = role_in(user, team)
    return role is not None and RANK[Role(role)] >= RANK[least]


def may_see_people(user: User) -> bool:
    """The lists of all users and approver groups."""
    return user.is_active and user.sees_everything


def may_manage_people(by: Actor) -> Allowed:
    """Users, teams, groups, grants."""
    return _platform(by)


def may_manage_members(by: Actor, team: Team) -> Allowed:
    if _platform(by) or (isinstance(by, User) and has_role(by, team, Role.MAINTAINER)):
        return YES
    return Allowed(
        False, _("Only maintainers of team %(team)s and platform admins change its members.") % {"team": team}
    )


def may_edit_team(by: Actor, team: Team) -> Allowed:
    """Title and contact."""
    if may_manage_members(by, team):
        return YES
    return Allowed(False, _("Only maintainers of team %(team)s and platform admins change the team.") % {"team": team})


def may_see_team(user: User, team: Team) -> bool:
    return user.is_active and (user.sees_everything or role_in(user, team) is not None)


def may_revoke_token(by: Actor, token: ApiToken) -> Allowed:
    if _platform(by) or (isinstance(by, User) and by.is_active and token.user_id == by.pk):
        return YES
    return Allowed(False, _("Only its owner and platform admins revoke a token."))


def may_read_audit(user: User) -> Allowed:
    """The whole trail; without it, people see the events of their own teams."""
    if user.is_active and user.sees_everything:
        return YES
    return Allowed(False, _("Only platform admins and auditors read the whole audit trail."))


def may_manage_clusters(by: Actor) -> Allowed:
    return _platform(by)


def _platform(by: Actor) -> Allowed:
    # Parts of the system act by code alone: seeding a demo or creating the first platform admin needs no role.
    if isinstance(by, SystemActor) or (isinstance(by, User) and by.is_active and by.is_platform_admin):
        return YES
    return Allowed(False, _("This needs the platform admin role. Ask a platform admin."))

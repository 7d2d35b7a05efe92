"""Who may see and change exposures: members of the owning team, by role; those who see everything read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.accounts.models import Team, User
from apps.accounts.permissions import YES, Allowed, has_role, role_in
from apps.accounts.selectors import grant_of
from apps.exposures.models import Exposure, HostShare


def may_see(user: User, exposure: Exposure) -> bool:
    return user.is_active and (user.sees_everything or role_in(user, exposure.team) is not None)


def may_expose_for(user: User, team: Team) -> Allowed:
    """Open requests to create, change or delete exposures of the team. Being a platform admin is not enough."""
    if has_role(user, team, Role.DEVELOPER):
        return YES
    return Allowed(False, _("Only developers and maintainers of team %(team)s may do this.") % {"team": team.name})


def may_change(user: User, exposure: Exposure) -> Allowed:
    return may_expose_for(user, exposure.team)


def may_withdraw_consent(user: User, share: HostShare) -> Allowed:
    """Those who may agree to a path on the host may take that back, whoever of them agreed."""
    return may_expose_for(user, share.owner)


def may_expose_in(user: User, cluster_name: str, namespace: str) -> bool:
    """Whether the person may expose services of the namespace, whosever it is."""
    grant = grant_of(cluster_name, namespace)
    return grant is not None and bool(may_expose_for(user, grant.team))


def may_name_others(user: User, cluster_name: str, namespace: str) -> bool:
    """See the names of Secrets of other types, and why they are not offered.

    Those who may choose a certificate there, and platform admins; to read along is not enough.
    """
    if user.is_active and user.is_platform_admin and not user.is_auditor:
        return True
    return may_expose_in(user, cluster_name, namespace)

"""Who may do what with clusters. Registering and changing them is the platform admins'; seeing follows the grants."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.accounts.models import NamespaceGrant, User
from apps.accounts.permissions import RANK, YES, Allowed, may_manage_clusters
from apps.clusters.models import Cluster


def may_register_cluster(user: User) -> Allowed:
    return may_manage_clusters(user)


def may_change_cluster(user: User, cluster: Cluster) -> Allowed:
    """Update, re-key, pause, resume and retire; nothing can be done to a retired one."""
    if cluster.retired_at is not None:
        return Allowed(False, _("Cluster %(cluster)s is retired.") % {"cluster": cluster})
    return may_manage_clusters(user)


def may_check_cluster(user: User, cluster: Cluster) -> Allowed:
    """The staged connection test of a registered cluster; it shows details of the credential's rights."""
    return may_change_cluster(user, cluster)


def may_see_cluster(user: User, cluster: Cluster) -> bool:
    return user.is_active and (user.sees_everything or bool(_roles_on(user, cluster)))


def may_refresh_cluster(user: User, cluster: Cluster) -> Allowed:
    """Asking for a fresh inventory: developers of a team with a grant there, and platform admins."""
    if not user.is_active or cluster.retired_at is not None:
        return Allowed(False, _("Cluster %(cluster)s is retired.") % {"cluster": cluster})
    if user.is_platform_admin or any(RANK[Role(role)] >= RANK[Role.DEVELOPER] for role in _roles_on(user, cluster)):
        return YES
    return Allowed(False, _("Only developers with a namespace in this cluster and platform admins refresh it."))


def _roles_on(user: User, cluster: Cluster) -> list[str]:
    """The roles that the user has in teams with a grant in the cluster."""
    teams = NamespaceGrant.objects.filter(cluster_name=cluster.name).values("team")
    return [membership.role for membership in user.memberships.filter(team__in=teams)]

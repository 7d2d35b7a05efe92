"""Reads on behalf of someone: which clusters exist for a person (S5). Retired ones exist for nobody."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.accounts.models import NamespaceGrant, User
from apps.clusters.models import Cluster, ClusterQuerySet
from apps.common.conditions import Condition, find_condition
from apps.common.errors import NotFound


def list_clusters_for(user: User) -> ClusterQuerySet:
    """All for those who see everything, otherwise those in which a team of the person has a namespace."""
    clusters = Cluster.objects.active().order_by("name")
    if not user.is_active:
        return clusters.none()
    if user.sees_everything:
        return clusters
    granted = NamespaceGrant.objects.filter(team__memberships__user=user).values("cluster_name")
    return clusters.filter(name__in=granted)


def get_cluster_for(user: User, name: str) -> Cluster:
    cluster = list_clusters_for(user).filter(name=name).first()
    if cluster is None:
        raise NotFound(code="cluster_not_found")
    return cluster


def find_clusters(names: Sequence[str]) -> list[Cluster]:
    """For commands, which act for nobody: the named clusters, or all; NotFound names the first that is not there."""
    clusters = {cluster.name: cluster for cluster in Cluster.objects.active().order_by("name")}
    unknown = next((name for name in names if name not in clusters), None)
    if unknown is not None:
        raise NotFound(_("There is no cluster %(name)s.") % {"name": unknown}, code="cluster_not_found")
    return [clusters[name] for name in names] if names else list(clusters.values())


def active_cluster_ids() -> list[str]:
    return list(Cluster.objects.active().order_by("name").values_list("pk", flat=True))


def answering_cluster_ids() -> list[str]:
    """The active clusters that did not fail their last check; the others are left to the check until they answer."""
    rows = Cluster.objects.active().order_by("name").values_list("pk", "conditions")
    return [pk for pk, conditions in rows if not _is_silent(conditions)]


def _is_silent(conditions: list[Condition]) -> bool:
    reachable = find_condition(conditions, "Reachable")
    return reachable is not None and reachable["status"] == "False"

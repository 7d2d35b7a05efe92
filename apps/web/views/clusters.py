"""Clusters as everyone sees those in which their teams have a namespace: the list and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.enums import ListView
from apps.accounts.models import User
from apps.accounts.selectors import list_grants_for
from apps.clusters.enums import Environment
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_change_cluster, may_check_cluster, may_refresh_cluster, may_register_cluster
from apps.clusters.selectors import get_cluster_for, list_clusters_for
from apps.exposures.selectors import list_exposures_for
from apps.inventory.models import IngressClass
from apps.inventory.selectors import list_collections, list_ingress_classes, list_namespaces_for
from apps.kube.permissions import rbac_manifest
from apps.web.http import PAGE_SIZE, SignedInRequest, page_of
from apps.web.presenters.certificate_index import due_by_cluster
from apps.web.presenters.cluster_history import histories_of
from apps.web.presenters.cluster_page import inventory_card, short_lines, trouble_card
from apps.web.presenters.clusters import (
    ClusterRow,
    badge_of,
    check_lines,
    condition_lines,
    is_unhealthy,
    trouble_of,
)
from apps.web.presenters.names import wildcard_card

NAMESPACES_PER_PAGE = 50


@login_required
@require_GET
def cluster_list(request: SignedInRequest) -> HttpResponse:
    """State lies in conditions, not in columns, so it is filtered here; a portal has tens of clusters."""
    visible = list(list_clusters_for(request.user))
    only_unhealthy = request.GET.get("state") == "unhealthy"
    environment = request.GET.get("environment", "")
    view = request.GET.get("view", "")
    found = [
        cluster
        for cluster in visible
        if (not only_unhealthy or is_unhealthy(cluster)) and environment in {"", cluster.environment}
    ]
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(request.user, list(page.object_list)),
        "total": len(visible),
        "view": view if view in ListView.values else request.user.clusters_view,
        "unhealthy": [(cluster, trouble_of(cluster)) for cluster in visible if is_unhealthy(cluster)],
        "only_unhealthy": only_unhealthy,
        "environment": environment,
        "environment_word": dict(Environment.choices).get(environment, ""),
        "environments": Environment.choices,
        "may_register": may_register_cluster(request.user),
    }
    return render(request, "clusters/cluster_list.html", context)


@login_required
@require_GET
def cluster_detail(request: SignedInRequest, name: str) -> HttpResponse:
    return cluster_page(request, get_cluster_for(request.user, name))


def cluster_page(request: SignedInRequest, cluster: Cluster, status: int = 200, **refused: Any) -> HttpResponse:
    sees_everything = request.user.sees_everything
    namespaces = page_of(request, list_namespaces_for(request.user, cluster), NAMESPACES_PER_PAGE)
    context = {
        "cluster": cluster,
        "badge": badge_of(cluster),
        "trouble": trouble_card(cluster),
        "conditions": condition_lines(cluster),
        "names": wildcard_card(cluster, may_check=bool(may_check_cluster(request.user, cluster))),
        # The test shows what the credential may do: for those who look after clusters.
        "checks": short_lines(check_lines(cluster.last_check)) if sees_everything else [],
        "classes": list_ingress_classes(cluster),
        "inventory": inventory_card(list_collections(cluster)),
        "namespaces": namespaces,
        "sees_everything": sees_everything,
        "named_namespaces": _with_teams(request.user, cluster, [entry.name for entry in namespaces.object_list]),
        "nobody_may_use_it": not list_grants_for(request.user).filter(cluster_name=cluster.name).exists(),
        "exposures": list_exposures_for(request.user).filter(cluster=cluster).count(),
        "due": due_by_cluster(request.user, timezone.now())[cluster.name],
        "history": histories_of([cluster])[cluster.pk],
        "may_change": may_change_cluster(request.user, cluster),
        "may_refresh": may_refresh_cluster(request.user, cluster),
        "rbac": rbac_manifest() if sees_everything else "",
    }
    return render(request, "clusters/cluster_detail.html", context | refused, status=status)


def rows_of(user: User, clusters: list[Cluster]) -> list[ClusterRow]:
    """The same number of queries however many clusters there are."""
    counted = list_exposures_for(user).order_by().values("cluster").annotate(count=Count("pk", distinct=True))
    exposures = {row["cluster"]: row["count"] for row in counted}
    classes: dict[str, list[str]] = {}
    for cluster_id, name in IngressClass.objects.filter(cluster__in=clusters).values_list("cluster_id", "name"):
        classes.setdefault(cluster_id, []).append(name)
    due, histories = due_by_cluster(user, timezone.now()), histories_of(clusters)
    return [
        ClusterRow(
            cluster,
            badge_of(cluster),
            exposures.get(cluster.pk, 0),
            due[cluster.name],
            histories[cluster.pk],
            sorted(classes.get(cluster.pk, [])),
        )
        for cluster in clusters
    ]


def _with_teams(user: User, cluster: Cluster, namespaces: list[str]) -> list[tuple[str, str]]:
    grants = list_grants_for(user).filter(cluster_name=cluster.name).values_list("namespace", "team__name")
    teams = dict(grants)
    return [(namespace, teams.get(namespace, "")) for namespace in namespaces]

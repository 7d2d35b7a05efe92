"""Addresses of clusters: the list, registering, one cluster, and what platform admins do with it."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import clusters, clusters_actions, clusters_register

urlpatterns: list[URLPattern] = [
    path("clusters/", clusters.cluster_list, name="cluster_list"),
    path("clusters/register/", clusters_register.cluster_register, name="cluster_register"),
    path("clusters/register/test/", clusters_register.cluster_test, name="cluster_test"),
    path("clusters/<slug:name>/", clusters.cluster_detail, name="cluster_detail"),
    path("clusters/<slug:name>/check/", clusters_actions.cluster_check, name="cluster_check"),
    path("clusters/<slug:name>/refresh/", clusters_actions.cluster_refresh, name="cluster_refresh"),
    path("clusters/<slug:name>/edit/", clusters_actions.cluster_edit, name="cluster_edit"),
    path("clusters/<slug:name>/pause/", clusters_actions.cluster_pause, name="cluster_pause"),
    path("clusters/<slug:name>/resume/", clusters_actions.cluster_resume, name="cluster_resume"),
    path("clusters/<slug:name>/rekey/", clusters_register.cluster_rekey, name="cluster_rekey"),
    path("clusters/<slug:name>/retire/", clusters_actions.cluster_retire, name="cluster_retire"),
]

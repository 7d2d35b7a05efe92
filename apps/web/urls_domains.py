"""Addresses of the pages about names: wildcard pools, zones, reserved names, claimed hosts, and who has a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import domains

urlpatterns: list[URLPattern] = [
    path("domains/", domains.domain_list, name="domain_list"),
    path("domains/zones/<str:zone_id>/edit/", domains.zone_edit, name="zone_edit"),
    path("domains/zones/<str:zone_id>/revoke/", domains.zone_revoke, name="zone_revoke"),
    path("domains/reserved/", domains.reserved_list, name="reserved_list"),
    path("domains/reserved/<str:reserved_id>/remove/", domains.reserved_remove, name="reserved_remove"),
    path("domains/hosts/", domains.claim_list, name="claim_list"),
    path("domains/lookup/", domains.host_lookup, name="host_lookup"),
]

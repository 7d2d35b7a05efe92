"""Addresses of what DNS says about hosts and wildcards."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import dns

urlpatterns: list[URLPattern] = [
    path("exposures/<str:exposure_id>/dns/", dns.exposure_dns, name="exposure_dns"),
    path("clusters/<str:name>/dns/", dns.cluster_dns, name="cluster_dns"),
]

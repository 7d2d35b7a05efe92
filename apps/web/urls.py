"""The pages, namespace `web`. Each subject lists its own addresses in a urls_*.py beside this file."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from apps.web import (
    urls_certificates,
    urls_clusters,
    urls_dns,
    urls_domains,
    urls_exposures,
    urls_home,
    urls_notices,
    urls_people,
    urls_requests,
    urls_search,
)

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    *urls_home.urlpatterns,
    *urls_people.urlpatterns,
    *urls_notices.urlpatterns,
    *urls_clusters.urlpatterns,
    *urls_certificates.urlpatterns,
    *urls_domains.urlpatterns,
    *urls_exposures.urlpatterns,
    *urls_dns.urlpatterns,
    *urls_requests.urlpatterns,
    *urls_search.urlpatterns,
]

"""Addresses of the start page and the audit trail."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import audit, home

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/export/", audit.audit_export, name="audit_export"),
]

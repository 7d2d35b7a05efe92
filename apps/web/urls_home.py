"""Addresses of the start page, the audit trail and saved views."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import audit, home, saved_views

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("views/", saved_views.view_save, name="view_save"),
    path("views/<str:view_id>/rename/", saved_views.view_rename, name="view_rename"),
    path("views/<str:view_id>/delete/", saved_views.view_delete, name="view_delete"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/export/", audit.audit_export, name="audit_export"),
]

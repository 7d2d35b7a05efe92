"""Addresses of the bell and the page of notices."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import notices

urlpatterns: list[URLPattern] = [
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/count/", notices.notice_count, name="notice_count"),
    path("notices/latest/", notices.notice_latest, name="notice_latest"),
    path("notices/read-all/", notices.notice_read_all, name="notice_read_all"),
    path("notices/kinds/", notices.notice_kinds, name="notice_kinds"),
    path("notices/<str:notice_id>/open/", notices.notice_open, name="notice_open"),
    path("notices/<str:notice_id>/read/", notices.notice_read, name="notice_read"),
]

"""Addresses of the search and the help page."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import help as help_views
from apps.web.views import search

urlpatterns: list[URLPattern] = [
    path("search/", search.search_page, name="search"),
    path("help/", help_views.help_page, name="help"),
]

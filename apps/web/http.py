"""The request as signed-in pages see it, and one page of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User

PAGE_SIZE = 25


class SignedInRequest(HttpRequest):
    """Behind `login_required`: the user is a person, never anonymous."""

    user: User
    htmx: HtmxDetails


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page that `?page=` asks for; out of range or unreadable gives the nearest one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))

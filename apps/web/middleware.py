"""Turns what the product refuses on purpose into the page that says so, so that no view needs to."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.common.errors import PortalError
from apps.web.errors import error_page


class DomainErrorMiddleware:
    """Last in the chain, nearest to the view. The API has its own translation and never lets one through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return error_page(request, exception) if isinstance(exception, PortalError) else None

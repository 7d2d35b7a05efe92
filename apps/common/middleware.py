"""Gives every request an id, echoed to the caller and carried to logs, audit rows and cluster calls."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.common.ids import new_id
from apps.common.request_context import request_context

ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def client_address(request: HttpRequest) -> str:
    """Where the caller is. Behind proxies, what the outermost trusted one wrote; callers can write the rest."""
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops: list[str] = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if trusted and len(hops) >= trusted:
        return hops[-trusted][:45]
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


class RequestContextMiddleware:
    """Takes `X-Request-ID` from the caller when it is harmless, makes one otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if ACCEPTED_ID.fullmatch(given) else new_id("r")
        request.request_id = request_id  # type: ignore[attr-defined]
        channel = "api" if request.path.startswith("/api/") else "web"
        with request_context(request_id=request_id, channel=channel, address=client_address(request)):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response

"""Applies a signed-in person's language and time zone to the request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class PreferencesMiddleware:
    """After authentication. Someone without a preference keeps what the browser asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, zone = "", ""
        if request.user.is_authenticated:
            language, zone = request.user.language, request.user.time_zone
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(known_zone(zone)):
            return self.get_response(request)


def known_zone(name: str) -> zoneinfo.ZoneInfo | None:
    """The zone; None, which means the server's own, when there is none or this machine no longer knows it."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None

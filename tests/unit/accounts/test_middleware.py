"""A signed-in person's language and zone hold for the request and end with it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from apps.accounts.middleware import PreferencesMiddleware, known_zone
from apps.accounts.models import User


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{translation.get_language()} {timezone.get_current_timezone_name()}")


def ask(user: User | AnonymousUser) -> str:
    request = RequestFactory().get("/")
    request.user = user
    with translation.override("en"):
        return PreferencesMiddleware(answer)(request).text


@pytest.mark.parametrize(
    ("language", "zone", "seen"),
    [
        ("", "", "en UTC"),
        ("zh-hans", "", "zh-hans UTC"),
        ("", "Asia/Shanghai", "en Asia/Shanghai"),
        ("zh-hans", "Asia/Shanghai", "zh-hans Asia/Shanghai"),
        ("", "Mars/Base", "en UTC"),
    ],
)
def test_preferences_of_a_user_hold_for_the_request(language, zone, seen):
    assert ask(User(username="ada", language=language, time_zone=zone)) == seen
    assert timezone.get_current_timezone_name() == "UTC"


def test_preferences_of_a_stranger_are_the_browsers():
    assert ask(AnonymousUser()) == "en UTC"


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "a\x00b"])
def test_known_zone_of_a_strange_name_is_none(name):
    assert known_zone(name) is None

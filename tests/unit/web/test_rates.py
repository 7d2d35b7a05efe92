"""A ceiling for callers without a session, each counted apart; without a cache nobody is turned away."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import override_settings

from apps.web import rates
from apps.web.rates import Rate

RATE = Rate("test", requests=2, seconds=3600)
NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def uncounted() -> None:
    cache.clear()


def test_callers_are_counted_apart():
    assert [RATE.allows("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert RATE.allows("10.0.0.2")


def test_pages_are_counted_apart():
    assert [RATE.allows("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert Rate("other", requests=2, seconds=3600).allows("10.0.0.1")


def test_next_window_starts_anew(monkeypatch):
    moment = 7200.0
    monkeypatch.setattr(rates.time, "time", lambda: moment)
    assert [RATE.allows("10.0.0.1") for _ in range(3)] == [True, True, False]
    moment += RATE.seconds
    assert RATE.allows("10.0.0.1")


@override_settings(CACHES=NO_CACHE)
def test_without_counters_nobody_is_turned_away():
    assert [RATE.allows("10.0.0.1") for _ in range(3)] == [True, True, True]

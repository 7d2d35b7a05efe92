"""Waiting asks often at first, less often later, and not beyond its time."""

from __future__ import annotations

import pytest

from apps.api import waiting


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    return clock


def test_what_is_settled_is_not_waited_for(clock: Clock):
    assert waiting.wait_until(lambda: True, 60) is True
    assert clock.pauses == []


def test_without_time_it_asks_once(clock: Clock):
    asked = iter([False])
    assert waiting.wait_until(lambda: next(asked), 0) is False
    assert (list(asked), clock.pauses) == ([], [])


def test_the_pauses_grow_and_end_with_the_time(clock: Clock):
    assert waiting.wait_until(lambda: False, 3) is False
    assert sum(clock.pauses) == pytest.approx(3)
    assert clock.pauses[0] == waiting.FIRST_PAUSE
    assert max(clock.pauses) <= waiting.LONGEST_PAUSE


def test_it_ends_as_soon_as_it_is_settled(clock: Clock):
    assert waiting.wait_until(lambda: clock.now > 101, 60) is True
    assert clock.now < 102

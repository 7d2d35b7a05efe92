"""Ages as kubectl prints them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sandbox.tables import since

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=-5), "0s"),
        (timedelta(seconds=5), "5s"),
        (timedelta(seconds=119), "119s"),
        (timedelta(seconds=120), "2m"),
        (timedelta(seconds=125), "2m5s"),
        (timedelta(minutes=10), "10m"),
        (timedelta(minutes=179), "179m"),
        (timedelta(hours=3, minutes=5), "3h5m"),
        (timedelta(hours=8), "8h"),
        (timedelta(hours=47), "47h"),
        (timedelta(hours=49), "2d1h"),
        (timedelta(days=8), "8d"),
    ],
)
def test_age(passed: timedelta, text: str) -> None:
    with time_machine.travel(START + passed, tick=False):
        assert since(START.isoformat()) == text


def test_unknown_age() -> None:
    assert since("") == "<unknown>"

"""Conditions follow the Kubernetes API conventions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apps.common.conditions import find_condition, is_true, set_condition

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def test_new_condition_is_appended_whole() -> None:
    assert set_condition([], "Ready", "True", reason="Fine", message="All well.", now=NOW, observed_generation=2) == [
        {
            "type": "Ready",
            "status": "True",
            "reason": "Fine",
            "message": "All well.",
            "last_transition_time": NOW.isoformat(),
            "observed_generation": 2,
        }
    ]


def test_transition_time_moves_only_with_the_status() -> None:
    first = set_condition([], "Ready", "True", reason="Fine", message="", now=NOW)
    same = set_condition(first, "Ready", "True", reason="Better", message="", now=LATER)
    other = set_condition(same, "Ready", "False", reason="Broken", message="", now=LATER)

    assert [entry["last_transition_time"] for entry in (same[0], other[0])] == [NOW.isoformat(), LATER.isoformat()]
    assert same[0]["reason"] == "Better"


def test_order_of_first_appearance_is_kept_and_the_old_list_is_untouched() -> None:
    one = set_condition([], "A", "True", reason="R", message="", now=NOW)
    two = set_condition(one, "B", "Unknown", reason="R", message="", now=NOW)
    three = set_condition(two, "A", "False", reason="R", message="", now=LATER)

    assert [entry["type"] for entry in three] == ["A", "B"]
    assert is_true(two, "A")
    assert not is_true(three, "A")
    assert not is_true(two, "B")
    assert find_condition(two, "C") is None

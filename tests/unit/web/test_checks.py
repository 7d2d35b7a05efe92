"""The lines that stand for the steps of the preflight."""

from __future__ import annotations

from apps.common.errors import Violation
from apps.exposures.policies import State, Step
from apps.web.presenters.checks import CheckLine, lines_of, problems_first, refusal_lines, worst_of


def test_line_tells_everything_that_is_wrong_once() -> None:
    wrong = (
        Violation("a", "tls", "It has expired.", "Renew it."),
        Violation("b", "tls", "It does not cover the host.", "Renew it."),
    )
    [line] = lines_of([Step(State.FAILED, "It has expired.", "Renew it.", name="certificate", violations=wrong)])
    assert (line.text, line.notes) == ("It has expired.", ("Renew it.", "It does not cover the host."))
    assert (line.kind, line.icon, str(line.word)) == ("bad", "circle-x", "broken")


def test_line_tells_only_a_time_that_was_spent_outside() -> None:
    quick, slow = Step(State.PASSED, "Yes.", elapsed_ms=12.4), Step(State.PASSED, "Yes.", elapsed_ms=180.4)
    assert [line.milliseconds for line in lines_of([quick, slow])] == [0, 180]


def test_problems_stand_first_and_the_rest_keeps_its_order() -> None:
    states = (State.PASSED, State.WARNING, State.UNKNOWN, State.FAILED, State.SKIPPED, State.PASSED)
    lines = [CheckLine(state, str(number)) for number, state in enumerate(states)]
    assert [line.text for line in problems_first(lines)] == ["3", "1", "0", "2", "4", "5"]


def test_what_is_not_known_colours_nothing() -> None:
    assert worst_of([CheckLine(State.UNKNOWN, ""), CheckLine(State.PASSED, "")]) == "ok"
    assert worst_of([CheckLine(State.WARNING, ""), CheckLine(State.PASSED, "")]) == "wait"
    assert worst_of([CheckLine(State.WARNING, ""), CheckLine(State.FAILED, "")]) == "bad"


def test_equal_refusals_are_told_once() -> None:
    twice = [
        Violation("a", "host", "Not a host.", "Use letters."),
        Violation("b", "host", "Not a host.", "Use letters."),
    ]
    assert [(line.text, line.notes) for line in refusal_lines(twice)] == [("Not a host.", ("Use letters.",))]

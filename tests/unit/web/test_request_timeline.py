"""A timeline whose noise is folded, with nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime

from apps.approvals.enums import Verb
from apps.web.presenters.request_timeline import timeline_of
from apps.web.presenters.requests import Happening

AT = datetime(2026, 11, 23, tzinfo=UTC)


def event(verb: str, who: str = "ann", *, round: int = 1) -> Happening:  # noqa: A002 - the name of the field
    icon = "send" if who == "Delivery" else ""
    return Happening(who, icon, verb, "", AT, verb, round)


def shape(*happenings: Happening) -> list[tuple[str, list[str], int | None]]:
    entries = timeline_of(happenings)
    return [(entry.shown.verb, [one.verb for one in entry.folded], entry.round) for entry in entries]


def test_what_the_product_does_in_a_row_is_one_entry() -> None:
    assert shape(
        event(Verb.SUBMIT),
        event(Verb.PASS, "Delivery"),
        event(Verb.DISPATCH, "Delivery"),
        event(Verb.COMPLETE, "Delivery"),
    ) == [("submit", [], None), ("complete", ["pass", "dispatch"], None)]


def test_reminders_of_one_person_are_one_entry() -> None:
    assert shape(event(Verb.REMIND), event(Verb.REMIND), event(Verb.REMIND, "bob")) == [
        ("remind", ["remind"], None),
        ("remind", [], None),
    ]


def test_what_people_say_is_never_folded() -> None:
    assert shape(event(Verb.COMMENT), event(Verb.COMMENT)) == [("comment", [], None), ("comment", [], None)]


def test_new_round_begins_with_a_heading() -> None:
    assert shape(event(Verb.SUBMIT), event(Verb.OUTDATE, "Delivery"), event(Verb.PASS, "Delivery", round=2)) == [
        ("submit", [], None),
        ("outdate", [], None),
        ("pass", [], 2),
    ]

"""Reasons and comments show what is stored."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.common.prose import check_prose


@pytest.mark.parametrize(
    "text",
    [
        "",
        "For the winter campaign.",
        "两行\r\n理由\t。",
        "\u202fnarrow blank",
        "naïve – “quoted” 🎉",
        "שלום \u200f!",
        "a\u200bb",
    ],
)
def test_text_that_people_write_is_taken(text: str) -> None:
    check_prose(text)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("a\x1b[31mred", "U+001B", 2),
        ("\x07", "U+0007", 1),
        ("a\x7f", "U+007F", 2),
        ("a\x9bm", "U+009B", 2),
        ("pay\u202elave", "U+202E", 4),
        ("\u2066a\u2069", "U+2066", 1),
        ("ok\nok\x0b", "U+000B", 6),
    ],
)
def test_character_that_hides_or_reorders_is_named_with_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(ValidationError) as raised:
        check_prose(text)
    assert raised.value.message == f"Remove the invisible character {code} at position {position}."

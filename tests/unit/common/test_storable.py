"""Text that PostgreSQL would refuse becomes text that it takes."""

from __future__ import annotations

import pytest

from apps.common.storable import storable, storable_json


@pytest.mark.parametrize(
    ("text", "stored"), [("plain", "plain"), ("a\x00b", "ab"), ("grün", "grün"), ("ü\x00\ud800", "ü?"), ("", "")]
)
def test_storable(text, stored):
    assert storable(text) == stored


def test_storable_json_reaches_every_text():
    assert storable_json({"a\x00": ["b\x00", {"c": 1, "d": None}]}) == {"a": ["b", {"c": 1, "d": None}]}

"""What the JSON reader refuses, and with which code."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest
from rest_framework.exceptions import ParseError, ValidationError

from apps.api.parsers import MAX_DEPTH, BodyTooLarge, StrictJSONParser, read_json


def nested(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


def test_plain_json_is_read_as_it_is():
    assert read_json('{"a": [1, 2.5, null, true, "ü"]}'.encode()) == {"a": [1, 2.5, None, True, "ü"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": ' + b"9" * 5000 + b"}",
        nested(100_000),
        nested(MAX_DEPTH + 2),
        b'{"\\u0000": 1}',
        b'{"\\ud800": 1}',
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(body: bytes):
    with pytest.raises(ParseError):
        read_json(body)


def test_nesting_up_to_the_limit_is_read():
    assert read_json(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "a\\udfffb"])
def test_a_character_that_cannot_be_stored_names_its_place(text: str):
    with pytest.raises(ValidationError) as caught:
        read_json(f'{{"paths": [{{"path": "{text}"}}]}}'.encode())
    assert caught.value.get_codes() == {"paths.0.path": ["forbidden_character"]}


def test_a_body_beyond_the_views_limit_is_refused_without_reading_it_all():
    stream = io.BytesIO(b'"' + b"x" * 100 + b'"')
    with pytest.raises(BodyTooLarge) as caught:
        StrictJSONParser().parse(stream, parser_context={"view": SimpleNamespace(max_body=50)})
    assert (caught.value.status, caught.value.fields, stream.tell()) == (413, {"limit": 50}, 51)

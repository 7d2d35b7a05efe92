"""Strict serializers: unknown names at every depth, and no conversion of types."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from apps.api.problems import violations_in
from apps.api.serializers.strict import (
    Choice,
    Flag,
    Port,
    QueryFlag,
    QuerySerializer,
    StrictSerializer,
    Text,
    Whole,
)


class Inner(StrictSerializer):
    name = Text(required=False)


class Outer(StrictSerializer):
    text = Text(required=False, max_length=5)
    flag = Flag(required=False)
    whole = Whole(required=False)
    choice = Choice([("a", "A"), ("1", "One")], required=False)
    port = Port(required=False)
    inner = Inner(required=False)
    inners = serializers.ListField(child=Inner(), required=False)


class Query(QuerySerializer):
    dry = QueryFlag()


def broken(content: Any, serializer: type[StrictSerializer] = Outer) -> list[tuple[str, str]]:
    checked = serializer(data=content)
    checked.is_valid()
    return [(violation.code, violation.field) for violation in violations_in(checked.errors)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": 1}, ("wrong_type", "text")),
        ({"text": True}, ("wrong_type", "text")),
        ({"text": None}, ("null", "text")),
        ({"text": ""}, ("blank", "text")),
        ({"text": "123456"}, ("max_length", "text")),
        ({"flag": "true"}, ("wrong_type", "flag")),
        ({"flag": 1}, ("wrong_type", "flag")),
        ({"whole": "1"}, ("wrong_type", "whole")),
        ({"whole": True}, ("wrong_type", "whole")),
        ({"whole": 1.0}, ("wrong_type", "whole")),
        ({"choice": 1}, ("wrong_type", "choice")),
        ({"choice": []}, ("wrong_type", "choice")),
        ({"choice": "b"}, ("invalid_choice", "choice")),
        ({"port": True}, ("wrong_type", "port")),
        ({"port": 1.5}, ("wrong_type", "port")),
        ({"colour": 1}, ("unknown_field", "colour")),
        ({"inner": {"colour": 1}}, ("unknown_field", "inner.colour")),
        ({"inner": []}, ("wrong_type", "inner")),
        ({"inners": [{}, {"colour": 1}]}, ("unknown_field", "inners.1.colour")),
        ({"inners": [{}, 3]}, ("wrong_type", "inners.1")),
        ([], ("wrong_type", "")),
        ("text", ("wrong_type", "")),
        (7, ("wrong_type", "")),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(content: Any, expected: tuple[str, str]):
    assert broken(content) == [expected]


def test_right_values_stay_what_they_are():
    content = {"text": " a ", "flag": False, "whole": 3, "choice": "1", "port": "http", "inners": [{"name": "x"}]}
    checked = Outer(data=content)
    assert checked.is_valid(), checked.errors
    assert checked.validated_data == content


@pytest.mark.parametrize(("text", "flag"), [("", False), ("dry=true", True), ("dry=false", False)])
def test_a_flag_in_an_address(text: str, flag: bool):
    checked = Query(data=Query.single_values(QueryDict(text)))
    assert checked.is_valid(), checked.errors
    assert checked.validated_data == {"dry": flag}


def test_a_parameter_is_known_and_given_once():
    assert broken({"dry": "yes"}, Query) == [("invalid_choice", "dry")]
    assert broken({"dyr": "true"}, Query) == [("unknown_parameter", "dyr")]
    with pytest.raises(ValidationError) as caught:
        Query.single_values(QueryDict("dry=true&dry=false"))
    assert caught.value.get_codes() == {"dry": ["repeated_parameter"]}

"""Label and field selectors as query parameters state them."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.errors import bad_request
from sandbox.kinds import Kind
from sandbox.schema import Object

Predicate = Callable[[Object], bool]

_SET_BASED = re.compile(r"^(?P<key>[^\s!=,()]+)\s+(?P<verb>in|notin)\s*\((?P<values>[^)]*)\)$")
_EQUALITY = re.compile(r"^(?P<key>[^\s!=,()]+)\s*(?P<verb>==|=|!=)\s*(?P<value>[^\s!=,()]*)$")
_PRESENCE = re.compile(r"^(?P<absent>!?)\s*(?P<key>[^\s!=,()]+)$")


def _split(selector: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?![^(]*\))", selector) if part.strip()]


def label_selector(selector: str) -> Predicate:
    terms = [_label_term(term) for term in _split(selector)]

    def matches(obj: Object) -> bool:
        labels = obj["metadata"].get("labels") or {}
        return all(term(labels) for term in terms)

    return matches


def _label_term(term: str) -> Callable[[dict[str, str]], bool]:
    if match := _SET_BASED.match(term):
        key, values = match["key"], [value.strip() for value in match["values"].split(",")]
        if match["verb"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if match := _EQUALITY.match(term):
        key, value = match["key"], match["value"]
        if match["verb"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if match := _PRESENCE.match(term):
        key, absent = match["key"], bool(match["absent"])
        return lambda labels: (key in labels) != absent
    raise bad_request(f"unable to parse requirement: {term}")


def field_selector(selector: str, kind: Kind) -> Predicate:
    terms = [_field_term(term, kind) for term in _split(selector)]
    return lambda obj: all(term(obj) for term in terms)


def _field_term(term: str, kind: Kind) -> Predicate:
    match = _EQUALITY.match(term)
    if match is None:
        raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
    name, value, wanted = match["key"], match["value"], match["verb"] != "!="
    if name not in ("metadata.name", "metadata.namespace", *kind.selectable_fields):
        raise bad_request(_unknown_field(name, kind))
    return lambda obj: (_field(obj, name) == value) == wanted


def _unknown_field(name: str, kind: Kind) -> str:
    if kind.selectable_fields:
        return f"field label not supported: {name}"
    return f'"{name}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _field(obj: Object, name: str) -> str:
    value: Any = obj
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return str(value) if value is not None else ""

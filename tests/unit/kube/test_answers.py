"""What is quoted of a refusal, and what is not."""

from __future__ import annotations

import json

import pytest

from apps.kube.answers import error_from, error_from_status_object
from apps.kube.errors import (
    ApplyConflict,
    Cause,
    Gone,
    ObjectConflict,
    Rejected,
    ServerFault,
    TooManyRequests,
    clean_message,
)


def refusal(**members) -> bytes:
    return json.dumps({"kind": "Status"} | members).encode()


def test_rejection_carries_its_causes():
    causes = [{"reason": "FieldValueInvalid", "field": "spec.rules[0].host", "message": "bad host"}, 5, {}]
    body = refusal(message="Ingress is invalid", reason="Invalid", details={"causes": causes})

    error = error_from(422, body)

    assert isinstance(error, Rejected)
    assert error.causes == [Cause("FieldValueInvalid", "spec.rules[0].host", "bad host"), Cause("", "", "")]
    assert (error.message, error.fields) == ("Ingress is invalid", {"reason": "Invalid"})


def test_field_unknown_to_the_server_is_a_rejection_though_it_says_500():
    message = "failed to create typed patch object (web/shop): .spec.hostess: field not declared in schema"

    assert type(error_from(500, refusal(message=message))) is Rejected


def test_conflict_without_field_managers_is_an_object_conflict():
    assert type(error_from(409, refusal(reason="AlreadyExists", message="exists"))) is ObjectConflict


def test_conflict_with_an_odd_message_names_no_manager():
    causes = [{"reason": "FieldManagerConflict", "field": ".spec", "message": "?"}]

    error = error_from(409, refusal(details={"causes": causes}))

    assert isinstance(error, ApplyConflict)
    assert (error.managers, error.fields_in_conflict) == ([], ["spec"])


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("5", {}, 5.0),
        (None, {"details": {"retryAfterSeconds": 7}}, 7.0),
        ("99999", {}, 3600.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", {}, None),
        ("-1", {}, None),
        ("²", {}, None),
        (None, {"details": []}, None),
        (None, {"details": {"retryAfterSeconds": {}}}, None),
    ],
)
def test_pause_is_read_in_seconds(header, body, expected):
    error = error_from(429, refusal(**body), {"Retry-After": header} if header else {})

    assert isinstance(error, TooManyRequests)
    assert error.retry_after == expected


@pytest.mark.parametrize(
    ("status", "kind"),
    [({"code": 410}, Gone), ({"code": "410"}, ServerFault), ({}, ServerFault), ({"code": 500}, ServerFault)],
)
def test_status_event_of_a_watch_becomes_its_error(status, kind):
    assert type(error_from_status_object({"kind": "Status"} | status)) is kind


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two\nlines\x00\u2028here", "two lines here"),
        ("Authorization: Bearer abc.def", "Authorization: [removed]"),
        ("jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln is bad", "jwt [removed] is bad"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- left", "[removed] left"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "[removed]"),
        ("tls.key=" + "Ab3+" * 20 + "== is short", "tls.key=[removed] is short"),
        ("x-" * 250, "x-" * 199 + "x…"),
        ("x-" * 200, "x-" * 200),
    ],
)
def test_message_is_one_short_line_without_secrets(text, cleaned):
    assert clean_message(text) == cleaned

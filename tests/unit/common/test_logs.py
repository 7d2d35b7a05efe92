"""What looks like a credential never reaches a log line."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from apps.common.logs import REDACTED, add_request_context, redact, redact_event
from apps.common.request_context import request_context

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqh\n-----END PRIVATE KEY-----"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abcdefgh12345678", f"Authorization: {REDACTED}"),
        ("token ptc_0123456789abcdef failed", f"token {REDACTED} failed"),
        ("/certificates/calendar/ptcal_Ab-Cd_0123456789.ics", f"/certificates/calendar/{REDACTED}.ics"),
        (f"got {JWT}!", f"got {REDACTED}!"),
        (f"key {KEY} end", f"key {REDACTED} end"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE cut off", REDACTED),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", None),
        ("nothing to hide", None),
    ],
)
def test_credentials_are_blotted_out_and_the_rest_stays(text: str, kept: str | None) -> None:
    assert redact(text) == (text if kept is None else kept)


def test_every_text_of_an_event_is_redacted() -> None:
    event = redact_event(None, "", {"event": "x", "exception": f"Error: {JWT}", "count": 3})
    assert event == {"event": "x", "exception": f"Error: {REDACTED}", "count": 3}


def test_what_is_written_as_its_text_is_redacted_as_well() -> None:
    request = RequestFactory().get("/certificates/calendar/ptcal_Ab-Cd_0123456789.ics")
    event = redact_event(None, "", {"event": "Not Found", "request": request, "tags": ["a"]})
    expected = f"<WSGIRequest: GET '/certificates/calendar/{REDACTED}.ics'>"
    assert event == {"event": "Not Found", "request": expected, "tags": ["a"]}


def test_lines_carry_the_id_of_the_request_that_runs() -> None:
    with request_context(request_id="r_1234567890", channel="web"):
        assert add_request_context(None, "", {"event": "x"}) == {"event": "x", "request_id": "r_1234567890"}
    assert add_request_context(None, "", {"event": "x"}) == {"event": "x"}

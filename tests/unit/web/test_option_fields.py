"""Options as texts of a form: read back without loss, and nothing that is no value slips through as one."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from apps.exposures.options import CATALOGUE, parse_options
from apps.web.forms.exposures import Draft, ExposureForm, read_draft
from apps.web.forms.options import LABELS, option_fields, texts_of, values_of

OPTIONS: dict[str, Any] = {
    "redirect_to_https": False,
    "request_body_size": "8m",
    "backend_protocol": "GRPC",
    "allow_networks": ["10.0.0.0/8", "2001:db8::/32"],
    "rate_limit": 50,
    "cors_allow_origins": ["https://a.example.com", "https://b.example.com"],
    "cors_allow_credentials": True,
    "request_headers": {"X-Environment": "dev", "X-Forwarded-Prefix": "/shop"},
}


def refused(texts: dict[str, str]) -> list[str]:
    _options, violations = parse_options(values_of(texts), has_tls=True, path_types=["Prefix"])
    return [violation.field for violation in violations]


def test_every_option_has_a_label_and_a_field() -> None:
    assert list(LABELS) == list(CATALOGUE)
    assert [name.removeprefix("option_") for name in option_fields(CATALOGUE)] == list(CATALOGUE)


def test_texts_lead_back_to_the_same_values() -> None:
    assert values_of(texts_of(OPTIONS)) == OPTIONS
    assert refused(texts_of(OPTIONS)) == []


@pytest.mark.parametrize("text", ["10.0.0.0/8, 10.1.2.3", "10.0.0.0/8 10.1.2.3", "10.0.0.0/8\n10.1.2.3,"])
def test_list_is_typed_with_commas_spaces_or_lines(text: str) -> None:
    assert values_of({"allow_networks": text}) == {"allow_networks": ["10.0.0.0/8", "10.1.2.3"]}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("redirect_to_https", "yes"),
        ("redirect_to_https", "True"),
        ("rate_limit", "5/s"),
        ("rate_limit", "-1"),
        ("rate_limit", "٥"),
        ("rate_limit", "9" * 20),
        ("allow_networks", ","),
        ("allow_networks", "10.0.0.0/8; deny"),
        ("request_headers", "X-Tenant"),
        ("request_headers", "X-Tenant: a\nX-Tenant: b"),
        ("request_headers", "X-Tenant: a\nHost: b"),
        ("read_timeout", "5 m"),
    ],
)
def test_text_that_is_no_value_is_refused_at_its_field(name: str, text: str) -> None:
    assert refused({name: text}) == [f"options.{name}"]


def test_empty_text_states_nothing() -> None:
    assert values_of({"read_timeout": "", "rate_limit": "5"}) == {"rate_limit": 5}


def test_draft_keeps_options_whose_fields_are_not_on_the_page() -> None:
    present = Draft(options={"read_timeout": "5m", "rate_limit": "5"})
    draft = read_draft(QueryDict("option_rate_limit=&option_unheard_of=x"), fallback=present)
    assert draft.options == {"read_timeout": "5m", "rate_limit": ""}
    assert draft.spec_json("")["options"] == {"read_timeout": "5m"}


def test_draft_as_values_leads_back_to_the_draft() -> None:
    draft = Draft(prefix="shop", options=texts_of(OPTIONS))
    query = QueryDict(mutable=True)
    query.update(draft.as_values())
    assert read_draft(query) == draft


def test_fold_stands_open_while_an_option_is_stated() -> None:
    for options, is_open in (({}, False), ({"rate_limit": ""}, False), ({"rate_limit": "5"}, True)):
        form = ExposureForm(Draft(options=options), {}, options=["rate_limit", "websocket"])
        assert [field.name for field in form.options] == ["option_rate_limit", "option_websocket"]
        assert form.has_options == is_open

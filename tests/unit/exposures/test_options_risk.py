"""Which options ask for a person."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exposures.options import CATALOGUE, Risk, options_to_approve

HIGH = {"cors_allow_credentials", "hsts_include_subdomains", "request_headers", "response_headers"}
WIDE, NARROW = {"allow_networks": ["10.0.0.0/8", "2001:db8::/32"]}, {"allow_networks": ["10.1.0.0/16"]}


def test_high_risks_are_those_that_widen_access_or_set_headers() -> None:
    assert {name for name, option in CATALOGUE.items() if option.risk == Risk.HIGH} == HIGH


@pytest.mark.parametrize("name", CATALOGUE)
def test_only_high_risks_ask(name: str) -> None:
    asks = options_to_approve({name: True} if name != "allow_networks" else NARROW, None)
    assert asks == ([name] if name in HIGH else [])


@pytest.mark.parametrize(
    ("options", "live", "expected"),
    [
        ({"cors_allow_credentials": False}, None, []),
        ({"unheard_of": "x"}, None, ["unheard_of"]),
        ({}, {"cors_allow_credentials": True}, []),
        (WIDE, None, []),
        (WIDE, {}, []),
        (WIDE, WIDE, []),
        (NARROW, WIDE, []),
        (WIDE, NARROW, ["allow_networks"]),
        ({}, NARROW, ["allow_networks"]),
        ({"allow_networks": ["10.1.2.3/32", "10.2.0.0/16"]}, NARROW, ["allow_networks"]),
        ({"allow_networks": ["2001:db8:1::/48"]}, WIDE, []),
        ({"allow_networks": ["::a01:0/112"]}, NARROW, ["allow_networks"]),
    ],
)
def test_widening_the_allow_list_asks(options: dict[str, Any], live: Any, expected: list[str]) -> None:
    assert options_to_approve(options, live) == expected

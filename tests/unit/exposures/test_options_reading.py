"""From annotations back to options: what is read is written again as it stood, and nothing is invented."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exposures.options import CONTROLLERS, read_options, render_options, unsupported

NGINX = "k8s.io/ingress-nginx"
EVERYTHING: dict[str, Any] = {
    "redirect_to_https": True,
    "request_body_size": "20m",
    "connect_timeout": "30s",
    "read_timeout": "300s",
    "send_timeout": "60s",
    "backend_protocol": "HTTPS",
    "allow_networks": ["10.0.0.0/8", "192.168.0.0/16"],
    "rate_limit": 50,
    "cors_allow_origins": ["https://shop.example.com"],
    "cors_allow_methods": ["GET", "POST"],
    "cors_allow_headers": ["X-One", "X-Two"],
    "cors_allow_credentials": True,
    "cors_max_age": "600s",
    "hsts_max_age": "86400s",
    "hsts_include_subdomains": True,
    "session_affinity": "cookie",
    "session_cookie_name": "place",
    "rewrite_prefix": "/api",
    "request_headers": {"X-Environment": "prod", "X-Tenant": "web"},
    "response_headers": {"X-Frame-Options": "DENY"},
}


@pytest.mark.parametrize("controller", [one.name for one in CONTROLLERS])
def test_every_option_of_a_controller_comes_back(controller: str) -> None:
    refused = unsupported(EVERYTHING, controller)
    options = {name: value for name, value in EVERYTHING.items() if name not in refused}
    written = render_options(options, controller)

    found, unread = read_options(written, controller, stated={})

    assert unread == []
    assert render_options(found, controller) == written


def test_options_alone_come_back_as_they_were() -> None:
    for name, value in EVERYTHING.items():
        if name in unsupported(EVERYTHING, NGINX) or name.startswith("cors_"):
            continue
        assert read_options(render_options({name: value}, NGINX), NGINX, stated={}) == ({name: value}, [])


def test_what_was_stated_keeps_its_spelling() -> None:
    written = render_options({"read_timeout": "5m"}, NGINX)
    assert read_options(written, NGINX, stated={"read_timeout": "5m"}) == ({"read_timeout": "5m"}, [])


def test_of_two_explanations_the_stated_one_wins() -> None:
    written = render_options({"websocket": True}, NGINX)
    assert read_options(written, NGINX, stated={"websocket": True}) == ({"websocket": True}, [])
    assert read_options(written, NGINX, stated={}) == ({"read_timeout": "3600s", "send_timeout": "3600s"}, [])


def test_option_that_was_taken_away_is_gone() -> None:
    assert read_options({}, NGINX, stated={"rate_limit": 50}) == ({}, [])


@pytest.mark.parametrize("text", ["20 MB", "20m; evil", "-1", "", "0"])
def test_value_that_no_grammar_takes_is_named(text: str) -> None:
    key = "nginx.ingress.kubernetes.io/proxy-body-size"
    assert read_options({key: text}, NGINX, stated={"request_body_size": "20m"}) == ({}, [key])


def test_half_of_an_option_is_named() -> None:
    half = {"nginx.ingress.kubernetes.io/proxy-body-size": "20m"}
    options, unread = read_options(half, NGINX, stated={})
    assert (options, unread) == (
        {"request_body_size": "20m"},
        ["nginx.ingress.kubernetes.io/proxy-request-buffering"],
    )


def test_annotations_of_others_are_left_alone() -> None:
    assert read_options({"kubectl.kubernetes.io/last-applied-configuration": "{}"}, NGINX, stated={}) == ({}, [])


def test_unknown_controller_explains_nothing() -> None:
    key = "nginx.ingress.kubernetes.io/proxy-body-size"
    assert read_options({key: "20m"}, "example.com/other", stated={}) == ({}, [key])

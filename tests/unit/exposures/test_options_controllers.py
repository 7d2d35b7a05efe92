"""What options become per controller: whole annotations, the closed list of them, and every refusal with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exposures.options import (
    ANNOTATIONS,
    CATALOGUE,
    CONTROLLERS,
    controllers_for,
    parse_options,
    render_options,
    unsupported,
)

NGINX = "k8s.io/ingress-nginx"
TRAEFIK = "traefik.io/ingress-controller"
HAPROXY_INGRESS = "haproxy-ingress.github.io/controller"
HAPROXY_ORG = "haproxy.org/ingress-controller"
SANDBOX = "portico.dev/sandbox-router"

EVERYTHING: dict[str, Any] = {
    "redirect_to_https": True,
    "request_body_size": "8m",
    "connect_timeout": "5s",
    "read_timeout": "5m",
    "send_timeout": "1h",
    "backend_protocol": "GRPC",
    "allow_networks": ["10.0.0.0/8", "2001:db8::/32"],
    "rate_limit": 50,
    "cors_allow_origins": ["https://shop.example.com"],
    "cors_allow_methods": ["GET", "POST"],
    "cors_allow_headers": ["X-Request-Id"],
    "cors_allow_credentials": True,
    "cors_max_age": "10m",
    "hsts_max_age": "180d",
    "hsts_include_subdomains": True,
    "session_affinity": "cookie",
    "session_cookie_name": "sid",
    "rewrite_prefix": "/api",
    "request_headers": {"X-Environment": "dev", "X-Tenant": "acme"},
    "response_headers": {"Cache-Control": "no-store", "X-Frame-Options": "DENY"},
}
CLOSED_LIST = {
    "nginx.ingress.kubernetes.io/": {
        "affinity", "backend-protocol", "cors-allow-credentials", "cors-allow-headers", "cors-allow-methods",
        "cors-allow-origin", "cors-max-age", "enable-cors", "limit-rps", "proxy-body-size", "proxy-connect-timeout",
        "proxy-read-timeout", "proxy-request-buffering", "proxy-send-timeout",
        "session-cookie-name", "ssl-redirect", "whitelist-source-range",
    },
    "haproxy-ingress.github.io/": {
        "affinity", "backend-protocol", "cors-allow-credentials", "cors-allow-headers", "cors-allow-methods",
        "cors-allow-origin", "cors-enable", "cors-max-age", "headers", "hsts", "hsts-include-subdomains",
        "hsts-max-age", "limit-rps", "proxy-body-size", "rewrite-target", "session-cookie-name", "ssl-redirect",
        "timeout-connect", "timeout-server", "timeout-tunnel", "whitelist-source-range",
    },
    "haproxy.org/": {
        "cors-allow-credentials", "cors-allow-headers", "cors-allow-methods", "cors-allow-origin", "cors-enable",
        "cors-max-age", "rate-limit-period", "rate-limit-requests", "rate-limit-status-code", "request-set-header",
        "response-set-header", "server-proto", "server-ssl", "ssl-redirect", "timeout-server", "whitelist",
    },
    "sandbox.portico.dev/": {
        "allow-networks", "redirect-to-https", "request-body-size", "request-headers", "response-headers",
        "rewrite-prefix",
    },
}  # fmt: skip
# The only annotations in which the portal writes more than one line: one header each.
HEADER_LISTS = {
    "haproxy-ingress.github.io/headers",
    "haproxy.org/request-set-header",
    "haproxy.org/response-set-header",
    "sandbox.portico.dev/request-headers",
    "sandbox.portico.dev/response-headers",
}


def prefixed(prefix: str, annotations: dict[str, str]) -> dict[str, str]:
    return {prefix + key: value for key, value in annotations.items()}


def test_annotations_are_a_closed_list() -> None:
    known = {prefix + key for prefix, keys in CLOSED_LIST.items() for key in keys}
    assert known == ANNOTATIONS


def test_no_annotation_of_the_closed_list_carries_configuration_or_another_host() -> None:
    forbidden = re.compile(
        r"snippet|config-|alias|regex|auth|mirror|upstream|lua|modsecurity|canary|passthrough|ciphers|cookie-path"
    )
    assert [name for name in ANNOTATIONS if forbidden.search(name)] == []


def test_every_table_speaks_of_the_catalogue_only() -> None:
    for controller in CONTROLLERS:
        assert set(controller.table) | set(controller.reasons) | set(controller.limits) <= set(CATALOGUE)
        assert not set(controller.table) & set(controller.reasons)
        assert set(controller.limits) <= set(controller.table)


def test_ingress_nginx_renders() -> None:
    assert render_options(EVERYTHING, NGINX) == prefixed(
        "nginx.ingress.kubernetes.io/",
        {
            "ssl-redirect": "true",
            "proxy-body-size": "8m",
            "proxy-request-buffering": "on",
            "proxy-connect-timeout": "5",
            "proxy-read-timeout": "300",
            "proxy-send-timeout": "3600",
            "backend-protocol": "GRPC",
            "whitelist-source-range": "10.0.0.0/8,2001:db8::/32",
            "limit-rps": "50",
            "enable-cors": "true",
            "cors-allow-origin": "https://shop.example.com",
            "cors-allow-credentials": "true",
            "cors-allow-methods": "GET,POST",
            "cors-allow-headers": "X-Request-Id",
            "cors-max-age": "600",
            "affinity": "cookie",
            "session-cookie-name": "sid",
        },
    )


def test_haproxy_ingress_renders() -> None:
    assert render_options(EVERYTHING, HAPROXY_INGRESS) == prefixed(
        "haproxy-ingress.github.io/",
        {
            "ssl-redirect": "true",
            "proxy-body-size": "8m",
            "timeout-connect": "5s",
            "timeout-server": "300s",
            "backend-protocol": "h2",
            "whitelist-source-range": "10.0.0.0/8,2001:db8::/32",
            "limit-rps": "50",
            "cors-enable": "true",
            "cors-allow-origin": "https://shop.example.com",
            "cors-allow-credentials": "true",
            "cors-allow-methods": "GET,POST",
            "cors-allow-headers": "X-Request-Id",
            "cors-max-age": "600",
            "hsts": "true",
            "hsts-max-age": "15552000",
            "hsts-include-subdomains": "true",
            "affinity": "cookie",
            "session-cookie-name": "sid",
            "rewrite-target": "/api",
            "headers": "X-Environment: dev\nX-Tenant: acme",
        },
    )


def test_haproxy_org_renders() -> None:
    options = EVERYTHING | {"cors_allow_origins": ["*"], "cors_allow_credentials": False}
    assert render_options(options, HAPROXY_ORG) == prefixed(
        "haproxy.org/",
        {
            "ssl-redirect": "true",
            "timeout-server": "300s",
            "server-ssl": "false",
            "server-proto": "h2",
            "whitelist": "10.0.0.0/8,2001:db8::/32",
            "rate-limit-requests": "50",
            "rate-limit-period": "1s",
            "rate-limit-status-code": "429",
            "cors-enable": "true",
            "cors-allow-origin": "*",
            "cors-allow-credentials": "false",
            "cors-allow-methods": "GET,POST",
            "cors-allow-headers": "X-Request-Id",
            "cors-max-age": "600s",
            "request-set-header": "X-Environment dev\nX-Tenant acme",
            "response-set-header": "Cache-Control no-store\nX-Frame-Options DENY",
        },
    )


def test_router_of_the_demo_renders() -> None:
    assert render_options(EVERYTHING, SANDBOX) == prefixed(
        "sandbox.portico.dev/",
        {
            "redirect-to-https": "true",
            "request-body-size": "8m",
            "allow-networks": "10.0.0.0/8,2001:db8::/32",
            "rewrite-prefix": "/api",
            "request-headers": "X-Environment: dev\nX-Tenant: acme",
            "response-headers": "Cache-Control: no-store\nX-Frame-Options: DENY",
        },
    )


@pytest.mark.parametrize(
    ("protocol", "nginx", "haproxy_ingress", "haproxy_org"),
    [
        ("HTTP", "HTTP", "h1", {"server-ssl": "false"}),
        ("HTTPS", "HTTPS", "h1-ssl", {"server-ssl": "true"}),
        ("GRPC", "GRPC", "h2", {"server-ssl": "false", "server-proto": "h2"}),
    ],
)
def test_backend_protocol(protocol: str, nginx: str, haproxy_ingress: str, haproxy_org: dict[str, str]) -> None:
    options = {"backend_protocol": protocol}
    assert render_options(options, NGINX) == {"nginx.ingress.kubernetes.io/backend-protocol": nginx}
    assert render_options(options, HAPROXY_INGRESS) == {"haproxy-ingress.github.io/backend-protocol": haproxy_ingress}
    assert render_options(options, HAPROXY_ORG) == prefixed("haproxy.org/", haproxy_org)


@pytest.mark.parametrize(
    ("controller", "expected"),
    [
        (NGINX, {f"nginx.ingress.kubernetes.io/proxy-{way}-timeout": "3600" for way in ("read", "send")}),
        (HAPROXY_INGRESS, {"haproxy-ingress.github.io/timeout-tunnel": "3600s"}),
        (HAPROXY_ORG, {}),
        (TRAEFIK, {}),
    ],
)
def test_websocket_is_supported_with_or_without_an_annotation(controller: str, expected: dict[str, str]) -> None:
    assert unsupported({"websocket": True}, controller) == {}
    assert render_options({"websocket": True}, controller) == expected
    assert render_options({"websocket": False}, controller) == {}


@pytest.mark.parametrize(
    ("controller", "credentials"),
    [
        (NGINX, "nginx.ingress.kubernetes.io/cors-allow-credentials"),
        (HAPROXY_INGRESS, "haproxy-ingress.github.io/cors-allow-credentials"),
        (HAPROXY_ORG, "haproxy.org/cors-allow-credentials"),
    ],
)
def test_cors_never_sends_credentials_unasked(controller: str, credentials: str) -> None:
    assert render_options({"cors_allow_origins": ["*"]}, controller)[credentials] == "false"


@pytest.mark.parametrize(
    ("controller", "refused"),
    [
        (NGINX, {"hsts_max_age", "hsts_include_subdomains", "rewrite_prefix", "request_headers", "response_headers"}),
        (TRAEFIK, set(EVERYTHING)),
        (HAPROXY_INGRESS, {"send_timeout", "response_headers"}),
        (
            HAPROXY_ORG,
            {
                "request_body_size", "connect_timeout", "send_timeout", "cors_allow_origins", "cors_allow_credentials",
                "hsts_max_age", "hsts_include_subdomains", "session_affinity", "session_cookie_name", "rewrite_prefix",
            },
        ),
        (
            SANDBOX,
            set(EVERYTHING) - {
                "redirect_to_https", "request_body_size", "allow_networks", "rewrite_prefix", "request_headers",
                "response_headers",
            },
        ),
        ("", set(EVERYTHING)),
        ("example.com/unheard-of", set(EVERYTHING)),
        ("k8s.io/ingress-nginx/other", set(EVERYTHING)),
        ("k8s.io/internal-ingress-nginx", set(EVERYTHING)),
    ],
)  # fmt: skip
def test_what_a_controller_cannot_do_is_refused_with_a_reason(controller: str, refused: set[str]) -> None:
    reasons = unsupported(EVERYTHING, controller)
    assert set(reasons) == refused
    assert all(str(reason).endswith(".") for reason in reasons.values())


def test_several_instances_of_haproxy_are_told_apart_by_a_suffix() -> None:
    for name in (HAPROXY_INGRESS, HAPROXY_ORG):
        assert render_options({"rate_limit": 5}, f"{name}/internal") == render_options({"rate_limit": 5}, name)


def test_haproxy_ingress_takes_one_origin() -> None:
    assert unsupported({"cors_allow_origins": ["https://a.example", "https://b.example"]}, HAPROXY_INGRESS)
    assert not unsupported({"cors_allow_origins": ["https://a.example"]}, HAPROXY_INGRESS)


def test_controllers_of_an_option_are_told() -> None:
    assert controllers_for("hsts_max_age") == [HAPROXY_INGRESS]
    assert controllers_for("websocket") == [NGINX, TRAEFIK, HAPROXY_INGRESS, HAPROXY_ORG]


def test_order_of_statement_does_not_matter() -> None:
    turned = dict(reversed(EVERYTHING.items()))
    for controller in CONTROLLERS:
        assert list(render_options(turned, controller.name).items()) == list(
            render_options(EVERYTHING, controller.name).items()
        )


WORD = st.text(min_size=0, max_size=6)
NEAR = st.sampled_from(
    ["10.0.0.0/8", "::1", "8m", "60s", "https://a.example", "*", "GET", "X-A", "cookie", "/a", "sid"]
)
TEXT = st.one_of(NEAR, WORD, st.tuples(NEAR, WORD).map("".join), st.tuples(WORD, NEAR).map("".join))
HEADER_NAMES = st.sampled_from(["X-Tenant", "X-Forwarded-Prefix", "X-Frame-Options", "Host"])
VALUE = st.one_of(
    st.booleans(),
    st.integers(-10, 100_000),
    TEXT,
    st.lists(TEXT, max_size=3),
    st.dictionaries(HEADER_NAMES, st.one_of(TEXT, st.just("DENY")), max_size=2),
)
LINE = re.compile(r"[A-Za-z0-9./:,*_-]+")
HEADER_LINE = re.compile(r"[A-Z][A-Za-z-]+(: | )[A-Za-z0-9./_-]+")


def assert_in_place(annotations: Mapping[str, str]) -> None:
    for key, text in annotations.items():
        assert key in ANNOTATIONS
        if key in HEADER_LISTS:
            assert all(HEADER_LINE.fullmatch(line) for line in text.split("\n"))
        else:
            assert LINE.fullmatch(text), (key, text)


@given(st.dictionaries(st.sampled_from(sorted(CATALOGUE)), VALUE, max_size=6))
def test_no_accepted_value_can_leave_its_place(stated: dict[str, Any]) -> None:
    options, violations = parse_options(stated, has_tls=True, path_types=["Prefix"])
    refused = {violation.field.removeprefix("options.") for violation in violations}
    assert set(stated) == set(options) | refused
    for controller in CONTROLLERS:
        assert_in_place(render_options(options, controller.name))


def test_everything_at_once_stays_in_place() -> None:
    for controller in CONTROLLERS:
        assert_in_place(render_options(EVERYTHING, controller.name))

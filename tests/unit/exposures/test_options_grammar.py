"""Values of options through `parse_spec`, the one path behind form, API and gate: what is taken, what is refused."""

from __future__ import annotations

import json
import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.errors import PolicyViolation
from apps.exposures.options import CATALOGUE
from apps.exposures.spec import ExposureSpec, parse_spec

ORIGIN = ["https://shop.example.com"]
# What an option needs beside itself to be complete.
COMPANIONS: dict[str, dict[str, Any]] = {
    "cors_allow_methods": {"cors_allow_origins": ORIGIN},
    "cors_allow_headers": {"cors_allow_origins": ORIGIN},
    "cors_allow_credentials": {"cors_allow_origins": ORIGIN},
    "cors_max_age": {"cors_allow_origins": ORIGIN},
    "hsts_include_subdomains": {"hsts_max_age": "180d"},
    "session_cookie_name": {"session_affinity": "cookie"},
}


def stated(options: dict[str, Any], *, tls: bool = True, path_type: str = "Prefix") -> dict[str, Any]:
    path = {"path": "/shop", "path_type": path_type, "service_name": "shop", "service_port": "http"}
    secret = {"secret_name": "shop-tls"} if tls else None
    return {"host": "shop.example.com", "paths": [path], "tls": secret, "options": options}


def options_of(options: dict[str, Any]) -> dict[str, Any]:
    return dict(parse_spec(stated(options)).options)


def refusals(options: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    try:
        parse_spec(stated(options, **changes))
    except PolicyViolation as refusal:
        return [(violation.code, violation.field) for violation in refusal.errors]
    return []


@pytest.mark.parametrize(
    ("name", "value", "canonical"),
    [
        ("redirect_to_https", True, True),
        ("redirect_to_https", False, False),
        ("request_body_size", "1k", "1k"),
        ("request_body_size", "5g", "5g"),
        ("request_body_size", "512m", "512m"),
        ("connect_timeout", "75s", "75s"),
        ("read_timeout", "1h", "1h"),
        ("send_timeout", "3600s", "3600s"),
        ("websocket", True, True),
        ("backend_protocol", "GRPC", "GRPC"),
        ("allow_networks", ["10.1.2.3"], ["10.1.2.3/32"]),
        ("allow_networks", ["2001:DB8::1", "10.0.0.0/8"], ["2001:db8::1/128", "10.0.0.0/8"]),
        ("rate_limit", 1, 1),
        ("rate_limit", 10_000, 10_000),
        ("cors_allow_origins", ["*"], ["*"]),
        ("cors_allow_origins", ["http://localhost:8080", "https://a.b.example"], None),
        ("cors_allow_methods", ["GET", "PUT"], ["GET", "PUT"]),
        ("cors_allow_headers", ["X-Request-Id", "Content-Type"], None),
        ("cors_allow_credentials", True, True),
        ("cors_max_age", "1d", "1d"),
        ("hsts_max_age", "730d", "730d"),
        ("hsts_include_subdomains", True, True),
        ("session_affinity", "cookie", "cookie"),
        ("session_cookie_name", "shop_session-1", "shop_session-1"),
        ("rewrite_prefix", "/", "/"),
        ("rewrite_prefix", "/api/v1.2/", "/api/v1.2/"),
        ("request_headers", {"X-Tenant": "acme.eu-1"}, None),
        ("response_headers", {"X-Frame-Options": "DENY", "Cache-Control": "no-store"}, None),
    ],
)
def test_value_is_taken_in_its_canonical_form(name: str, value: Any, canonical: Any) -> None:
    expected = value if canonical is None else canonical
    assert options_of({name: value} | COMPANIONS.get(name, {}))[name] == expected


def test_every_option_of_the_catalogue_has_a_value_that_is_taken() -> None:
    marks = test_value_is_taken_in_its_canonical_form.pytestmark
    assert {case[0] for case in marks[0].args[1]} == set(CATALOGUE)


def test_canonical_options_are_taken_again_unchanged() -> None:
    options = options_of({"allow_networks": ["10.1.2.3"], "read_timeout": "5m", "redirect_to_https": True})
    assert options_of(options) == options
    spec = parse_spec(stated(options))
    assert ExposureSpec.from_json(json.loads(json.dumps(spec.as_json()))) == spec


PLAIN_WORDS = ("cors_allow_headers", "session_cookie_name", "request_headers")
# What freezes reloads or leaves its place, aimed at every option that takes text.
POISON = [
    "", " ", "\n", "1m\n", "1m;", "1m; }", "1m}", "{", "}", "1m #", "'", '"', "`id`", "$(id)", "$host",
    "${x}", "\\", "\\n", "1m\r\nX-Evil: 1", "a\x00b", "a\x7f", "a\tb", "a b", "%0a", "%[src]", "%{+Q}o",
    "%REQ(Host)%", "a%", "*", "~^.*$", "^(.*)$", "(a+)+$", "[", "(", "/$1", "/$2?x=$1", "/../etc", "/..",
    "//", "/a//b", "/.well-known", "a,b", "a;b", "a|b", "a&b", "<a>", "../../etc/passwd", "patterns/ips",
    "kube-system/secret", "ngx.say(1)", "lua_need_request_body on;", "return 200;", "load_module x;",
    "http://169.254.169.254/latest", "http://localhost:10254/", "https://a.example.com/path",
    "https://a.example.com?x", "https://a.example.com#x", "https://user@a.example.com",
    "https://*.example.com", "https://A.example.com", "https://a.example.com:0",
    "https://a.example.com:65536", "https://-a.example.com", "https://a..example.com",
    "https://ä.example.com", "ｈttps://a.example.com", "https://a.example.com\u2028", "١m", "１m", "1М", "0",
    "00", "0s", "0m", "-1", "-1s", "+1s", "1e3s", "1.5m", "01m", "1 m", "1M", "1kb", "1KiB", "1ms", "1w",
    "9999999s", "99999999999999999999g", "6g", "731d", "NaN", "Infinity", "null", "true", "off", "unlimited",
    "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/255.0.0.0", "010.0.0.1", "10.0.0",
    "1.2.3.4.5", "fe80::1%eth0", "10.0.0.0/8 10.1.0.0/16", "10.0.0.0/8;", "10.0.0.0/8,0.0.0.0/0",
    "2001:db8::/129", "all", "any", "FCGI", "AUTO_HTTP", "http", "grpc", "HTTP ", "GET,POST", "get", "TRACE",
    "::ffff:10.0.0.0/104", "::ffff:10.0.0.1", "10.0.0.0/-1", "!10.0.0.0/8", "0x0a.0.0.1",
    "１０", "1_000", "1\x85", "1h1m", "1t",
    "CONNECT", "Host:", ":authority", "X Header", "X_Header", "-X", "X-", "x" * 65, "__Host-sid", "sid=1",
    "sid; Domain=.com", "sid\u200b", "nosniff;", "ALLOW-FROM https://evil.example", "max-age=0", "\ud800",
]  # fmt: skip


def shaped(name: str, text: str) -> Any:
    """The text where the option takes text."""
    return {
        "list": [text],
        "headers": dict.fromkeys(list(getattr(CATALOGUE[name].values, "known", {}))[:1], text),
    }.get(CATALOGUE[name].values.type, text)


def taken(name: str) -> set[str]:
    return {text for text in POISON if not refusals({name: shaped(name, text)} | COMPANIONS.get(name, {}))}


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name not in PLAIN_WORDS])
def test_poison_is_refused(name: str) -> None:
    assert taken(name) == ({"*"} if name == "cors_allow_origins" else set())


@pytest.mark.parametrize("name", PLAIN_WORDS)
def test_poison_is_refused_where_any_plain_word_is_good(name: str) -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text) for text in taken(name))


def test_poison_is_refused_by_its_place() -> None:
    for name in CATALOGUE:
        found = refusals({name: shaped(name, "1m; }")} | COMPANIONS.get(name, {}))
        assert found == [("option_invalid", f"options.{name}")]


@pytest.mark.parametrize("value", [None, 0, 1, -1, 1.5, float("nan"), 10**30, "", [], {}, [None], [[]], {"a": 1}, [1]])
@pytest.mark.parametrize("name", CATALOGUE)
def test_value_of_another_type_is_refused(name: str, value: Any) -> None:
    expected = [] if (name, value) == ("rate_limit", 1) else [("option_invalid", f"options.{name}")]
    assert refusals({name: value} | COMPANIONS.get(name, {})) == expected


@pytest.mark.parametrize(
    "name",
    [
        "snippet", "configuration-snippet", "server_alias", "nginx.ingress.kubernetes.io/configuration-snippet",
        "nginx.ingress.kubernetes.io/proxy-body-size", "annotations", "READ_TIMEOUT", "read_timeout ", "", "a\n",
        "canary", "auth_url", "ssl_passthrough", "use_regex", "rewrite_target", "mirror_target", "proxy_cookie_path",
    ],
)  # fmt: skip
def test_option_that_is_not_in_the_catalogue_is_refused(name: str) -> None:
    assert refusals({name: "x"}) == [("option_not_allowed", f"options.{name}")]


@pytest.mark.parametrize(
    ("options", "changes", "expected"),
    [
        ({"redirect_to_https": True}, {"tls": False}, ["redirect_to_https"]),
        ({"redirect_to_https": False}, {"tls": False}, []),
        ({"hsts_max_age": "1d"}, {"tls": False}, ["hsts_max_age"]),
        ({"hsts_include_subdomains": True}, {}, ["hsts_include_subdomains"]),
        ({"cors_allow_methods": ["GET"]}, {}, ["cors_allow_methods"]),
        ({"cors_allow_credentials": False}, {}, []),
        ({"cors_allow_origins": ["*"], "cors_allow_credentials": True}, {}, ["cors_allow_credentials"]),
        ({"cors_allow_origins": ["*", *ORIGIN]}, {}, ["cors_allow_origins"]),
        ({"session_cookie_name": "sid"}, {}, ["session_cookie_name"]),
        ({"websocket": True, "read_timeout": "5m"}, {}, ["websocket"]),
        ({"websocket": False, "read_timeout": "5m"}, {}, []),
        ({"rewrite_prefix": "/"}, {"path_type": "ImplementationSpecific"}, ["rewrite_prefix"]),
        ({"rewrite_prefix": "/"}, {"path_type": "Exact"}, ["rewrite_prefix"]),
        ({"allow_networks": ["0.0.0.0/1", "128.0.0.0/1"]}, {}, ["allow_networks"]),
        ({"allow_networks": ["10.0.0.0/8", "10.0.0.0/8"]}, {}, ["allow_networks"]),
        ({"allow_networks": [f"10.0.0.{n}" for n in range(101)]}, {}, ["allow_networks"]),
        ({"request_headers": {"Host": "x"}}, {}, ["request_headers"]),
        ({"request_headers": {"X-Forwarded-For": "10.0.0.1"}}, {}, ["request_headers"]),
        ({"response_headers": {"Set-Cookie": "a"}}, {}, ["response_headers"]),
        ({"response_headers": {"x-frame-options": "DENY"}}, {}, ["response_headers"]),
    ],
)
def test_what_options_need_of_each_other(options: Any, changes: Any, expected: list[str]) -> None:
    assert refusals(options, **changes) == [("option_invalid", f"options.{name}") for name in expected]


@given(
    st.sampled_from(sorted(CATALOGUE)), st.text(max_size=12), st.sampled_from(["1m", "/a", "10.0.0.0/8", "DENY", "x"])
)
def test_no_text_around_a_good_value_is_overlooked(name: str, noise: str, good: str) -> None:
    for text in (noise + good, good + noise):
        if not refusals({name: shaped(name, text)} | COMPANIONS.get(name, {})):
            assert set(text) <= set(string.ascii_letters + string.digits + "./_-:*")

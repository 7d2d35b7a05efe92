"""What is stated becomes one canonical spec, or a list of everything that is wrong, by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.errors import PolicyViolation
from apps.exposures.spec import ExposureSpec, PathSpec, parse_spec, path_problem


def stated(**fields: Any) -> dict[str, Any]:
    path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
    return {"host": "shop.example.com", "paths": [path], "tls": None, "options": {}} | fields


def stated_path(**fields: Any) -> dict[str, Any]:
    path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"} | fields
    return stated(paths=[path])


def test_plain_spec_is_taken_as_stated() -> None:
    assert parse_spec(stated(tls={"secret_name": "shop-tls"}, ingress_class_name="traefik")) == ExposureSpec(
        host="shop.example.com",
        paths=(PathSpec("/", "Prefix", "shop", "http"),),
        tls_secret_name="shop-tls",
        ingress_class_name="traefik",
    )


def test_canonical_json_leads_back_to_the_same_spec() -> None:
    options = {"redirect_to_https": True, "allow_networks": ["10.1.2.3"]}
    spec = parse_spec(stated(tls={"secret_name": "shop-tls"}, options=options))
    assert spec.options == {"redirect_to_https": True, "allow_networks": ["10.1.2.3/32"]}
    assert ExposureSpec.from_json(spec.as_json()) == spec
    assert parse_spec(spec.as_json()) == spec


@pytest.mark.parametrize(("written", "meant"), [("http", "http"), (80, 80), ("80", 80), ("web-1", "web-1")])
def test_port_is_a_name_or_a_number(written: object, meant: object) -> None:
    assert parse_spec(stated_path(service_port=written)).paths[0].service_port == meant


@pytest.mark.parametrize(
    "port", [None, "", 0, 65536, -1, True, 1.5, "80 ", "0", "99999999", "HTTP", "a" * 16, "-http", "8" * 40, [], {}]
)
def test_port_that_cannot_be_is_refused_at_its_place(port: object) -> None:
    with pytest.raises(PolicyViolation) as refusal:
        parse_spec(stated_path(service_port=port))
    assert [(v.code, v.field) for v in refusal.value.errors] == [("port_not_found", "paths.0.service_port")]


@pytest.mark.parametrize(
    "path", ["/", "/shop", "/shop/", "/a/b.c", "/~user", "/a-b_c", "/%20x", "/caf%c3%a9", "/a+b=c:d@e", "/..a", "/a..b"]
)
def test_path_that_is_fine(path: str) -> None:
    assert path_problem(path) == ""


@pytest.mark.parametrize(
    "path",
    [
        "shop", "", "/a//b", "//", "/a/../b", "/..", "/a/./b", "/.", "/%2e%2e/a", "/%2E/a", "/a%2fb", "/a%5Cb", "/a b",
        "/a\n", "/a\tb", "/a\x00", '/a"b', "/a{1}", "/a[b]", "/a\\b", "/a#b", "/a?b=c", "/a|b", "/a<b", "/ä", "/%zz",
        "/%", "/%0a", "/%00", "/%7f", "/a^b", "/" + "a" * 1000, "/a`b", "/${x}", "/a;b", "/$(x)", "/a'b", "/a*", "/a,b",
        "/a!b", "/a&b", "/%41", "/a%7Eb", "/%2d", "/x%2e%2ey",
    ],
)  # fmt: skip
def test_path_that_could_hurt_or_puzzle_a_controller_is_refused(path: str) -> None:
    assert path_problem(path) != ""


@given(st.text(max_size=40))
def test_no_accepted_path_can_leave_its_place(text: str) -> None:
    path = "/" + text
    if path_problem(path):
        return
    assert not set(path) & set(" \t\n\r\"'\\{}[]()<>#?|^`;$&*!,\x00")
    assert ".." not in path.split("/")


def test_everything_wrong_is_listed_at_once_by_field() -> None:
    bad = stated(
        host="no host",
        paths=[{"path": "x", "path_type": "Regex", "service_name": "Shop!", "service_port": 0}],
        tls={"secret_name": "../etc"},
        options={"snippet": "lua", "read_timeout": "60s;"},
    )
    with pytest.raises(PolicyViolation) as refusal:
        parse_spec(bad)
    assert [(v.code, v.field) for v in refusal.value.errors] == [
        ("host_invalid", "host"),
        ("path_invalid", "paths.0.path"),
        ("path_invalid", "paths.0.path_type"),
        ("service_not_found", "paths.0.service_name"),
        ("port_not_found", "paths.0.service_port"),
        ("secret_not_offered", "tls.secret_name"),
        ("option_not_allowed", "options.snippet"),
        ("option_invalid", "options.read_timeout"),
    ]


@pytest.mark.parametrize("paths", [[], None])
def test_no_path_is_refused(paths: object) -> None:
    with pytest.raises(PolicyViolation) as refusal:
        parse_spec(stated(paths=paths))
    assert [v.field for v in refusal.value.errors] == ["paths"]


def test_same_path_twice_is_refused_at_the_second_place() -> None:
    one = {"path": "/a", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
    with pytest.raises(PolicyViolation) as refusal:
        parse_spec(stated(paths=[one, one | {"path": "/a/"}, one | {"path_type": "Exact"}]))
    assert [v.field for v in refusal.value.errors] == ["paths.1.path"]


def test_fifty_one_paths_are_too_many() -> None:
    paths = [
        {"path": f"/{n}", "path_type": "Prefix", "service_name": "shop", "service_port": "http"} for n in range(51)
    ]
    assert len(parse_spec(stated(paths=paths[:50])).paths) == 50
    with pytest.raises(PolicyViolation):
        parse_spec(stated(paths=paths))

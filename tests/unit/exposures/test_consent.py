"""Paths on a host of another team: what consent lifts and what it never does, over facts alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exposures.policies import (
    Facts,
    HostUse,
    PathUse,
    SharedHost,
    check_all,
    find_conflicts,
    find_sharing,
    needs_consent,
)
from apps.exposures.policies.consent import is_inside
from apps.exposures.spec import ExposureSpec, PathSpec
from tests.unit.exposures.test_conflicts import HOST, PATHS, facts, live, portal

CLAIM = portal("claim", cluster="")
SHOP = (PathUse("/shop", "Prefix"),)


def owned(*, paths: tuple[PathUse, ...] = SHOP, **fields: Any) -> HostUse:
    """The owner's exposure."""
    return portal("exposure", exposure_id="exp_owner", paths=paths, **fields)


def guest(*uses: HostUse, path: str = "/blog", granted: tuple[str, ...] = (), asked: bool = True, **spec: Any) -> Facts:
    """Facts of team web, which asks team pay for a path on its host, or was granted some."""
    shared = SharedHost("pay", frozenset(PathUse(one, "Prefix") for one in granted), asked=asked)
    return replace(facts(CLAIM, *uses, path=path, **spec), shared=shared)


def kinds(stated: Facts) -> list[str]:
    return [conflict["kind"] for conflict in find_conflicts(stated)]


@pytest.mark.parametrize(
    ("use", "kinds_left"),
    [
        (owned(), []),
        (owned(paths=(PathUse("/", "Prefix"),)), []),
        (owned(paths=(PathUse("/blog/", "Prefix"),)), ["path"]),
        (owned(paths=(PathUse("/blog", "ImplementationSpecific"),)), ["path"]),
        (owned(paths=(PathUse("/blog", "Exact"),)), []),
        (owned(cluster="test-1", paths=(PathUse("/blog", "Prefix"),)), []),
        # One entry cannot tell visitors of two clusters apart by their paths.
        (owned(cluster="test-1", shares_entry=True), ["exact"]),
        (live(path="/shop"), []),
        (live(path="/blog"), ["path"]),
        (live(path="/blog", is_canary=True), ["path"]),
        (live(host="*.example.com", path="/blog"), []),
        # An alias takes the host beside the rules, with every path.
        (replace(live(), paths=()), ["live_object"]),
        # Who does not own the host is not asked.
        (live(team="third"), ["live_object"]),
        (live(team=""), ["live_object"]),
    ],
)
def test_consent_lifts_the_owners_host_and_nothing_else(use: HostUse, kinds_left: list[str]) -> None:
    assert kinds(guest(use)) == kinds_left


def test_conflict_about_a_path_names_the_path_that_both_state() -> None:
    [conflict] = find_conflicts(guest(owned(paths=(PathUse("/a", "Prefix"), PathUse("/blog", "Prefix")))))
    assert (conflict["path"], conflict["owner"]) == ("/blog", {"team": "pay", "contact": "#pay"})


@pytest.mark.parametrize(
    ("path", "granted", "asked", "needed", "kinds_left"),
    [
        ("/blog", (), True, True, []),
        ("/blog", ("/blog",), True, False, []),
        ("/blog", ("/blog", "/news"), False, False, []),
        # Consent never widens: a path below, above or beside what was granted is another path.
        ("/blog/new", ("/blog",), True, True, []),
        ("/blog/new", ("/blog",), False, False, ["exact"]),
        ("/", ("/blog",), False, False, ["exact"]),
        ("/blog/", ("/blog",), False, False, ["exact"]),
        ("/blog", (), False, False, ["exact"]),
    ],
)
def test_consent_holds_for_exactly_the_paths_that_were_granted(
    path: str, granted: tuple[str, ...], asked: bool, needed: bool, kinds_left: list[str]
) -> None:
    stated = guest(owned(), path=path, granted=granted, asked=asked)
    assert (needs_consent(stated), kinds(stated)) == (needed, kinds_left)


def test_granted_path_of_another_type_is_not_granted() -> None:
    assert kinds(guest(owned(), granted=("/blog",), asked=False, path_type="Exact")) == ["exact"]


@pytest.mark.parametrize(
    ("uses", "can_ask"),
    [
        ((CLAIM,), [True]),
        ((CLAIM, owned()), [True]),
        # The same path stays refused, so another one has to be named; asking as such is possible.
        ((CLAIM, owned(paths=(PathUse("/", "Prefix"),))), [True]),
        ((CLAIM, live(host="*.example.com")), [True]),
        ((CLAIM, owned(shares_entry=True, cluster="test-1")), [False]),
        ((CLAIM, live(team="third")), [False, False]),
        ((CLAIM, live(team="")), [False, False]),
        # Without a claim nobody holds the host in the portal.
        ((live(),), [False]),
    ],
)
def test_owner_can_be_asked_where_nobody_else_is_in_the_way(uses: tuple[HostUse, ...], can_ask: list[bool]) -> None:
    assert [conflict["can_ask_owner"] for conflict in find_conflicts(facts(*uses))] == can_ask


@pytest.mark.parametrize(
    ("state", "path", "kinds_left"),
    [
        ("granted", "/shop", []),
        ("granted", "/blog", ["path"]),
        # What is only asked for takes nothing: whose word comes first has the path.
        ("asked", "/blog", []),
    ],
)
def test_owner_is_not_kept_from_the_host_by_a_guest(state: str, path: str, kinds_left: list[str]) -> None:
    visitor = portal("exposure", team="third", exposure_id="exp_g", paths=(PathUse("/blog", "Prefix"),), guest=state)
    own = portal("claim", team="web", cluster="")
    assert kinds(facts(own, visitor, path=path)) == kinds_left


@pytest.mark.parametrize(("state", "kinds_left"), [("granted", ["path"]), ("asked", [])])
def test_two_guests_share_a_host_path_by_path(state: str, kinds_left: list[str]) -> None:
    other = portal("exposure", team="third", exposure_id="exp_g", paths=(PathUse("/blog", "Prefix"),), guest=state)
    assert kinds(guest(other)) == kinds_left
    assert kinds(guest(other, path="/news")) == []


def test_stranger_is_told_of_the_owner_and_not_of_the_guests() -> None:
    visitor = portal("exposure", team="third", exposure_id="exp_g", guest="granted")
    [conflict] = find_conflicts(facts(CLAIM, visitor))
    assert conflict["owner"] == {"team": "pay", "contact": "#pay"}


@pytest.mark.parametrize(
    ("own", "seen", "words"),
    [
        ("/blog", "/", "/blog lies inside / of team pay: its visitors come here, the others stay there."),
        ("/", "/shop", "/shop of team pay lies inside /: its visitors go there, the others come here."),
        ("/blog", "/shop", None),
        ("/blogs", "/blog", None),
    ],
)
def test_overlap_of_paths_is_explained(own: str, seen: str, words: str | None) -> None:
    warnings = find_sharing(guest(owned(paths=(PathUse(seen, "Prefix"),)), path=own))
    assert [warning.message for warning in warnings] == ([words] if words else [])


def test_guest_learns_that_the_host_has_one_certificate() -> None:
    [warning] = find_sharing(guest(owned(), tls_secret_name="blog-tls"))
    assert (warning.code, warning.field) == ("certificate_differs", "tls.secret_name")


@pytest.mark.parametrize("name", ["hsts_max_age", "hsts_include_subdomains"])
def test_guest_cannot_set_what_holds_for_the_whole_host(name: str) -> None:
    refused = [
        error.field for error in check_all(guest(owned(), options={name: "1d"})) if "holds for all" in error.message
    ]
    assert refused == [f"options.{name}"]


@given(PATHS, PATHS)
def test_of_two_paths_at_most_one_lies_inside_the_other(left: PathUse, right: PathUse) -> None:
    assert not (is_inside(left, right) and is_inside(right, left))


@given(st.lists(PATHS, max_size=4, unique=True), st.lists(PATHS, min_size=1, max_size=4, unique=True))
def test_grant_covers_only_what_stands_in_it(granted: list[PathUse], stated: list[PathUse]) -> None:
    spec = ExposureSpec(HOST, tuple(PathSpec(path.path, path.path_type, "shop", "http") for path in stated))
    shared = SharedHost("pay", frozenset(granted))
    found = find_conflicts(replace(facts(CLAIM), spec=spec, shared=shared))
    assert (found == []) == (set(stated) <= set(granted))

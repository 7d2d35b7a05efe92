"""Which host keys mean the same visitors, as tables and as properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domains.overlaps import host_key, is_wildcard, matching_alias, overlap, wildcard_over

LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6)
HOSTS = st.builds(lambda labels: ".".join([*labels, "com"]), st.lists(LABELS, min_size=1, max_size=4))
KEYS = st.one_of(HOSTS, HOSTS.map(lambda host: f"*.{host}"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("shop.example.com", "shop.example.com"),
        (" Shop.Example.COM. ", "shop.example.com"),
        ("*.Example.com.", "*.example.com"),
        (" *.example.com", "*.example.com"),
        ("bücher.example.com", "xn--bcher-kva.example.com"),
        ("*.bücher.example.com", "*.xn--bcher-kva.example.com"),
        ("", ""),
        ("*", ""),
        ("*.", ""),
        ("*.*.example.com", ""),
        ("a.*.example.com", ""),
        ("shop", ""),
        ("10.0.0.1", ""),
        ("~^shop$", ""),
    ],
)
def test_host_key(text: str, key: str) -> None:
    assert host_key(text) == key


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("shop.example.com", "shop.example.com", True),
        ("shop.example.com", "docs.example.com", False),
        ("*.example.com", "shop.example.com", True),
        ("*.example.com", "a.shop.example.com", False),
        ("*.example.com", "example.com", False),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "*.shop.example.com", False),
        ("*.example.com", "shopexample.com", False),
        ("", "shop.example.com", False),
        ("", "", False),
    ],
)
def test_overlap(left: str, right: str, expected: bool) -> None:
    assert (overlap(left, right), overlap(right, left)) == (expected, expected)


@given(KEYS, KEYS)
def test_overlap_is_symmetric(left: str, right: str) -> None:
    assert overlap(left, right) == overlap(right, left)


@given(KEYS)
def test_overlap_with_itself_always(key: str) -> None:
    assert overlap(key, key)


@given(HOSTS, HOSTS)
def test_overlap_of_two_exact_hosts_is_equality(left: str, right: str) -> None:
    assert overlap(left, right) == (left == right)


@given(HOSTS.filter(lambda host: host.count(".") >= 2), LABELS)
def test_wildcard_over_a_host_covers_it_and_nothing_below(host: str, label: str) -> None:
    wildcard = wildcard_over(host)
    assert (is_wildcard(wildcard), overlap(wildcard, host), overlap(wildcard, f"{label}.{host}")) == (True, True, False)


@given(KEYS)
def test_host_key_of_a_key_is_the_key(key: str) -> None:
    assert host_key(key.upper()) == key


@pytest.mark.parametrize(
    ("aliases", "expected"),
    [
        ("shop.example.com", "shop.example.com"),
        ("docs.example.com, SHOP.example.com.", "shop.example.com"),
        ("docs.example.com", ""),
        ("*.example.com", "*.example.com"),
        ("*.com.example.com", ""),
        (".example.com", "*.example.com"),
        (r"~^(?<name>.+)\.example\.com$", "*.example.com"),
        (r"~^[a-z]+.example.com", "*.example.com"),
        (r"~shop\.example\.com$", "shop.example.com"),
        (r"~^docs\.example\.com$", ""),
        (r"~hop\.example\.com$", "*.example.com"),
        (r"~^.*$", ""),
        (r"~\.com$", ""),
        (r"~^(a+)+$", ""),
        ("", ""),
        (",,,", ""),
        ("x" * 5000, ""),
    ],
)
def test_matching_alias(aliases: str, expected: str) -> None:
    assert matching_alias(aliases, "shop.example.com") == expected


def test_matching_alias_takes_any_number_of_labels() -> None:
    assert matching_alias("*.example.com", "a.b.example.com") == "*.example.com"


def test_matching_alias_meets_a_wildcard_that_is_asked_for() -> None:
    assert matching_alias("shop.example.com", "*.example.com") == "shop.example.com"


@given(st.text(max_size=200), KEYS)
def test_matching_alias_never_raises(text: str, key: str) -> None:
    found = matching_alias(text, key)
    assert found == "" or host_key(found) == found

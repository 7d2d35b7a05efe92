"""Every way to write a host leads to one form or to a refusal that says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domains.hosts import InvalidHost, is_one_label_under, is_under, normalise_host


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("shop.example.com", "shop.example.com"),
        ("Shop.Example.COM", "shop.example.com"),
        ("shop.example.com.", "shop.example.com"),
        ("  shop.example.com ", "shop.example.com"),
        ("bücher.example.com", "xn--bcher-kva.example.com"),
        ("BÜCHER.example.com", "xn--bcher-kva.example.com"),
        ("例子.example.com", "xn--fsqu00a.example.com"),
        ("shop。example。com", "shop.example.com"),
        ("xn--bcher-kva.example.com", "xn--bcher-kva.example.com"),
        ("a-b.c1.example", "a-b.c1.example"),
        ("1.example.com", "1.example.com"),
    ],
)
def test_spellings_of_one_name_become_one_form(written: str, meant: str) -> None:
    assert normalise_host(written) == meant


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("", "empty"),
        ("   ", "empty"),
        (".", "empty"),
        ("shop", "two labels"),
        ("*.example.com", "wildcard"),
        ("a..example.com", "two dots"),
        (".example.com", "starts with a dot"),
        ("-shop.example.com", "letters"),
        ("shop-.example.com", "letters"),
        ("shop_x.example.com", "letters"),
        ("shop example.com", "letters"),
        ("shop\n.example.com", "letters"),
        ("shop.example.com\x00", "letters"),
        ("shop.example.com/path", "host alone"),
        ("shop.example.com:80", "host alone"),
        ("https://shop.example.com", "host alone"),
        ("a" * 64 + ".example.com", "longer than 63"),
        (".".join(["abcdefgh"] * 28) + ".de", "254"),
        ("10.0.0.1", "address"),
        ("shop.1", "address"),
        ("shop.0x1f", "address"),
        ("[2001:db8::1]", "address"),
        ("fe80::1%eth0", "address"),
        ("xn--a.example.com", "international"),
        ("xn--zz--zz.example.com", "international"),
        ("☕\u200d\u0661.example.com", "international"),
    ],
)
def test_what_cannot_be_a_host_is_refused_with_the_field_and_the_reason(written: str, word: str) -> None:
    with pytest.raises(InvalidHost) as refusal:
        normalise_host(written)

    violation = refusal.value.violation
    assert (violation.code, violation.field) == ("host_invalid", "host")
    assert word in violation.message


def test_longest_host_is_accepted() -> None:
    host = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 57, "com"])
    assert len(host) == 253
    assert normalise_host(host) == host


@given(st.text(max_size=300))
def test_any_text_ends_in_a_canonical_name_or_a_refusal(text: str) -> None:
    try:
        host = normalise_host(text)
    except InvalidHost:
        return
    assert normalise_host(host) == host
    assert host == host.lower()
    assert host.isascii()
    assert len(host) <= 253
    assert not host.endswith(".")


@pytest.mark.parametrize(
    ("host", "domain", "under", "one_label"),
    [
        ("shop.dev.example.net", "dev.example.net", True, True),
        ("a.shop.dev.example.net", "dev.example.net", True, False),
        ("dev.example.net", "dev.example.net", False, False),
        ("shopdev.example.net", "dev.example.net", False, False),
        ("shop.dev.example.net", "", False, False),
    ],
)
def test_place_under_a_domain(host: str, domain: str, under: bool, one_label: bool) -> None:
    assert (is_under(host, domain), is_one_label_under(host, domain)) == (under, one_label)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("https://shop.example.com:8443/cart?a#b", "Write shop.example.com."),
        ("//shop.example.com/", "Write shop.example.com."),
        ("Shop.example.com:80", "Write shop.example.com."),
        ("https://", "Use a name like shop.example.com."),
        ("https://me:pw@shop.example.com", "Use a name like shop.example.com."),
    ],
)
def test_address_of_a_page_is_refused_with_the_host_that_is_in_it(written: str, hint: str) -> None:
    with pytest.raises(InvalidHost) as refusal:
        normalise_host(written)
    violation = refusal.value.violation
    assert violation.message == "Give the host alone, without https://, user name, port and path."
    assert violation.hint == hint

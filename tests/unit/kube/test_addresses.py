"""Truth table of what the portal may call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kube.addresses import PinnedAddress, ServerAddress, check_address, parse_address, resolve_host
from apps.kube.errors import AddressRefused, Unreachable


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://10.0.0.10:6443", ServerAddress("10.0.0.10", 6443, "")),
        ("https://api.example.com", ServerAddress("api.example.com", 443, "")),
        ("https://API.Example.com./", ServerAddress("api.example.com", 443, "")),
        ("https://[2001:db8::1]:6443/", ServerAddress("2001:db8::1", 6443, "")),
        (
            "https://rancher.example.com/k8s/clusters/c-1",
            ServerAddress("rancher.example.com", 443, "/k8s/clusters/c-1"),
        ),
        ("https://a_b.example.com", ServerAddress("a_b.example.com", 443, "")),
    ],
)
def test_url_of_an_api_server_is_parsed(url, address):
    assert parse_address(url) == address


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "url_not_https"),
        ("10.0.0.10:6443", "url_not_https"),
        ("http://10.0.0.10", "url_not_https"),
        ("file:///etc/passwd", "url_not_https"),
        ("https://", "host_invalid"),
        ("https:///path", "host_invalid"),
        ("https://user@10.0.0.10", "url_userinfo"),
        ("https://user:pass@10.0.0.10", "url_userinfo"),
        ("https://10.0.0.10?x=1", "url_query"),
        ("https://10.0.0.10#x", "url_query"),
        ("https://10.0.0.10/a/../b", "url_malformed"),
        ("https://10.0.0.10/a%2e", "url_malformed"),
        ("https://10.0.0.10:0", "url_malformed"),
        ("https://10.0.0.10:99999", "url_malformed"),
        ("https://10.0.0.10:port", "url_malformed"),
        ("https://[::1", "url_malformed"),
        ("https://[fe80::1%25eth0]", "host_invalid"),
        ("https://api.example.com\\@evil.test", "url_malformed"),
        ("https://api.example.com\nHost: x", "url_malformed"),
        (" https://api.example.com", "url_malformed"),
        ("https://bücher.example", "url_malformed"),
        ("https://-a.example.com", "host_invalid"),
        ("https://a..example.com", "host_invalid"),
        ("https://" + "a" * 64 + ".example.com", "host_invalid"),
        ("https://" + "a." * 127 + "com", "host_invalid"),
        ("https://" + "a" * 3000, "url_malformed"),
        ("https://2130706433", "host_invalid"),
        ("https://0x7f000001", "host_invalid"),
        ("https://127.1", "host_invalid"),
        ("https://0177.0.0.1", "host_invalid"),
    ],
)
def test_url_that_is_no_plain_https_is_refused(url, code):
    with pytest.raises(AddressRefused) as raised:
        parse_address(url)

    violation = raised.value.errors[0]
    assert (raised.value.code, violation.code, violation.field) == (code, code, "endpoint")
    assert violation.message
    assert violation.hint


REFUSED = [
    ("127.0.0.1", "address_loopback"),
    ("127.255.255.254", "address_loopback"),
    ("::1", "address_loopback"),
    ("::ffff:127.0.0.1", "address_loopback"),
    ("::127.0.0.1", "address_loopback"),
    ("2002:7f00:1::", "address_loopback"),
    ("64:ff9b::7f00:1", "address_loopback"),
    ("169.254.169.254", "address_metadata"),
    ("::ffff:169.254.169.254", "address_metadata"),
    ("64:ff9b::a9fe:a9fe", "address_metadata"),
    ("64:ff9b:1::a9fe:a9fe", "address_metadata"),
    ("2002:a9fe:a9fe::1", "address_metadata"),
    ("fd00:ec2::254", "address_metadata"),
    ("100.100.100.200", "address_metadata"),
    ("169.254.1.1", "address_link_local"),
    ("fe80::1", "address_link_local"),
    ("fe80::1%eth0", "address_link_local"),
    ("0.0.0.0", "address_unspecified"),
    ("0.1.2.3", "address_unspecified"),
    ("::", "address_unspecified"),
    ("::ffff:0.0.0.0", "address_unspecified"),
    ("224.0.0.1", "address_multicast"),
    ("ff02::1", "address_multicast"),
    ("255.255.255.255", "address_reserved"),
    ("240.0.0.1", "address_reserved"),
]


@pytest.mark.parametrize(("answer", "code"), REFUSED)
def test_answer_that_may_not_be_called_is_refused_among_good_ones(answer, code):
    with pytest.raises(AddressRefused) as raised:
        check_address(
            "https://api.example.com", allow_loopback=False, resolve=lambda host, port: ["10.0.0.1", answer, "10.0.0.2"]
        )

    assert raised.value.code == code


@pytest.mark.parametrize(("answer", "code"), REFUSED)
def test_allow_loopback_allows_loopback_only(answer, code):
    def check() -> None:
        check_address("https://api.example.com", allow_loopback=True, resolve=lambda host, port: [answer])

    if code == "address_loopback":
        check()
    else:
        with pytest.raises(AddressRefused) as raised:
            check()
        assert raised.value.code == code


@pytest.mark.parametrize(
    ("answers", "ip"),
    [
        (["10.0.0.10"], "10.0.0.10"),
        (["192.168.1.1"], "192.168.1.1"),
        (["203.0.113.5"], "203.0.113.5"),
        (["fd12::1"], "fd12::1"),
        (["2001:db8::1", "10.0.0.10"], "10.0.0.10"),
        (["::ffff:10.0.0.10"], "10.0.0.10"),
    ],
)
def test_address_is_pinned_to_a_checked_answer(answers, ip):
    pinned = check_address("https://api.example.com:6443", allow_loopback=False, resolve=lambda host, port: answers)

    assert pinned == PinnedAddress("api.example.com", 6443, ip)


def test_name_without_answers_is_unreachable():
    with pytest.raises(Unreachable) as raised:
        check_address("https://api.example.com", allow_loopback=False, resolve=lambda host, port: [])

    assert raised.value.code == "cluster_unresolvable"


def test_literal_resolves_to_itself():
    assert resolve_host("127.0.0.1", 443) == ["127.0.0.1"]


def test_name_that_cannot_exist_is_unreachable():
    with pytest.raises(Unreachable) as raised:
        resolve_host("a" * 70 + ".invalid", 443)

    assert (raised.value.code, raised.value.transient) == ("cluster_unresolvable", True)


@given(st.text(max_size=60).map(lambda text: "https://" + text) | st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text):
    try:
        address = parse_address(text)
    except AddressRefused:
        return
    assert 0 < address.port < 65536
    assert address.host

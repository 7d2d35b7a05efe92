"""The text of PORTICO_RESOLVERS."""

from __future__ import annotations

import pytest

from apps.domains.dns.servers import Server, parse_servers, servers_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.53", [Server("10.0.0.53", 53)]),
        ("10.0.0.53:5353, 10.0.1.53", [Server("10.0.0.53", 5353), Server("10.0.1.53", 53)]),
        ("2001:db8::53", [Server("2001:db8::53", 53)]),
        ("[2001:DB8::53]:5353", [Server("2001:db8::53", 5353)]),
        ("[2001:db8::53]", [Server("2001:db8::53", 53)]),
        ("off", []),
        ("", []),
    ],
)
def test_servers_are_read_with_their_ports(text, expected):
    assert list(parse_servers(text)) == expected


@pytest.mark.parametrize("text", ["ns.example.com", "10.0.0.53:x", "10.0.0.53:0", "10.0.0.53:65536", "off,10.0.0.1"])
def test_text_that_names_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_servers(text)


def test_servers_of_a_text_are_its_own_and_off_has_none():
    assert [servers_of("127.0.0.1:5353"), servers_of("off")] == [(Server("127.0.0.1", 5353),), ()]


def test_without_a_text_the_system_is_asked_for_its_servers():
    assert {type(server) for server in servers_of("")} <= {Server}

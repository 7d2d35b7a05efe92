"""BIND with the zones of a company: one as the zones' own server, one as the resolver that people ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from apps.domains.dns.servers import Server
from testbed.bed import Testbed
from testbed.bind import ADDRESS, Bind

ZONE = """
*.dev            A     10.0.0.10
*.dev            A     10.0.0.11
old.dev          A     192.0.2.7
_acme-challenge.shop.dev TXT "token"
*.half           A     10.0.0.10
ingress          A     10.0.0.10
ingress          A     10.0.0.11
shop             CNAME first.partner.test.
direct           A     10.0.0.10
direct           A     10.0.0.11
six              AAAA  2001:db8::10
elsewhere        CNAME cdn.partner.test.
dangling         CNAME gone.partner.test.
text             TXT   "only text"
loop             CNAME loop2
loop2            CNAME loop
big              CNAME many.partner.test.
lame             NS    ns.lame
ns.lame          A     127.0.0.1
@                CAA   0 issue "ca.example.net"
"""
# An answer of 95 addresses does not fit into a datagram; of 100 and more BIND refuses the zone.
MANY = "\n".join(f"many A 10.1.0.{number}" for number in range(1, 96))
PARTNER = f"first CNAME ingress.example.test.\ncdn A 192.0.2.1\n{MANY}"


@pytest.fixture(scope="session")
def authority(bed: Testbed) -> Iterator[Bind]:
    bind = Bind.start(bed.folder / "authority", zones={"example.test": ZONE, "partner.test": PARTNER})
    yield bind
    bind.stop()


@pytest.fixture(scope="session")
def deaf_port() -> Iterator[int]:
    """A port where questions arrive and nobody answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((ADDRESS, 0))
        yield deaf.getsockname()[1]


@pytest.fixture(scope="session")
def resolving(bed: Testbed, authority: Bind, deaf_port: int) -> Iterator[Bind]:
    forwards = dict.fromkeys(("example.test", "partner.test", "refused.test"), authority.port) | {
        "deaf.test": deaf_port
    }
    bind = Bind.start(bed.folder / "resolver", forwards=forwards)
    yield bind
    bind.stop()


@pytest.fixture
def zone_server(authority: Bind) -> Server:
    """The zones' own server."""
    return Server(ADDRESS, authority.port)


@pytest.fixture
def resolver(resolving: Bind) -> Server:
    """What people ask."""
    return Server(ADDRESS, resolving.port)

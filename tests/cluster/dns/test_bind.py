"""What the product makes of a real name server's zones, asked directly and through a resolver."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from apps.domains.dns.asking import Deadline
from apps.domains.dns.resolving import Issuers, Link, resolve
from apps.domains.dns.servers import Server
from apps.domains.dns.verdict import Finding, check_host, check_wildcard
from testbed.bed import Testbed
from testbed.bind import ADDRESS, Bind
from testbed.process import PartFailed, eventually

ENTRY = ["10.0.0.10", "10.0.0.11"]


@pytest.fixture(params=["zone_server", "resolver"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


def judged(server: Server, host: str, entry: list[str] | None = None) -> Finding:
    return check_host(host, entry or ENTRY, [server])


@pytest.mark.parametrize(
    ("host", "status", "reason"),
    [
        ("direct.example.test", "True", "PointsAtEntry"),
        ("shop.example.test", "True", "PointsAtEntry"),
        ("any.dev.example.test", "True", "PointsAtEntry"),
        ("DIRECT.Example.TEST", "True", "PointsAtEntry"),
        ("any.half.example.test", "True", "PointsAtPartOfEntry"),
        ("old.dev.example.test", "False", "Elsewhere"),
        ("elsewhere.example.test", "False", "Elsewhere"),
        ("big.example.test", "False", "Elsewhere"),
        ("six.example.test", "False", "Elsewhere"),
        ("dangling.example.test", "False", "NoSuchName"),
        ("nobody.example.test", "False", "NoSuchName"),
        ("under.old.dev.example.test", "False", "NoSuchName"),
        ("text.example.test", "False", "NoAddress"),
        ("dev.example.test", "False", "NoAddress"),
        ("shop.dev.example.test", "False", "NoAddress"),
        ("loop.example.test", "False", "CnameLoop"),
    ],
)
def test_host_is_judged_as_the_zone_has_it(server: Server, host: str, status: str, reason: str) -> None:
    found = judged(server, host)
    assert (found.status, found.reason) == (status, reason)


def test_chain_over_zones_is_told_with_its_links(server: Server) -> None:
    found = judged(server, "shop.example.test", ["ingress.example.test"])
    assert found.reason == "PointsAtEntry"
    assert found.resolution is not None
    assert [(link.name, link.target) for link in found.resolution.links] == [
        ("shop.example.test", "first.partner.test"),
        ("first.partner.test", "ingress.example.test"),
    ]
    assert all(0 <= link.ttl <= 60 for link in found.resolution.links)


def test_ttl_of_the_zone_is_told(zone_server: Server) -> None:
    found = resolve("direct.example.test", [zone_server], Deadline(3))
    assert (found.ttl, found.addresses, found.links) == (60, ("10.0.0.10", "10.0.0.11"), ())


def test_answer_that_fits_no_datagram_comes_whole(server: Server) -> None:
    found = resolve("big.example.test", [server], Deadline(3))
    assert len(found.addresses) == 95
    assert [type(link) for link in found.links] == [Link]


def test_caa_of_the_zone_counts_for_the_host(server: Server) -> None:
    assert judged(server, "direct.example.test").issuers == Issuers("example.test", ("ca.example.net",))


@pytest.mark.parametrize(
    ("domain", "status", "reason"),
    [
        ("dev.example.test", "True", "PointsAtEntry"),
        ("half.example.test", "False", "PointsAtPartOfEntry"),
        ("none.example.test", "False", "NoSuchName"),
    ],
)
def test_wildcard_is_judged_as_the_zone_has_it(server: Server, domain: str, status: str, reason: str) -> None:
    found = check_wildcard(domain, ENTRY, [server])
    assert (found.status, found.reason) == (status, reason)


def test_one_existing_name_does_not_make_a_wildcard(zone_server: Server) -> None:
    assert judged(zone_server, "direct.example.test").status == "True"
    assert check_wildcard("direct.example.test", ENTRY, [zone_server]).reason == "NoSuchName"


def test_zone_that_is_delegated_to_nobody_is_lame(zone_server: Server) -> None:
    assert judged(zone_server, "shop.lame.example.test").reason == "LameDelegation"


def test_server_that_does_not_know_the_zone_refuses(zone_server: Server) -> None:
    found = judged(zone_server, "shop.other.test")
    assert (found.status, found.reason) == ("Unknown", "Refused")


def test_resolver_whose_server_refuses_fails(resolver: Server) -> None:
    found = judged(resolver, "shop.refused.test")
    assert (found.status, found.reason) == ("False", "ServerFails")


def test_resolver_whose_server_keeps_silent_costs_three_seconds_at_most(resolver: Server) -> None:
    started = time.monotonic()
    found = judged(resolver, "shop.deaf.test")
    assert time.monotonic() - started < 4
    assert (found.status, found.reason) == ("Unknown", "NoAnswer")


def test_dead_server_beside_a_good_one_is_no_trouble(zone_server: Server, deaf_port: int) -> None:
    found = check_host("direct.example.test", ENTRY, [Server(ADDRESS, deaf_port), zone_server])
    assert found.reason == "PointsAtEntry"


@pytest.fixture
def own(bed: Testbed) -> Iterator[Bind]:
    """A server whose zone a test may change."""
    bind = Bind.start(bed.folder / "own", zones={"own.test": "other A 10.0.0.10"})
    yield bind
    bind.stop()


def test_record_that_is_set_is_seen_by_the_next_check(own: Bind) -> None:
    server = Server(ADDRESS, own.port)
    assert judged(server, "shop.own.test").reason == "NoSuchName"
    own.change("own.test", "shop A 10.0.0.10\nshop A 10.0.0.11")
    assert eventually(lambda: judged(server, "shop.own.test").reason == "PointsAtEntry")


def test_zone_that_bind_refuses_is_no_quiet_start(bed: Testbed) -> None:
    with pytest.raises(PartFailed, match="bind refuses a zone"):
        Bind.start(bed.folder / "broken", zones={"broken.test": "shop A no-address"})

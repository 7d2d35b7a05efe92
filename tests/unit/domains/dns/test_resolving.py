"""From a name to its addresses, and to those who may issue certificates for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from dns.rcode import Rcode
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.domains.dns import asking
from apps.domains.dns.asking import Deadline, Outcome
from apps.domains.dns.resolving import Issuers, Link, Resolution, find_issuers, resolve
from tests.unit.domains.dns.responder import Responder, reply, zone


def resolved(responder: Responder, name: str = "shop.example.com") -> Resolution:
    return resolve(name, [responder.server], Deadline(2))


def issuers(responder: Responder, name: str = "shop.example.com") -> Issuers | None:
    return find_issuers(name, [responder.server], Deadline(2))


@contextmanager
def patched_tries(seconds: float) -> Iterator[None]:
    """Damage may make an answer unfit to be awaited; the test need not wait as long as people would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "TRY_SECONDS", seconds)
        yield


def test_addresses_of_both_families_are_found_with_the_shorter_ttl(serve):
    found = resolved(serve(zone("shop.example.com 300 A 10.0.0.10", "shop.example.com 60 AAAA 2001:db8::10")))
    name = "shop.example.com"
    assert found == Resolution(name, Outcome.FOUND, at=name, addresses=("10.0.0.10", "2001:db8::10"), ttl=60)


def test_name_with_ipv6_only_is_found(serve):
    found = resolved(serve(zone("shop.example.com 60 AAAA 2001:db8::10")))
    assert (found.outcome, found.addresses) == (Outcome.FOUND, ("2001:db8::10",))


CHAIN = ("shop.example.com 300 CNAME a.example.net.", "a.example.net 200 CNAME b.example.net.")
LINKS = (Link("shop.example.com", "a.example.net", 300), Link("a.example.net", "b.example.net", 200))


def test_chain_is_followed_when_each_step_must_be_asked_for(serve):
    found = resolved(serve(zone(*CHAIN, "b.example.net 100 A 10.0.0.10")))
    assert (found.outcome, found.at, found.addresses, found.ttl) == (
        Outcome.FOUND, "b.example.net", ("10.0.0.10",), 100,
    )  # fmt: skip
    assert found.links == LINKS


def test_chain_that_comes_in_one_answer_is_followed_without_asking(serve):
    responder = serve(lambda query, over_tcp: reply(query, *CHAIN, "b.example.net 100 A 10.0.0.10"))
    assert resolved(responder).links == LINKS
    assert [name for name, kind, _tcp in responder.asked if kind == "A"] == ["shop.example.com"]


def test_chain_into_nowhere_names_where_it_ends(serve):
    found = resolved(serve(zone(*CHAIN)))
    assert (found.outcome, found.at, found.links) == (Outcome.NO_SUCH_NAME, "b.example.net", LINKS)


def test_name_without_address_says_so(serve):
    found = resolved(serve(zone("shop.example.com 300 TXT text")))
    assert (found.outcome, found.at, found.addresses) == (Outcome.NO_ADDRESS, "shop.example.com", ())


CIRCLE = ("shop.example.com 300 CNAME a.example.net.", "a.example.net 300 CNAME shop.example.com.")


def test_circle_of_cnames_ends(serve):
    found = resolved(serve(zone(*CIRCLE)))
    assert (found.outcome, found.at, len(found.links)) == (Outcome.LOOP, "shop.example.com", 2)


def test_circle_in_one_answer_ends(serve):
    assert resolved(serve(lambda query, over_tcp: reply(query, *CIRCLE))).outcome == Outcome.LOOP


def test_name_that_points_at_itself_is_a_circle(serve):
    assert resolved(serve(zone("shop.example.com 1 CNAME shop.example.com."))).outcome == Outcome.LOOP


def test_circle_behind_a_resolver_that_only_fails_is_found(serve):
    steps = zone(*CIRCLE)

    def resolver(query, over_tcp):
        asked_for_cname = query.question[0].rdtype.name == "CNAME"
        return steps(query, over_tcp) if asked_for_cname else reply(query, rcode=Rcode.SERVFAIL)

    assert resolved(serve(resolver)).outcome == Outcome.LOOP


def test_resolver_that_fails_for_everything_is_not_a_circle(serve):
    found = resolved(serve(lambda query, over_tcp: reply(query, rcode=Rcode.SERVFAIL)))
    assert (found.outcome, found.links) == (Outcome.SERVER_FAILS, ())


def test_chain_without_end_is_left(serve):
    links = [f"{number}.example.com 300 CNAME {number + 1}.example.com." for number in range(40)]
    found = resolved(serve(zone(*links)), "0.example.com")
    assert (found.outcome, len(found.links)) == (Outcome.LONG_CHAIN, 9)


@pytest.mark.parametrize("name", ["a..example.com", f"{'a' * 64}.example.com", "\\999.example.com", "ä\udcff.com"])
def test_text_that_is_no_name_is_told(serve, name):
    responder = serve(zone())
    assert resolved(responder, name) == Resolution(name, Outcome.INVALID, at=name)
    assert responder.asked == []


def test_nearest_caa_records_count(serve):
    responder = serve(
        zone(
            "shop.example.com 300 A 10.0.0.10",
            'example.com 300 CAA 0 issue "letsencrypt.org; validationmethods=dns-01"',
            'example.com 300 CAA 0 issuewild "ca.example.net"',
            'com 300 CAA 0 issue "never.example.org"',
        )
    )
    assert issuers(responder) == Issuers("example.com", ("ca.example.net", "letsencrypt.org"))


def test_caa_that_forbids_all_allows_nobody(serve):
    responder = serve(zone('shop.example.com 300 CAA 0 issue ";"'))
    assert issuers(responder) == Issuers("shop.example.com", ())


def test_caa_that_only_reports_restricts_nobody(serve):
    responder = serve(zone('shop.example.com 300 CAA 0 iodef "mailto:a@example.com"'))
    assert issuers(responder) is None


def test_servers_that_fail_for_caa_tell_nothing(serve):
    assert issuers(serve(lambda query, over_tcp: reply(query, rcode=Rcode.SERVFAIL))) is None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 400), st.integers(0, 255)), max_size=6), st.integers(12, 400), st.booleans())
def test_damaged_answer_ends_in_an_outcome(damage, length, keeps_question):
    """Bytes are changed behind the id of a good answer, which is cut somewhere; nothing may come out but an outcome."""
    records = [*CHAIN, "b.example.net 100 A 10.0.0.10", 'example.com 300 CAA 0 issue "ca.example.net"']

    def damaged(query, over_tcp):
        wire = bytearray(reply(query, *records).to_wire())
        first = 12 + len(query.question[0].name.to_wire()) + 4 if keeps_question else 2
        for position, value in damage:
            if first <= position < len(wire):
                wire[position] = value
        return bytes(wire[:length])

    responder = Responder(damaged)
    try:
        with patched_tries(0.02):
            deadline = Deadline(0.2)
            found = resolve("shop.example.com", [responder.server], deadline)
            find_issuers("shop.example.com", [responder.server], deadline)
    finally:
        responder.stop()
    assert isinstance(found.outcome, Outcome)
    assert bool(found.addresses) == (found.outcome == Outcome.FOUND)

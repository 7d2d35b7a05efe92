"""Does a name lead to the entry: the verdict in words and its next step."""

from __future__ import annotations

import time

import pytest
from dns.rcode import Rcode

from apps.common.said import shown, stored
from apps.domains.dns import sentences
from apps.domains.dns.asking import Outcome
from apps.domains.dns.resolving import Issuers, Link
from apps.domains.dns.verdict import check_host, check_wildcard, switched_off
from tests.unit.domains.dns.responder import reply, zone

HOST = "shop.example.com"
ENTRY = ["10.0.0.10", "10.0.0.11"]
BOTH = (f"{HOST} 300 A 10.0.0.10", f"{HOST} 300 A 10.0.0.11")


def judged(responder, host=HOST, entry=ENTRY, seconds=2.0):
    return check_host(host, entry, [responder.server], seconds=seconds)


@pytest.mark.parametrize(
    ("records", "verdict", "message"),
    [
        (BOTH, ("True", "PointsAtEntry"), "shop.example.com resolves to the cluster's entry."),
        (
            BOTH[:1],
            ("True", "PointsAtPartOfEntry"),
            "shop.example.com resolves to the cluster's entry, but not to 10.0.0.11 of it.",
        ),
        (
            [*BOTH, f"{HOST} 300 A 192.0.2.1"],
            ("False", "PartlyElsewhere"),
            "shop.example.com resolves to the cluster's entry and to 192.0.2.1, so some requests go elsewhere.",
        ),
        (
            [f"{HOST} 300 A 192.0.2.1"],
            ("False", "Elsewhere"),
            "shop.example.com resolves to 192.0.2.1, which is not the cluster's entry.",
        ),
        ([], ("False", "NoSuchName"), "shop.example.com does not exist in DNS."),
        (
            [f"{HOST} 300 CNAME gone.example.net."],
            ("False", "NoSuchName"),
            "gone.example.net does not exist in DNS.",
        ),
    ],
)
def test_host_is_compared_with_the_entry(serve, records, verdict, message):
    found = judged(serve(zone(*records)))
    assert ((found.status, found.reason), found.message) == (verdict, message)


def test_entry_given_as_a_name_is_resolved_too(serve):
    entry = ["ingress.example.net"]
    records = ["ingress.example.net 60 A 10.0.0.10", f"{HOST} 300 CNAME ingress.example.net."]
    found = judged(serve(zone(*records)), entry=entry)
    assert (found.status, found.reason, found.expected) == ("True", "PointsAtEntry", ("10.0.0.10",))
    assert found.resolution is not None
    assert found.resolution.links == (Link(HOST, "ingress.example.net", 300),)


def test_entry_that_leads_nowhere_leaves_the_answer_open(serve):
    found = judged(serve(zone(*BOTH)), entry=["10.0.0.10", "ingress.example.net"])
    assert (found.status, found.reason) == ("Unknown", "EntryUnresolved")


def test_ipv6_addresses_are_compared_in_one_spelling(serve):
    found = judged(serve(zone(f"{HOST} 60 AAAA 2001:db8::1")), entry=["2001:0DB8:0::1"])
    assert found.reason == "PointsAtEntry"


def test_caa_records_are_found_with_the_host(serve):
    found = judged(serve(zone(*BOTH, 'example.com 60 CAA 0 issue "ca.example.net"')))
    assert found.issuers == Issuers("example.com", ("ca.example.net",))


def test_without_entry_or_servers_nobody_is_asked(serve):
    responder = serve(zone(*BOTH))
    assert (judged(responder, entry=[]).reason, responder.asked) == ("NoEntry", [])
    assert [check_host(HOST, ENTRY, []).reason, switched_off().reason] == ["NoServers", "Off"]


@pytest.mark.parametrize("suffix", ["apps.example.com"])
def test_wildcard_is_asked_for_by_names_nobody_has_made(serve, suffix):
    def answer(query, over_tcp):
        name = query.question[0].name.to_text(omit_final_dot=True)
        return reply(query, f"{name} 60 A 10.0.0.10", f"{name} 60 A 10.0.0.11")

    responder = serve(answer)
    found = [check_wildcard(suffix, ENTRY, [responder.server], seconds=2) for _ in range(2)]
    assert [each.reason for each in found] == ["PointsAtEntry"] * 2
    assert found[0].message == "*.apps.example.com resolves to the cluster's entry."
    asked = {name for name, kind, _tcp in responder.asked if kind == "A"}
    assert (len(asked), {name.partition(".")[2] for name in asked}) == (2, {suffix})


def test_wildcard_that_leaves_out_an_address_is_not_right(serve):
    def answer(query, over_tcp):
        return reply(query, f"{query.question[0].name.to_text(omit_final_dot=True)} 60 A 10.0.0.10")

    found = check_wildcard("apps.example.com", ENTRY, [serve(answer).server], seconds=2)
    assert (found.status, found.reason) == ("False", "PointsAtPartOfEntry")


def test_wildcard_that_is_missing_is_named_as_a_wildcard(serve):
    found = check_wildcard("apps.example.com", ENTRY, [serve(zone()).server], seconds=2)
    assert found.message == "*.apps.example.com does not exist in DNS."


def test_chain_of_a_wildcard_starts_at_the_wildcard(serve):
    def answer(query, over_tcp):
        name = query.question[0].name.to_text(omit_final_dot=True)
        return reply(query, f"{name} 60 CNAME gone.example.net.", rcode=Rcode.NXDOMAIN)

    found = check_wildcard("apps.example.com", ENTRY, [serve(answer).server], seconds=2)
    assert found.resolution is not None
    assert found.resolution.links == (Link("*.apps.example.com", "gone.example.net", 60),)
    assert found.message == "gone.example.net does not exist in DNS."


def test_check_of_a_host_that_nobody_answers_for_ends_in_time(serve):
    started = time.monotonic()
    found = judged(serve(lambda query, over_tcp: None), seconds=1)
    assert (found.status, found.reason) == ("Unknown", "NoAnswer")
    assert found.message == "No name server answered in time about shop.example.com."
    assert time.monotonic() - started < 1.9


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.FOUND}))
def test_every_outcome_has_a_sentence_and_a_next_step(outcome):
    wording = sentences.FAILURES[outcome]
    assert wording.status in {"False", "Unknown"}
    assert wording.message.endswith(".")
    assert wording.hint.endswith(".")


def test_sentence_can_be_said_again_from_what_is_stored(serve):
    found = judged(serve(zone()))
    entry = stored(found.message)
    assert (entry["message_id"], entry["params"]) == ("%(at)s does not exist in DNS.", {"at": HOST})
    assert shown(entry) == "shop.example.com does not exist in DNS."

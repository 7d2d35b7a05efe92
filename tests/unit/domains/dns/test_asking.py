"""One question, and every way in which servers fail to answer it."""

from __future__ import annotations

import time

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest
from dns.rcode import Rcode

from apps.domains.dns import asking
from apps.domains.dns.asking import Deadline, Outcome, Reply, ask
from tests.unit.domains.dns.responder import reply, zone

NAME = dns.name.from_text("shop.example.com")
SHOP = "shop.example.com 300 A 10.0.0.10"


def put(*responders, seconds=2.0) -> Reply:
    return ask([each.server for each in responders], NAME, dns.rdatatype.A, Deadline(seconds))


def silent(query, over_tcp):
    return None


def failing(query, over_tcp):
    return reply(query, rcode=Rcode.SERVFAIL)


def dead_authority(query, over_tcp):
    answer = reply(query, rcode=Rcode.SERVFAIL)
    answer.use_edns(0, options=[dns.edns.EDEOption(dns.edns.EDECode.NO_REACHABLE_AUTHORITY, "no server reached")])
    return answer


def referring(query, over_tcp):
    return reply(query, "authority:example.com 300 NS ns.elsewhere.example.net.")


def cut(query, over_tcp):
    return reply(query, SHOP) if over_tcp else reply(query, flags=dns.flags.TC)


def cut_for_good(query, over_tcp):
    return None if over_tcp else reply(query, flags=dns.flags.TC)


@pytest.fixture(autouse=True)
def quick_tries(monkeypatch):
    monkeypatch.setattr(asking, "TRY_SECONDS", 0.25)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (zone(SHOP), Outcome.FOUND),
        (zone("other.example.com 300 A 10.0.0.1"), Outcome.NO_SUCH_NAME),
        (failing, Outcome.SERVER_FAILS),
        (lambda query, over_tcp: reply(query, rcode=Rcode.REFUSED), Outcome.REFUSED),
        (lambda query, over_tcp: reply(query, rcode=Rcode.FORMERR), Outcome.SERVER_FAILS),
        (dead_authority, Outcome.LAME),
        (referring, Outcome.LAME),
        (silent, Outcome.SILENT),
        (cut, Outcome.FOUND),
        (cut_for_good, Outcome.CUT),
        (lambda query, over_tcp: b"no DNS at all", Outcome.GARBLED),
        (lambda query, over_tcp: dns.message.make_response(dns.message.make_query("x.y.", "A")), Outcome.GARBLED),
    ],
)
def test_every_answer_has_its_outcome(serve, answer, outcome):
    assert put(serve(answer)).outcome == outcome


def test_cut_answer_is_asked_for_again_over_tcp(serve):
    responder = serve(cut)
    found = put(responder)
    assert [over_tcp for _name, _kind, over_tcp in responder.asked] == [False, True]
    assert found.message is not None
    assert str(found.message.answer[0][0]) == "10.0.0.10"


def test_server_without_tcp_leaves_a_cut_answer(serve):
    assert put(serve(cut, speaks_tcp=False)).outcome == Outcome.CUT


def test_lost_question_is_asked_once_more(serve):
    lost = iter([True])
    responder = serve(lambda query, over_tcp: None if next(lost, False) else reply(query, SHOP))
    assert put(responder).outcome == Outcome.FOUND
    assert len(responder.asked) == 2


def test_next_server_helps_when_the_first_fails(serve):
    broken, good = serve(failing), serve(zone(SHOP))
    assert put(broken, good).outcome == Outcome.FOUND
    assert (len(broken.asked), len(good.asked)) == (1, 1)


def test_failure_says_more_than_silence(serve):
    quiet, broken = serve(silent), serve(failing)
    assert put(quiet, broken, seconds=1).outcome == Outcome.SERVER_FAILS
    assert (len(quiet.asked), len(broken.asked)) == (2, 1)


def test_server_that_kept_silent_is_asked_last_from_then_on(serve):
    quiet, good = serve(silent), serve(zone(SHOP))
    deadline = Deadline(2)
    for _ in range(3):
        assert ask([quiet.server, good.server], NAME, dns.rdatatype.A, deadline).outcome == Outcome.FOUND
    assert (len(quiet.asked), len(good.asked)) == (1, 3)


def test_no_server_is_silence():
    assert put() == Reply(Outcome.SILENT)


def test_silent_servers_cost_no_more_than_the_deadline(serve):
    servers = [serve(silent) for _ in range(4)]
    started = time.monotonic()
    assert put(*servers, seconds=1).outcome == Outcome.SILENT
    assert time.monotonic() - started < 1.9

"""One question to the name servers: UDP first, TCP when the answer was cut, the next server when one does not help.

Every way in which a server can fail has a name (`Outcome`); none of them is an exception here.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype

from apps.domains.dns.servers import Server

TRY_SECONDS = 1.0
ROUNDS = 2
PAYLOAD = 1232  # what passes every usual path without being fragmented
# Extended errors (RFC 8914): "No Reachable Authority" and "Network Error".
AUTHORITY_IS_DEAD = (22, 23)


class Outcome(StrEnum):
    """What came of asking for a name."""

    FOUND = "Found"
    NO_SUCH_NAME = "NoSuchName"
    NO_ADDRESS = "NoAddress"
    SERVER_FAILS = "ServerFails"
    REFUSED = "Refused"
    LAME = "LameDelegation"
    SILENT = "NoAnswer"
    CUT = "Truncated"
    GARBLED = "Garbled"
    LOOP = "CnameLoop"
    LONG_CHAIN = "ChainTooLong"
    INVALID = "InvalidName"


class Deadline:
    """The moment at which all questions of one check end. `silent` are the servers that already cost it time."""

    def __init__(self, seconds: float, silent: set[Server] | None = None) -> None:
        self._end = time.monotonic() + seconds
        self.silent: set[Server] = set() if silent is None else silent

    @property
    def left(self) -> float:
        return max(self._end - time.monotonic(), 0.0)

    def part(self, share: float) -> Deadline:
        """An earlier end for what matters less."""
        return Deadline(self.left * share, self.silent)


@dataclass(frozen=True, slots=True)
class Reply:
    """FOUND means that the server has the name, with or without records of the type."""

    outcome: Outcome
    message: dns.message.Message | None = None


HELPFUL = frozenset({Outcome.FOUND, Outcome.NO_SUCH_NAME})


def ask(servers: Sequence[Server], name: dns.name.Name, kind: dns.rdatatype.RdataType, deadline: Deadline) -> Reply:
    """The first helpful reply; without one the first failure that says something, else SILENT.

    A server that kept silent before is asked last, or it would cost every question of the check its time.
    """
    query = dns.message.make_query(name, kind, use_edns=0, payload=PAYLOAD)
    failure, waiting = Reply(Outcome.SILENT), sorted(servers, key=lambda server: server in deadline.silent)
    for server in waiting * ROUNDS:
        if server not in waiting:
            continue
        reply = _ask_one(server, query, deadline)
        if reply.outcome in HELPFUL:
            return reply
        if reply.outcome == Outcome.SILENT:
            deadline.silent.add(server)
            continue
        waiting.remove(server)
        failure = reply if failure.outcome == Outcome.SILENT else failure
    return failure


def _ask_one(server: Server, query: dns.message.Message, deadline: Deadline) -> Reply:
    seconds = min(deadline.left, TRY_SECONDS)
    if not seconds:
        return Reply(Outcome.SILENT)
    try:
        answer = dns.query.udp(query, server.address, port=server.port, timeout=seconds, ignore_unexpected=True)
    except (dns.exception.Timeout, OSError):
        return Reply(Outcome.SILENT)
    except (dns.exception.DNSException, ValueError):
        return Reply(Outcome.GARBLED)
    return _ask_for_all(server, query, deadline) if answer.flags & dns.flags.TC else _judge(answer)


def _ask_for_all(server: Server, query: dns.message.Message, deadline: Deadline) -> Reply:
    """TCP carries what did not fit; a server that does not speak it leaves us with a part."""
    seconds = min(deadline.left, TRY_SECONDS)
    if not seconds:
        return Reply(Outcome.CUT)
    try:
        answer = dns.query.tcp(query, server.address, port=server.port, timeout=seconds)
    except (dns.exception.Timeout, OSError, EOFError):
        return Reply(Outcome.CUT)
    except (dns.exception.DNSException, ValueError):
        return Reply(Outcome.GARBLED)
    return _judge(answer)


def _judge(answer: dns.message.Message) -> Reply:
    rcode = answer.rcode()
    if rcode == dns.rcode.NXDOMAIN:
        return Reply(Outcome.NO_SUCH_NAME, answer)
    if rcode in (dns.rcode.REFUSED, dns.rcode.NOTAUTH):
        return Reply(Outcome.REFUSED)
    if rcode != dns.rcode.NOERROR:
        return Reply(Outcome.LAME if _authority_is_dead(answer) else Outcome.SERVER_FAILS)
    return Reply(Outcome.LAME) if _is_referral(answer) else Reply(Outcome.FOUND, answer)


def _authority_is_dead(answer: dns.message.Message) -> bool:
    errors = [option for option in answer.options if isinstance(option, dns.edns.EDEOption)]
    return any(error.code in AUTHORITY_IS_DEAD for error in errors)


def _is_referral(answer: dns.message.Message) -> bool:
    """The server only names others that should know, and has not asked them."""
    kinds = {rrset.rdtype for rrset in answer.authority}
    is_final = bool(answer.answer) or bool(answer.flags & dns.flags.AA) or dns.rdatatype.SOA in kinds
    return not is_final and dns.rdatatype.NS in kinds

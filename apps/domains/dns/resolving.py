"""From a name to its addresses, along its chain of CNAMEs; and which certificate authorities DNS allows for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import dns.exception
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdatatype import RdataType

from apps.domains.dns.asking import Deadline, Outcome, ask
from apps.domains.dns.servers import Server

MAX_LINKS = 8
ISSUE_TAGS = (b"issue", b"issuewild")


@dataclass(frozen=True, slots=True)
class Link:
    """One CNAME on the way."""

    name: str
    target: str
    ttl: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a name leads. `at` is the name at which the way ended, `ttl` how long the addresses may be kept."""

    name: str
    outcome: Outcome
    at: str
    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuers:
    """The CAA records that count for a name: the nearest ones above it. `allowed` is empty when nobody may issue."""

    at: str
    allowed: tuple[str, ...]


@dataclass(slots=True)
class _Way:
    """The chain as far as it is known."""

    at: dns.name.Name
    links: list[Link] = field(default_factory=list)
    seen: set[dns.name.Name] = field(default_factory=set)

    def follow(self, message: dns.message.Message) -> Outcome | None:
        """Walk the CNAMEs of the answer; an outcome when the chain cannot end well."""
        self.seen.add(self.at)
        for target, ttl in _targets(message, self.at):
            self.links.append(Link(_text(self.at), _text(target), ttl))
            self.at = target
            if target in self.seen:
                return Outcome.LOOP
            if len(self.links) > MAX_LINKS:
                return Outcome.LONG_CHAIN
            self.seen.add(target)
        return None


def resolve(name: str, servers: Sequence[Server], deadline: Deadline) -> Resolution:
    """All addresses of the name, of both families."""
    try:
        start = dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return Resolution(name, Outcome.INVALID, at=name)
    four = _resolve(start, dns.rdatatype.A, servers, deadline)
    if four.outcome == Outcome.SERVER_FAILS:
        return _loop(start, servers, deadline) or four
    if four.outcome not in (Outcome.FOUND, Outcome.NO_ADDRESS):
        return four
    return _merged(four, _resolve(start, dns.rdatatype.AAAA, servers, deadline))


def find_issuers(name: str, servers: Sequence[Server], deadline: Deadline) -> Issuers | None:
    """The CAA records that count (RFC 8659: the name's own, else its parents'); None where there are none, or nobody
    says so."""
    labels = name.split(".")
    for start in range(len(labels) - 1):
        at = ".".join(labels[start:])
        reply = ask(servers, dns.name.from_text(at), dns.rdatatype.CAA, deadline)
        if reply.outcome not in (Outcome.FOUND, Outcome.NO_SUCH_NAME):
            return None
        allowed = _issuers(reply.message)
        if allowed is not None:
            return Issuers(at, allowed)
    return None


def _resolve(start: dns.name.Name, kind: RdataType, servers: Sequence[Server], deadline: Deadline) -> Resolution:
    """A server that knows only the first part of a chain is asked again for the rest."""
    way = _Way(start)
    while True:
        asked = way.at
        reply = ask(servers, asked, kind, deadline)
        if reply.message is None:
            return _ended(start, way, reply.outcome)
        problem = way.follow(reply.message)
        if problem is not None:
            return _ended(start, way, problem)
        found = _records(reply.message, way.at, kind)
        if found is not None:
            addresses = tuple(sorted(str(record) for record in found))
            return replace(_ended(start, way, Outcome.FOUND), addresses=addresses, ttl=found.ttl)
        if reply.outcome != Outcome.FOUND:
            return _ended(start, way, reply.outcome)
        if way.at == asked:
            return _ended(start, way, Outcome.NO_ADDRESS)


def _loop(start: dns.name.Name, servers: Sequence[Server], deadline: Deadline) -> Resolution | None:
    """Many resolvers only say that they failed when CNAMEs run in a circle; one step at a time shows it."""
    way = _Way(start)
    for _step in range(MAX_LINKS + 1):
        asked = way.at
        reply = ask(servers, asked, dns.rdatatype.CNAME, deadline)
        problem = way.follow(reply.message) if reply.message else None
        if problem is not None:
            return _ended(start, way, problem)
        if way.at == asked:
            return None
    return None


def _merged(four: Resolution, six: Resolution) -> Resolution:
    """The addresses of both families; IPv4 says why there is none."""
    if six.outcome != Outcome.FOUND:
        return four
    if four.outcome != Outcome.FOUND:
        return six
    ttl = min(four.ttl or 0, six.ttl or 0)
    return replace(four, addresses=four.addresses + six.addresses, ttl=ttl)


def _ended(start: dns.name.Name, way: _Way, outcome: Outcome) -> Resolution:
    return Resolution(_text(start), outcome, at=_text(way.at), links=tuple(way.links))


def _targets(message: dns.message.Message, name: dns.name.Name) -> Iterator[tuple[dns.name.Name, int]]:
    """The CNAMEs of one answer from the name on; the caller stops where they run in a circle."""
    while (found := _records(message, name, dns.rdatatype.CNAME)) is not None:
        name = found[0].target
        yield name, found.ttl


def _records(message: dns.message.Message, name: dns.name.Name, kind: RdataType) -> dns.rrset.RRset | None:
    return message.get_rrset(message.answer, name, dns.rdataclass.IN, kind)


def _issuers(message: dns.message.Message | None) -> tuple[str, ...] | None:
    """Who may issue, over all CAA records of the answer; None when none of them speaks of that."""
    records = [
        record
        for rrset in (message.answer if message else [])
        if rrset.rdtype == dns.rdatatype.CAA
        for record in rrset
        if record.tag.lower() in ISSUE_TAGS
    ]
    if not records:
        return None
    named = {record.value.decode("ascii", "replace").partition(";")[0].strip() for record in records}
    return tuple(sorted(named - {""}))


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()

"""Does a name lead to a cluster's entry? The verdict of one check, complete within its deadline."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.common.sentences import say
from apps.domains.dns import sentences
from apps.domains.dns.asking import Deadline, Outcome
from apps.domains.dns.resolving import Issuers, Resolution, find_issuers, resolve
from apps.domains.dns.sentences import Status, Wording
from apps.domains.dns.servers import Server

LIFETIME = 3.0
CERTIFICATES_SHARE = 0.5  # who may issue is a mere information: it gets no more than this of the time


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `message` can be said in any language, `hint` is a constant text."""

    status: Status
    reason: str
    message: str
    hint: str
    resolution: Resolution | None = None
    expected: tuple[str, ...] = ()
    issuers: Issuers | None = None


def check_host(host: str, entry: Sequence[str], servers: Sequence[Server], *, seconds: float = LIFETIME) -> Finding:
    """Whether a host leads to the entry: a part of its addresses is enough, another address is too much."""
    return _check(host, host, entry, servers, Deadline(seconds), partly=sentences.AT_PART)


def check_wildcard(
    domain: str, entry: Sequence[str], servers: Sequence[Server], *, seconds: float = LIFETIME
) -> Finding:
    """Whether any name under the domain leads to the whole entry: asked for one that nobody can have made."""
    label = f"portico-{secrets.token_hex(8)}"
    shown = f"*.{domain}"
    return _check(f"{label}.{domain}", shown, entry, servers, Deadline(seconds), partly=sentences.WILDCARD_AT_PART)


def switched_off() -> Finding:
    return _finding("Off", sentences.IS_OFF)


def _check(
    name: str, shown: str, entry: Sequence[str], servers: Sequence[Server], deadline: Deadline, *, partly: Wording
) -> Finding:
    if not entry:
        return _finding("NoEntry", sentences.NO_ENTRY)
    if not servers:
        return _finding("NoServers", sentences.NO_SERVERS)
    resolution = _shown_as(shown, resolve(name, servers, deadline))
    if resolution.outcome != Outcome.FOUND:
        wording = sentences.FAILURES[resolution.outcome]
        return _finding(resolution.outcome.value, wording, resolution, name=shown, at=resolution.at)
    expected = _expected(entry, servers, deadline)
    if not expected:
        return _finding("EntryUnresolved", sentences.ENTRY_UNRESOLVED, resolution, entry=", ".join(entry))
    return _compared(shown, resolution, expected, partly, _issuers(name, servers, deadline))


def _shown_as(shown: str, resolution: Resolution) -> Resolution:
    """The wildcard in place of the name that stood for it."""
    links = tuple(replace(link, name=shown) if link.name == resolution.name else link for link in resolution.links)
    return replace(resolution, name=shown, at=shown if resolution.at == resolution.name else resolution.at, links=links)


def _compared(
    shown: str, resolution: Resolution, expected: tuple[str, ...], partly: Wording, issuers: Issuers | None
) -> Finding:
    found, wanted = set(resolution.addresses), set(expected)
    facts = {"name": shown, "found": _listed(found)}
    if found == wanted:
        reason, wording = "PointsAtEntry", sentences.AT_ENTRY
    elif not found & wanted:
        reason, wording = "Elsewhere", sentences.ELSEWHERE
    elif found - wanted:
        reason, wording = "PartlyElsewhere", sentences.PARTLY_ELSEWHERE
    else:
        reason, wording = "PointsAtPartOfEntry", partly
    facts |= {"missing": _listed(wanted - found), "strange": _listed(found - wanted)}
    message = say(wording.message, **{name: value for name, value in facts.items() if f"%({name})s" in wording.message})
    return Finding(wording.status, reason, message, wording.hint, resolution, expected, issuers)


def _expected(entry: Sequence[str], servers: Sequence[Server], deadline: Deadline) -> tuple[str, ...]:
    """The entry's addresses; empty when one of its names leads nowhere, because then nothing can be compared."""
    addresses: set[str] = set()
    for each in entry:
        found = (str(ipaddress.ip_address(each)),) if is_address(each) else resolve(each, servers, deadline).addresses
        if not found:
            return ()
        addresses.update(found)
    return tuple(sorted(addresses))


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _issuers(name: str, servers: Sequence[Server], deadline: Deadline) -> Issuers | None:
    return find_issuers(name, servers, deadline.part(CERTIFICATES_SHARE))


def _finding(reason: str, wording: Wording, resolution: Resolution | None = None, **facts: str) -> Finding:
    used = {name: value for name, value in facts.items() if f"%({name})s" in wording.message}
    return Finding(wording.status, reason, say(wording.message, **used), wording.hint, resolution)


def _listed(addresses: set[str]) -> str:
    return ", ".join(sorted(addresses))

"""Finds the pair of certificate and key in a Secret that was not made for one, whatever its entries are called."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import product
from typing import Any, NamedTuple

from apps.kube.certificates.facts import CertificateFacts
from apps.kube.certificates.judge import judge_pair
from apps.kube.certificates.pem import CERTIFICATE, Block, DamagedPem, read_blocks

# Where a pair belongs; looked at first, so that what somebody meant goes before what could be guessed.
USUAL = ("tls.crt", "tls.key")
# A Secret may have any number of entries; one that was made for a server has few.
MOST = 8


class Pair(NamedTuple):
    """The two halves as they go into a TLS Secret, and what is said of them."""

    certificate: bytes
    private_key: bytes
    facts: CertificateFacts


def find_pair(content: Mapping[str, Any] | None, *, now: datetime) -> Pair:
    """The best pair of the entries (base64, as the API gives them); its facts have reasons if none is good."""
    entries = {name: text for name, text in _decoded(content or {}) if text.strip()}
    if set(USUAL) <= entries.keys():
        return _judged(entries[USUAL[0]], entries[USUAL[1]], now)
    found = (_judged(chain, key, now) for chain, key in product(_chains(entries), _keys(entries)))
    judged = sorted(found, key=lambda pair: len(pair.facts.reasons))
    return judged[0] if judged else _judged(b"".join(_chains(entries)[:1]), b"".join(_keys(entries)[:1]), now)


def _judged(certificate: bytes, key: bytes, now: datetime) -> Pair:
    return Pair(certificate, key, judge_pair(certificate, key, now=now))


def _decoded(content: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for name, value in content.items():
        try:
            yield name, base64.b64decode(value or "", validate=True)
        except (binascii.Error, ValueError, TypeError):
            continue


def _chains(entries: Mapping[str, bytes]) -> list[bytes]:
    """The certificates of each entry that has some, in their order."""
    chains = [[block for block in _blocks(text) if block.label == CERTIFICATE] for text in entries.values()]
    return [b"".join(block.pem for block in chain) for chain in chains if chain][:MOST]


def _keys(entries: Mapping[str, bytes]) -> list[bytes]:
    return [block.pem for text in entries.values() for block in _blocks(text) if block.is_key][:MOST]


def _blocks(text: bytes) -> list[Block]:
    try:
        return read_blocks(text)
    except DamagedPem:
        return []

"""Which authorities are known here: those of the system and the registered private ones.

The set has a digest; a stored certificate whose digest differs was judged against another set and is judged anew from
its stored chain, without reading any Secret again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from apps.inventory.models import PrivateRoot, Secret
from apps.kube.certificates import (
    TRUST_CODES,
    Roots,
    UnreadableCertificate,
    load_roots,
    read_system_roots,
    trust_warnings,
)


@dataclass(frozen=True, slots=True)
class KnownRoots:
    """The authorities, and what tells this set from another."""

    roots: Roots
    digest: str


def known_roots() -> KnownRoots:
    """One query; the certificates are parsed once per process and set."""
    rows = PrivateRoot.objects.order_by("fingerprint_sha256").values_list("certificate", flat=True)
    return _known(tuple(rows))


def judge_trust(secret: Secret, known: KnownRoots, now: datetime) -> None:
    """Bring the row's warnings in line with the authorities that are known now; the row is not saved."""
    if secret.trust_digest == known.digest or not secret.chain_pem:
        return
    try:
        found = trust_warnings(secret.chain_pem, now=now, roots=known.roots)
    except UnreadableCertificate:
        return
    secret.warnings = found + [code for code in secret.warnings if code not in TRUST_CODES]
    secret.trust_digest = known.digest


@lru_cache(maxsize=2)
def _known(private: tuple[str, ...]) -> KnownRoots:
    system = read_system_roots()
    digest = hashlib.sha256("\n".join([str(len(system)), *private]).encode()).hexdigest()
    return KnownRoots(Roots.union(system, *map(load_roots, private)), digest)

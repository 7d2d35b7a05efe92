"""What can be said of a stored chain, the public part of a secret, long after the secret itself was read.

Which authorities are known changes on another day than the secrets do; reading every key again for that would be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from apps.kube.certificates.chain import chain_warnings, find_chain
from apps.kube.certificates.facts import CertificateFacts, ChainLink, facts_of, link_of
from apps.kube.certificates.parsing import PARSE_ERRORS, load_certificate
from apps.kube.certificates.pem import CERTIFICATE, read_blocks
from apps.kube.certificates.roots import Roots, is_self_signed

# The warnings that depend on which authorities are known.
TRUST_CODES = ("missing_intermediate", "untrusted")


class UnreadableCertificate(ValueError):
    """The text holds no certificate that can be read."""


@dataclass(frozen=True, slots=True)
class StoredChain:
    """`anchor` is the known authority at which the links end; None when no known one stands behind them."""

    links: tuple[ChainLink, ...]
    anchor: ChainLink | None
    ends_in_itself: bool


def read_chain(pem: str, roots: Roots) -> StoredChain:
    """The chain as a page shows it. Raises UnreadableCertificate."""
    path = _load(pem)
    anchor = roots.anchor_of(path)
    return StoredChain(
        links=tuple(map(link_of, path)),
        anchor=link_of(anchor) if anchor is not None else None,
        ends_in_itself=is_self_signed(path[-1]),
    )


def trust_warnings(pem: str, *, now: datetime, roots: Roots) -> list[str]:
    """Those of TRUST_CODES that hold for a stored chain."""
    path = _load(pem)
    found = chain_warnings(find_chain(path, path[0]), now=now, roots=roots)
    return [code for code in found if code in TRUST_CODES]


def read_public(pem: str) -> CertificateFacts:
    """The facts of the first certificate of a text, without any judgement. Raises UnreadableCertificate."""
    path = _load(pem)
    try:
        return facts_of(path[0], path)
    except PARSE_ERRORS as error:
        raise UnreadableCertificate("unreadable") from error


def read_authority(pem: str) -> CertificateFacts:
    """The facts of the one certificate in `pem`. Raises UnreadableCertificate, also where there are several."""
    if len(_load(pem)) > 1:
        raise UnreadableCertificate("several certificates")
    return read_public(pem)


def is_authority(pem: str) -> bool:
    """Whether the first certificate of the text may issue others."""
    try:
        constraints = _load(pem)[0].extensions.get_extension_for_class(x509.BasicConstraints)
    except (*PARSE_ERRORS, x509.ExtensionNotFound):
        return False
    return constraints.value.ca


def _load(pem: str) -> Sequence[x509.Certificate]:
    try:
        found = [load_certificate(block.der) for block in read_blocks(pem.encode()) if block.label == CERTIFICATE]
    except PARSE_ERRORS as error:
        raise UnreadableCertificate("unreadable") from error
    if not found:
        raise UnreadableCertificate("no certificate")
    return found

"""What is known of a TLS secret without its key: values that may be stored, shown and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from apps.kube.certificates.names import common_name, other_names, subject_names
from apps.kube.certificates.parsing import PARSE_ERRORS
from apps.kube.certificates.reasons import Reason
from apps.kube.certificates.strength import key_type


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One certificate of the chain, as a page shows it."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    fingerprint_sha256: str
    key_type: str = ""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The public part of a TLS secret, every reason against it, and what else should be said.

    `subject_names` are the DNS names, the only ones that decide; `other_names` are addresses and the like.
    `chain` is the server's certificate and its issuers as far as they are in the secret; `chain_pem` the same as text,
    from which trust can be judged anew without reading the secret again.
    """

    subject_names: tuple[str, ...] = ()
    issuer: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    fingerprint_sha256: str = ""
    key_type: str = ""
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    common_name: str = ""
    other_names: tuple[str, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    chain_pem: str = ""

    @property
    def usable(self) -> bool:
        return not self.reasons


def facts_of(leaf: x509.Certificate, path: Sequence[x509.Certificate]) -> CertificateFacts:
    """The facts of a readable certificate, without any judgement."""
    return CertificateFacts(
        subject_names=subject_names(leaf),
        issuer=_short(leaf.issuer),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        fingerprint_sha256=_fingerprint(leaf),
        key_type=key_type(leaf.public_key()),
        common_name=common_name(leaf.subject),
        other_names=other_names(leaf),
        chain=tuple(map(link_of, path)),
        chain_pem="".join(one.public_bytes(Encoding.PEM).decode() for one in path),
    )


def link_of(certificate: x509.Certificate) -> ChainLink:
    return ChainLink(
        subject=_short(certificate.subject),
        issuer=_short(certificate.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint_sha256=_fingerprint(certificate),
        key_type=_key_type(certificate),
    )


def _key_type(certificate: x509.Certificate) -> str:
    """Empty for an issuer whose key cannot be read: only the server's own has to be."""
    try:
        return key_type(certificate.public_key())
    except PARSE_ERRORS:
        return ""


def _short(name: x509.Name) -> str:
    return common_name(name) or name.rfc4514_string()


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()

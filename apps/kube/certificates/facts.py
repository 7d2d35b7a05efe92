"""What is known of a TLS secret without its key: values that may be stored, shown and compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from apps.kube.certificates.names import common_name, other_names, subject_names
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


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The public part of a TLS secret, every reason against it, and what else should be said.

    `subject_names` are the DNS names, the only ones that decide; `other_names` are addresses and the like.
    `chain` is the server's certificate and its issuers as far as they are in the secret.
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

    @property
    def usable(self) -> bool:
        return not self.reasons


def facts_of(leaf: x509.Certificate, path: Iterable[x509.Certificate]) -> CertificateFacts:
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
        chain=tuple(map(_link, path)),
    )


def _link(certificate: x509.Certificate) -> ChainLink:
    return ChainLink(
        subject=_short(certificate.subject),
        issuer=_short(certificate.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint_sha256=_fingerprint(certificate),
    )


def _short(name: x509.Name) -> str:
    return common_name(name) or name.rfc4514_string()


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()

"""The authorities that clients are known to trust: those of the system and of the platform. Read offline."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from apps.kube.certificates.parsing import PARSE_ERRORS, load_certificate
from apps.kube.certificates.pem import CERTIFICATE, read_blocks


class Roots:
    """A set of authorities, found by their name."""

    def __init__(self, certificates: Iterable[x509.Certificate] = ()) -> None:
        self._by_subject: dict[x509.Name, list[x509.Certificate]] = {}
        for certificate in certificates:
            namesakes = self._by_subject.setdefault(certificate.subject, [])
            if certificate not in namesakes:
                namesakes.append(certificate)

    def __len__(self) -> int:
        return sum(map(len, self._by_subject.values()))

    def __or__(self, other: Roots) -> Roots:
        return Roots.union(self, other)

    @classmethod
    def union(cls, *sets: Roots) -> Roots:
        return cls(certificate for one in sets for certificate in one._certificates())

    def vouch_for(self, path: Sequence[x509.Certificate]) -> bool:
        """Whether one of the path is an authority of this set, or was issued by one."""
        return self.anchor_of(path) is not None

    def anchor_of(self, path: Sequence[x509.Certificate]) -> x509.Certificate | None:
        """The authority of this set at which the path ends, if it does."""
        return next(filter(None, map(self._authority_behind, path)), None)

    def _authority_behind(self, certificate: x509.Certificate) -> x509.Certificate | None:
        if certificate in self._by_subject.get(certificate.subject, ()):
            return certificate
        namesakes = self._by_subject.get(certificate.issuer, ())
        return next((root for root in namesakes if is_issued_by(certificate, root)), None)

    def _certificates(self) -> list[x509.Certificate]:
        return [certificate for namesakes in self._by_subject.values() for certificate in namesakes]


def load_roots(pem: str | bytes) -> Roots:
    """The authorities of a PEM bundle. Raises ValueError if it holds none or one that cannot be read."""
    text = pem.encode() if isinstance(pem, str) else pem
    try:
        certificates = [load_certificate(block.der) for block in read_blocks(text) if block.label == CERTIFICATE]
    except PARSE_ERRORS as error:
        raise ValueError("the bundle cannot be read") from error
    if not certificates:
        raise ValueError("the bundle holds no certificate")
    return Roots(certificates)


@cache
def read_system_roots() -> Roots:
    """Those that this machine trusts, read once per process; none if it has no such list."""
    return Roots(_readable(ssl.create_default_context().get_ca_certs(binary_form=True)))


def is_self_signed(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer and is_issued_by(certificate, certificate)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the names fit and the signature does not prove the contrary; it may be of a kind unknown here."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except PARSE_ERRORS:
        return True
    return True


def _readable(ders: Iterable[bytes]) -> Iterable[x509.Certificate]:
    for der in ders:
        try:
            yield load_certificate(der)
        except PARSE_ERRORS:
            continue

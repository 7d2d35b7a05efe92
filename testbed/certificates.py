"""Certificate authorities and certificates for the parts and for tests.

Keys are ECDSA P-256 because they take microseconds; `rsa_bits` asks for RSA where a test needs it. Validity and names
are free, so that a test can issue what must be refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

LIFETIME = timedelta(days=90)
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate with its key and issuer, each as PEM, as a `kubernetes.io/tls` Secret holds them."""

    certificate: x509.Certificate
    certificate_pem: str
    private_key_pem: str
    issuer_pem: str

    @property
    def serial_number(self) -> int:
        return self.certificate.serial_number


class CertificateAuthority:
    """A root that signs servers' certificates."""

    def __init__(self, common_name: str = "Portico test authority") -> None:
        self._key = new_private_key()
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        now = datetime.now(UTC)
        builder = _builder(self._name, self._name, self._key, now - CLOCK_SKEW, now + 10 * LIFETIME)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.sign(self._key, hashes.SHA256())
        self.certificate_pem = _certificate_pem(self.certificate)

    def issue(
        self,
        names: Sequence[str],
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        rsa_bits: int | None = None,
    ) -> Leaf:
        """A server's certificate for DNS names, wildcards and IP addresses; the first is its common name."""
        key = new_private_key(rsa_bits)
        start = not_before or datetime.now(UTC) - CLOCK_SKEW
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        builder = _builder(subject, self._name, key, start, not_after or start + LIFETIME)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Leaf(certificate, _certificate_pem(certificate), private_key_pem(key), self.certificate_pem)


def new_private_key(rsa_bits: int | None = None) -> PrivateKey:
    if rsa_bits is None:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)


def private_key_pem(key: PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_key_pem(key: PrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()

"""Judges whether a TLS secret can serve a host. Whatever the secret holds, the answer is a verdict, never an exception.

The private key is looked at in memory only to see that it belongs to the certificate; nothing of it is kept or
returned. The leaf is the first certificate of `tls.crt`, because that is the one controllers serve. Nothing is fetched
from addresses that a certificate names.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

TLS_SECRET_TYPE = "kubernetes.io/tls"  # noqa: S105  # a type's name
RSA_MINIMUM_BITS = 2048

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_WEAK_HASHES = (hashes.MD5, hashes.SHA1)
# Everything that `cryptography` raises on content that is not what it says it is.
_PARSE_ERRORS = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a secret cannot be used; `code` is one of those listed in the API's inventory."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The public part of a TLS secret, and every reason against it."""

    subject_names: tuple[str, ...] = ()
    issuer: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    fingerprint_sha256: str = ""
    key_type: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def usable(self) -> bool:
        return not self.reasons


_RENEW = "Ask whoever issued it for a new one and replace the secret's content."
REASONS = {
    reason.code: reason
    for reason in (
        Reason(
            "not_tls_type",
            "The secret is not of type kubernetes.io/tls.",
            "Create it with `kubectl create secret tls`.",
        ),
        Reason(
            "no_certificate", "The secret has no certificate in `tls.crt`.", "Put the certificate chain into `tls.crt`."
        ),
        Reason("no_private_key", "The secret has no private key in `tls.key`.", "Put the private key into `tls.key`."),
        Reason(
            "unparsable",
            "The certificate or the key cannot be read.",
            "Both must be PEM; the key without a passphrase, and not in the place of the certificate.",
        ),
        Reason(
            "key_mismatch", "The private key belongs to another certificate.", "Store the pair that was made together."
        ),
        Reason(
            "chain_order",
            "The server's own certificate is not the first in `tls.crt`.",
            "Put it first and the intermediate certificates after it.",
        ),
        Reason("expired", "The certificate has expired.", _RENEW),
        Reason("not_yet_valid", "The certificate is not valid yet.", "Wait for its first day or use another one."),
        Reason(
            "host_not_covered", "The certificate does not cover the host.", "Choose one whose names include the host."
        ),
        Reason(
            "weak_key", "The key or the signature is too weak for browsers.", "Use RSA of 2048 bits or more, or P-256."
        ),
        Reason(
            "ca_certificate",
            "The certificate is that of an authority, not of a server.",
            "Use one issued for the host.",
        ),
    )
}


def judge_secret(
    secret_type: str, content: Mapping[str, Any] | None, *, now: datetime, host: str | None = None
) -> CertificateFacts:
    """Facts and reasons of a secret as the API gives it (`content` is its base64-encoded `data`).

    A secret of another type is not opened at all.
    """
    if secret_type != TLS_SECRET_TYPE:
        return CertificateFacts(reasons=(REASONS["not_tls_type"],))
    certificate, key = _decoded(content, "tls.crt"), _decoded(content, "tls.key")
    absent = [code for code, part in (("no_certificate", certificate), ("no_private_key", key)) if part == b""]
    facts, codes = _judge_certificate(certificate, key)
    found = list(dict.fromkeys([*absent, *codes]))
    if facts.fingerprint_sha256:
        found += passing_reasons(facts, now=now, host=host)
    return replace(facts, reasons=tuple(REASONS[code] for code in found))


def passing_reasons(facts: CertificateFacts, *, now: datetime, host: str | None) -> list[str]:
    """The codes that depend on the day and the host, for facts that were stored earlier."""
    codes = []
    if facts.not_after is not None and now > facts.not_after:
        codes.append("expired")
    if facts.not_before is not None and now < facts.not_before:
        codes.append("not_yet_valid")
    if not facts.subject_names or (host is not None and not covers(host, facts.subject_names)):
        codes.append("host_not_covered")
    return codes


def covers(host: str, names: Iterable[str]) -> bool:
    """Whether one of `names` stands for `host`: equal, or `*.` and exactly one label; never over a single label."""
    wanted = host.lower().removesuffix(".")
    first, _, parent = wanted.partition(".")
    accepted = {wanted} if wanted else set()
    if first not in {"", "*"} and "." in parent:
        accepted.add(f"*.{parent}")
    return any(name.lower().removesuffix(".") in accepted for name in names)


def _decoded(content: Mapping[str, Any] | None, name: str) -> bytes | None:
    """The bytes of one entry, empty if it is absent or blank, None if it is not base64."""
    value = (content or {}).get(name) or ""
    try:
        return base64.b64decode(value, validate=True).strip()
    except (binascii.Error, ValueError, TypeError):
        return None


def _judge_certificate(certificate: bytes | None, key: bytes | None) -> tuple[CertificateFacts, list[str]]:
    if not certificate:
        return CertificateFacts(), ["unparsable"] if certificate is None else []
    try:
        chain = x509.load_pem_x509_certificates(certificate)
        facts, codes = _facts(chain[0]), _lasting_codes(chain[0])
        keys = [_spki(one.public_key()) for one in chain]
    except _PARSE_ERRORS:
        return CertificateFacts(), ["unparsable"]
    return facts, [*_key_codes(key, keys), *codes]


def _key_codes(key: bytes | None, certificate_keys: list[bytes]) -> list[str]:
    if key == b"":
        return []
    try:
        private = serialization.load_pem_private_key(key or b"", password=None)
        spki = _spki(private.public_key())
    except _PARSE_ERRORS:
        return ["unparsable"]
    if spki == certificate_keys[0]:
        return []
    return ["chain_order" if spki in certificate_keys else "key_mismatch"]


def _facts(leaf: x509.Certificate) -> CertificateFacts:
    return CertificateFacts(
        subject_names=_subject_names(leaf),
        issuer=_issuer(leaf),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        fingerprint_sha256=leaf.fingerprint(hashes.SHA256()).hex(),
        key_type=_key_type(leaf.public_key()),
    )


def _subject_names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.lower() for name in extension.value.get_values_for_type(x509.DNSName))


def _issuer(leaf: x509.Certificate) -> str:
    names = leaf.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else leaf.issuer.rfc4514_string()


def _key_type(key: Any) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(key.curve.name, key.curve.name)}"
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey")


def _lasting_codes(leaf: x509.Certificate) -> list[str]:
    codes = ["weak_key"] if _is_weak(leaf) else []
    try:
        constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return codes
    return [*codes, "ca_certificate"] if constraints.value.ca else codes


def _is_weak(leaf: x509.Certificate) -> bool:
    if isinstance(leaf.signature_hash_algorithm, _WEAK_HASHES):
        return True
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < RSA_MINIMUM_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name not in _CURVES
    return not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def _spki(key: Any) -> bytes:
    spki: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return spki

"""Which keys and signatures today's clients accept."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

RSA_MINIMUM_BITS = 2048
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_EDWARDS = (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)
_WEAK_HASHES = (hashes.MD5, hashes.SHA1)


def key_type(key: CertificatePublicKeyTypes) -> str:
    """The key's type and size as people name it."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(key.curve.name, key.curve.name)}"
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey")


def is_weak(certificate: x509.Certificate) -> bool:
    return has_weak_signature(certificate) or has_weak_key(certificate)


def has_weak_signature(certificate: x509.Certificate) -> bool:
    """Whether it is signed with what can be forged, or with what is unknown and so no client's either."""
    try:
        return isinstance(certificate.signature_hash_algorithm, _WEAK_HASHES)
    except UnsupportedAlgorithm:
        return True


def has_weak_key(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < RSA_MINIMUM_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name not in _CURVES
    # Ed448 is strong, but Go cannot load it, and most controllers are written in Go.
    return not isinstance(key, ed25519.Ed25519PublicKey)


def is_rare(certificate: x509.Certificate) -> bool:
    """Whether the key is of a type that browsers do not support, however strong it is."""
    return isinstance(certificate.public_key(), _EDWARDS)

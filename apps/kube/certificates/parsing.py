"""Makes certificates and public keys of PEM blocks. What cannot be read raises one of PARSE_ERRORS and nothing else."""

from __future__ import annotations

import ssl
import threading
import warnings
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.utils import CryptographyDeprecationWarning

from apps.kube.certificates.pem import CERTIFICATE, Block

# Everything that `cryptography` raises on content that is not what it says it is.
PARSE_ERRORS = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    InternalError,
    CryptographyDeprecationWarning,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_SIGNING_KEYS = (
    rsa.RSAPrivateKey,
    ec.EllipticCurvePrivateKey,
    ed25519.Ed25519PrivateKey,
    ed448.Ed448PrivateKey,
    dsa.DSAPrivateKey,
)
_QUIET = threading.Lock()


def load_certificate(der: bytes) -> x509.Certificate:
    """A certificate whose names and dates are readable; extensions and key are only read when asked for."""
    if _serial_number(der) < 0:
        # Go refuses it, and with it most controllers.
        raise ValueError("negative serial number")
    with _QUIET, warnings.catch_warnings():
        # Serial number 0, as well-known roots have, or a name of more than 64 letters: nobody here could act on it.
        warnings.simplefilter("ignore", UserWarning)
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.subject, certificate.issuer, certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate


def public_key_of(key: Block) -> bytes:
    """The public half of a private key, to be compared with that of a certificate."""
    # The check that is skipped proves that the factors are prime: it takes longer than everything else together.
    private = load_pem_private_key(key.pem, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, _SIGNING_KEYS):
        raise ValueError("not a key that signs")
    if isinstance(private, rsa.RSAPrivateKey):
        _check_rsa(private.private_numbers())
    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_readable(blocks: Iterable[Block]) -> None:
    """OpenSSL stops at any block that it cannot read, even at one that nobody would look for.

    Controllers join both files, so this concerns certificates beside the key, too.
    """
    read = list(blocks)
    if not all(block.der for block in read):
        raise ValueError("an empty block")
    certificates = [block.der for block in read if block.label == CERTIFICATE]
    for der in certificates:
        load_certificate(der)
    if certificates:
        _ask_openssl(b"".join(certificates))


def public_key(certificate: x509.Certificate) -> bytes | None:
    """The certified key, None if it is of a kind that is unknown here."""
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except PARSE_ERRORS:
        return None


def _ask_openssl(der: bytes) -> None:
    """The library that controllers use refuses what this one lets pass, a name of the kind OCTET STRING, say."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except ssl.SSLError as error:
        raise ValueError("OpenSSL cannot read it") from error


def _check_rsa(key: rsa.RSAPrivateNumbers) -> None:
    """All parts belong together: one wrong digit in a copied key would only be noticed when a client connects."""
    p, q, d = key.p, key.q, key.d
    public = key.public_numbers
    together = (
        p * q == public.n
        and d * public.e % (p - 1) == 1
        and d * public.e % (q - 1) == 1
        and (key.dmp1, key.dmq1) == (d % (p - 1), d % (q - 1))
        and key.iqmp * q % p == 1
    )
    if not together:
        raise ValueError("the parts of the key do not belong together")


def _serial_number(der: bytes) -> int:
    """The serial number before anything else is read; 1 where there is none, so that the parser says what is wrong."""
    fields = _content(_content(der))
    if fields[:1] == b"\xa0":
        fields = fields[2 + len(_content(fields)) :]
    return int.from_bytes(_content(fields), "big", signed=True) if fields[:1] == b"\x02" else 1


def _content(der: bytes) -> bytes:
    """The value of the first DER element."""
    if len(der) < 2:
        return b""
    length, start = der[1], 2
    if length >= 0x80:
        start += length - 0x80
        length = int.from_bytes(der[2:start], "big")
    return der[start : start + length]

"""How the portal proves itself to a cluster, and how it knows the cluster.

A `Credential` never shows what it holds: not in `repr`, not in a traceback's message, not in a log line. The only way
out is `as_secret_json`, meant for the encrypting store. The checks here accept inline values only and say what is
wrong with them without repeating them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from apps.common.errors import Violation
from apps.common.sentences import gettext_noop as _n
from apps.kube.errors import KubeconfigRefused

TOKEN_LIMIT = 16 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=:@|-]+")


@dataclass(frozen=True, slots=True)
class Credential:
    """A bearer token, a client certificate with its key, or both (kubectl sends both as well)."""

    token: str = field(default="", repr=False)
    client_certificate: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.token and not self.client_certificate:
            raise ValueError("a credential holds a token or a client certificate")
        if bool(self.client_certificate) != bool(self.client_key):
            raise ValueError("a client certificate and its key come together")

    @property
    def form(self) -> str:
        """What kind of proof this is, in words that may be shown."""
        present = [
            name for name, value in (("token", self.token), ("client certificate", self.client_certificate)) if value
        ]
        return " and ".join(present)

    def __repr__(self) -> str:
        return f"<Credential {self.form}>"

    def as_secret_json(self) -> str:
        """Everything, in clear, for the encrypting store only."""
        return json.dumps(
            {"token": self.token, "client_certificate": self.client_certificate, "client_key": self.client_key}
        )

    @classmethod
    def from_secret_json(cls, text: str) -> Credential:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the API server is and which authority vouches for it; public."""

    url: str
    certificate_authority: str
    tls_server_name: str = ""


def refused(code: str, path: str, message: str, hint: str = "") -> KubeconfigRefused:
    return KubeconfigRefused(message, errors=[Violation(code, path, message, hint)])


def check_token(token: str, *, path: str = "token") -> str:
    """The token without surrounding white space; refused when it could not stand in a header."""
    bare = token.strip()
    if not bare:
        raise refused("token_empty", path, _n("The token is empty."), _n("Paste the output of `kubectl create token`."))
    if len(bare) > TOKEN_LIMIT or not _TOKEN.fullmatch(bare):
        raise refused(
            "token_malformed",
            path,
            _n("The token has characters that no bearer token has, or is too long."),
            _n("Paste the token alone, on one line and not base64-encoded once more."),
        )
    return bare


def check_certificate_authority(pem: str, *, path: str = "certificate_authority") -> str:
    """The certificates of `pem`, written afresh, so that nothing else that was pasted along is stored."""
    certificates = _certificates(pem, path, "certificate_authority_unparsable")
    return "".join(certificate.public_bytes(serialization.Encoding.PEM).decode() for certificate in certificates)


def check_client_certificate(certificate: str, key: str, *, path: str = "user") -> tuple[str, str]:
    """Certificate chain and key as PEM, refused unless they parse and belong together."""
    chain = _certificates(certificate, f"{path}.client-certificate-data", "client_certificate_unparsable")
    private = _private_key(key, f"{path}.client-key-data")
    if _spki(chain[0].public_key()) != _spki(private.public_key()):
        raise refused(
            "client_key_mismatch",
            f"{path}.client-key-data",
            _n("The client key does not belong to the client certificate."),
            _n("Take both from the same user entry of the kubeconfig."),
        )
    pem = "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in chain)
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, plain.decode()


def _certificates(pem: str, path: str, code: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode("utf-8", "replace"))
    except (ValueError, UnsupportedAlgorithm) as error:
        message = _n("No PEM certificate can be read here.")
        hint = _n("It begins with -----BEGIN CERTIFICATE-----; in a kubeconfig that text is base64-encoded once more.")
        raise refused(code, path, message, hint) from error


def _private_key(pem: str, path: str) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(pem.encode("utf-8", "replace"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = _n("No unencrypted PEM private key can be read here.")
        raise refused("client_key_unparsable", path, message, _n("Give the key without a passphrase.")) from error


def _spki(key: object) -> bytes:
    encode = getattr(key, "public_bytes")  # noqa: B009  # the union of key types has no common base with this method
    spki: bytes = encode(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return spki

"""What the corpus of TLS secrets is made of. Nothing is stored: every certificate is made when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtensionOID

from tests.unit.kube import certs_odd as odd
from tests.unit.kube.certs import Pair, authority, issue, key_pem

HOST = "shop.example.com"
PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
END = "-----END CERTIFICATE-----\n"
Content = str | bytes


class Kit:
    """What most secrets are made of; slow keys are made once."""

    @cached_property
    def root(self) -> Pair:
        return authority("Root")

    @cached_property
    def issuer(self) -> Pair:
        return issue([], issuer=self.root, common_name="Issuer", ca=True)

    @cached_property
    def leaf(self) -> Pair:
        return self.make()

    @cached_property
    def rsa(self) -> Pair:
        return self.make(key=rsa.generate_private_key(65537, 2048))

    @cached_property
    def dsa(self) -> dsa.DSAPrivateKey:
        return dsa.generate_private_key(2048)

    def make(self, *names: str, **options: Any) -> Pair:
        return issue(list(names or (HOST,)), **{"issuer": self.issuer} | options)

    def chained(self, pair: Pair) -> tuple[str, str]:
        return pair.pem + self.issuer.pem, pair.key_pem

    def alone(self, pair: Pair) -> tuple[str, str]:
        return pair.pem, pair.key_pem

    def with_names(self, *names: str, **options: Any) -> tuple[str, str]:
        return self.chained(self.make(*names, **options))

    def with_key(self, key: Any) -> tuple[str, str]:
        return self.chained(self.make(key=key))

    def with_public(self, change: Callable[[str], Content]) -> tuple[Content, str]:
        """The good chain, changed, with the good key."""
        return change(self.leaf.pem + self.issuer.pem), self.leaf.key_pem

    def with_private(self, change: Callable[[str], Content]) -> tuple[str, Content]:
        return self.leaf.pem + self.issuer.pem, change(self.leaf.key_pem)

    def rebuilt(self, change: Callable[[odd.Fields], odd.Fields]) -> tuple[str, str]:
        return odd.rebuilt(self.leaf, change), self.leaf.key_pem

    def with_raw_names(self, der: bytes) -> tuple[str, str]:
        oid = ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        return self.chained(issue([], issuer=self.issuer, extra=[x509.UnrecognizedExtension(oid, der)]))

    def with_usage(self, *usages: x509.ObjectIdentifier) -> tuple[str, str]:
        return self.with_names(extra=[x509.ExtendedKeyUsage(usages)])


@dataclass(frozen=True)
class Case:
    """`reasons` and `warnings` are codes in their order; the kit's root is the one that is trusted."""

    make: Callable[[Kit], tuple[Content, Content]]
    reasons: str = ""
    warnings: str = ""
    host: str | None = field(default=HOST, kw_only=True)


def older(pair: Pair, format_: PrivateFormat, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return pair.key.private_bytes(Encoding.PEM, format_, encryption).decode()


def raw_dns(*names: bytes) -> bytes:
    return odd.element(odd.SEQUENCE, b"".join(odd.element(0x82, name) for name in names))


def signed_by(kit: Kit, oid: str) -> tuple[str, str]:
    """An RSA pair, self-signed, that claims another algorithm."""
    pair = issue([HOST], key=kit.rsa.key)
    return odd.replaced(pair, odd.SHA256_WITH_RSA, bytes.fromhex(oid)), pair.key_pem


def request(pair: Pair) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(pair.certificate.subject)
    return builder.sign(pair.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def wrong_rsa_key(kit: Kit) -> str:
    """The right modulus with a wrong exponent: as if a digit had been lost in copying."""
    numbers = kit.rsa.key.private_numbers()
    wrong = rsa.RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d ^ 8, numbers.dmp1, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    )
    return key_pem(wrong.private_key(unsafe_skip_rsa_key_validation=True))


def under(kit: Kit, **options: Any) -> tuple[str, str]:
    """A leaf under an intermediate of its own."""
    given: dict[str, Any] = {"issuer": kit.root, "common_name": "Middle", "ca": True} | options
    middle = issue([], **given)
    leaf = kit.make(issuer=middle)
    return leaf.pem + middle.pem, leaf.key_pem


def two_hundred(kit: Kit) -> tuple[str, str]:
    crowd = [issue([], issuer=kit.root, common_name="Issuer", ca=True, key=kit.issuer.key) for _ in range(199)]
    return kit.leaf.pem + "".join(one.pem for one in crowd), kit.leaf.key_pem

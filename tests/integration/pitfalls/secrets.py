"""The test matrix of the incident (Secrets that are no certificate, beside rules that they do not fit), as objects.

The hosts `a` and `b` of the matrix are SHOP and WWW. `ingress` is the object of the matrix, put in by hand; what
matters here is what the portal says when somebody wants to use the same Secret for SHOP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from testbed.certificates import CertificateAuthority
from testbed.objects import base64_text, tls_secret
from tests.integration.pitfalls.shapes import NGINX, ingress, rule

SHOP, WWW, OTHER = "shop.example.com", "www.example.com", "other.example.com"
NAME = "suspect"
AUTHORITY = CertificateAuthority("Matrix CA")
NOT_OFFERED, NOT_USABLE, FINE = "secret_not_offered", "certificate_not_usable", ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix. `secret` is the object named `suspect`, none where it is missing."""

    number: int
    what: str
    code: str
    secret: dict[str, Any] | None
    ingress: dict[str, Any] = field(default_factory=dict)
    others: tuple[dict[str, Any], ...] = ()
    host: str = SHOP


def made(kind: str, *, annotations: dict[str, str] | None = None, **texts: str) -> dict[str, Any]:
    """A Secret of any type with any keys; `ca.crt` is written `ca_crt`."""
    metadata: dict[str, Any] = {"namespace": "web", "name": NAME}
    metadata |= {"annotations": annotations} if annotations else {}
    keys = {name.replace("_", "."): base64_text(text) for name, text in texts.items()}
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": metadata, "data": keys}


def good(*hosts: str, name: str = NAME) -> dict[str, Any]:
    return tls_secret("web", name, AUTHORITY.issue(list(hosts)))


def opaque_pair(*hosts: str) -> dict[str, Any]:
    return good(*hosts) | {"type": "Opaque"}


def by_hand(*hosts: str | None, tls: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """The Ingress of the matrix, on a path of its own so that only the Secret is in the way."""
    return ingress("web", [rule(host, "/by-hand") for host in hosts], tls=tls, **fields)


def entry(*hosts: str, secret: str = NAME) -> dict[str, Any]:
    return {"hosts": list(hosts)} | ({"secretName": secret} if secret else {})


CA = AUTHORITY.certificate_pem
PAIR = AUTHORITY.issue([SHOP])
OPAQUE_CA = made("Opaque", ca_crt=CA)
# What a ServiceAccount's token Secret holds; Opaque here, because an API server makes real ones only for accounts.
TOKEN = made("Opaque", ca_crt=CA, namespace="web", token="eyJhbGciOiJSUzI1NiJ9.e30.x")
CANARY = {f"{NGINX}canary": "true"}

MATRIX = (
    Row(1, "a token's Secret, a second host", NOT_OFFERED, TOKEN, by_hand(SHOP, WWW, tls=[entry(SHOP)])),
    Row(2, "a CA, no host in spec.tls", NOT_OFFERED, OPAQUE_CA, by_hand(SHOP, tls=[entry()])),
    Row(3, "a CA, a wildcard in spec.tls", NOT_OFFERED, OPAQUE_CA, by_hand(SHOP, tls=[entry("*.example.com")])),
    Row(4, "a CA, the host in spec.tls", NOT_OFFERED, OPAQUE_CA, by_hand(SHOP, tls=[entry(SHOP)])),
    Row(5, "a good pair, the host in upper case", FINE, good(SHOP), by_hand(
        SHOP, tls=[entry(SHOP)]), host="Shop.EXAMPLE.com."),
    Row(6, "a Secret that is missing", NOT_OFFERED, None, by_hand(SHOP, WWW, tls=[entry(SHOP)])),
    Row(7, "a pair for another host", NOT_USABLE, good(WWW), by_hand(SHOP, WWW, tls=[entry(WWW)])),
    Row(8, "a pair for both hosts", FINE, good(SHOP, WWW), by_hand(SHOP, WWW, tls=[entry(SHOP)])),
    Row(9, "a good pair of type Opaque", NOT_OFFERED, opaque_pair(SHOP, WWW), by_hand(SHOP, WWW, tls=[entry(SHOP)])),
    Row(
        10, "a CA and a certificate without a key", NOT_OFFERED,
        made("Opaque", ca_crt=CA, tls_crt=PAIR.certificate_pem), by_hand(SHOP, WWW, tls=[entry(SHOP)]),
    ),
    Row(11, "a CA that is none", NOT_OFFERED, made("Opaque", ca_crt="no certificate"), by_hand(
        SHOP, WWW, tls=[entry(SHOP)])),
    Row(12, "a good one first, a CA behind it", NOT_OFFERED, OPAQUE_CA, by_hand(
        SHOP, WWW, tls=[entry(SHOP, secret="first"), entry(OTHER)]), (good(WWW, name="first"),)),
    Row(13, "a canary", NOT_OFFERED, TOKEN, by_hand(SHOP, WWW, tls=[entry(SHOP)], annotations=CANARY)),
    Row(14, "an older object with TLS for the host", NOT_OFFERED, TOKEN, by_hand(SHOP, WWW, tls=[entry(SHOP)]), (
        by_hand(WWW, tls=[entry(WWW, secret="older")], name="older"), good(WWW, name="older"))),
    Row(15, "a rule without paths", NOT_OFFERED, TOKEN, ingress(
        "web", [rule(SHOP, "/by-hand"), {"host": WWW}], tls=[entry(SHOP)])),
    Row(16, "a rule without a host", NOT_OFFERED, TOKEN, by_hand(SHOP, None, tls=[entry(SHOP)])),
    Row(17, "spec.tls without a Secret", FINE, good(SHOP), by_hand(SHOP, tls=[entry(SHOP, secret="")])),
    Row(18, "a CA for clients, named in spec.tls as well", NOT_OFFERED, OPAQUE_CA, by_hand(
        SHOP, WWW, tls=[entry(SHOP)], annotations={f"{NGINX}auth-tls-secret": f"web/{NAME}"})),
    Row(19, "a pair that lost its key", NOT_OFFERED, OPAQUE_CA, by_hand(SHOP, WWW, tls=[entry(SHOP)])),
)  # fmt: skip

"""Which certificate a visitor gets: the Ingress's secret by SNI, or the router's own self-signed one."""

import base64
import binascii
import ssl
from collections.abc import Callable

from sandbox.pki import KeyPair, make_ca, make_certificate, server_context
from sandbox.schema import Object

FAKE_NAME = "Sandbox Router Fake Certificate"

Lookup = Callable[[str], Object | None]


class Certificates:
    """TLS contexts, made once per version of a secret."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._made: dict[tuple[str, str], ssl.SSLContext | None] = {}
        ca = make_ca(FAKE_NAME)
        self._fake = server_context(make_certificate(ca, FAKE_NAME, ["ingress.local"], []))
        self._fake.sni_callback = self._choose

    @property
    def context(self) -> ssl.SSLContext:
        return self._fake

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        secret = self._lookup(name) if name else None
        context = self._context_of(secret) if secret is not None else None
        if context is not None:
            connection.context = context

    def _context_of(self, secret: Object) -> ssl.SSLContext | None:
        """None for a secret that cannot be served, such as one whose key is another pair's."""
        key = (secret["metadata"]["uid"], secret["metadata"]["resourceVersion"])
        if key not in self._made:
            self._made[key] = _load(secret)
        return self._made[key]


def _load(secret: Object) -> ssl.SSLContext | None:
    stored = secret.get("data") or {}
    try:
        certificate, private_key = (
            base64.b64decode(stored.get(name, ""), validate=True).decode() for name in ("tls.crt", "tls.key")
        )
        return server_context(KeyPair(certificate, private_key))
    except (ssl.SSLError, binascii.Error, ValueError, OSError):
        return None

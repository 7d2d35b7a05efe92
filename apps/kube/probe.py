"""Asks a cluster's entry for a host, as a browser would, and reports what came back.

The name is never resolved: the connection goes to the entry that was registered, the host goes into the Host header and
SNI. So the answer says whether the *controller* serves the host, whatever DNS says today.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import time
from dataclasses import dataclass

from apps.common.sentences import gettext_noop as _n
from apps.kube.addresses import check_ip
from apps.kube.certificates import UnreadableCertificate, read_public
from apps.kube.errors import AddressRefused, ClusterError

BODY_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """`status` None means no HTTP answer, and `error` says why in a few words.

    `body_hash` is a short hash of the first 64 KiB, `certificate_sha256` the served leaf as colon-free lower-case hex,
    `certificate_names` what the leaf stands for.
    """

    status: int | None
    body_hash: str
    certificate_sha256: str
    error: str
    elapsed_ms: int
    certificate_names: tuple[str, ...] = ()


def probe(*, address: str, port: int, host: str, path: str, tls: bool, timeout: float = 3.0) -> ProbeResult:
    """One GET of `path` for `host` at `address:port`; never raises. Redirects are answers, they are not followed."""
    started = time.monotonic()
    try:
        connection = _connection(_checked(address, port), port, host, tls=tls, timeout=timeout)
    except (ClusterError, OSError) as error:
        return ProbeResult(None, "", "", _reason(error), _elapsed(started))
    try:
        connection.connect()
        fingerprint, names = _served_certificate(connection.sock)
        connection.request("GET", path, headers={"Host": host, "User-Agent": "portico-probe", "Connection": "close"})
        response = connection.getresponse()
        body = response.read(BODY_LIMIT)
        return ProbeResult(response.status, _short_hash(body), fingerprint, "", _elapsed(started), names)
    except (OSError, http.client.HTTPException) as error:
        return ProbeResult(None, "", "", _reason(error), _elapsed(started))
    finally:
        connection.close()


class _EntryConnection(http.client.HTTPSConnection):
    """TLS to the entry's address with the host as SNI; what certificate is served is reported, not trusted."""

    def __init__(self, address: str, port: int, host: str, timeout: float) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        super().__init__(address, port, timeout=timeout, context=context)
        self._sni = host
        self._tls = context

    def connect(self) -> None:
        raw = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self._sni)


def _checked(address: str, port: int) -> str:
    """The entry's IP address; a name that leads to a metadata service or a link-local address is not called (S3)."""
    found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    for answer in found:
        check_ip(str(answer[4][0]), allow_loopback=True)
    return str(found[0][4][0])


def _connection(address: str, port: int, host: str, *, tls: bool, timeout: float) -> http.client.HTTPConnection:
    if tls:
        return _EntryConnection(address, port, host, timeout)
    return http.client.HTTPConnection(address, port, timeout=timeout)


def _served_certificate(connected: object) -> tuple[str, tuple[str, ...]]:
    """Its fingerprint and its names; no names where it cannot be read."""
    leaf = connected.getpeercert(binary_form=True) if isinstance(connected, ssl.SSLSocket) else None
    if not leaf:
        return "", ()
    try:
        names = read_public(ssl.DER_cert_to_PEM_cert(leaf)).subject_names
    except UnreadableCertificate:
        names = ()
    return hashlib.sha256(leaf).hexdigest(), names


def _short_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _reason(error: Exception) -> str:
    if isinstance(error, AddressRefused):
        return "the address may not be called"
    if isinstance(error, socket.gaierror):
        return "the entry's name does not resolve"
    if isinstance(error, TimeoutError):
        return _n("timed out")
    if isinstance(error, ConnectionRefusedError):
        return _n("connection refused")
    if isinstance(error, ssl.SSLError):
        return _n("the TLS handshake failed")
    return _n("no answer") if isinstance(error, OSError) else _n("not an HTTP answer")


def _elapsed(started: float) -> int:
    return round((time.monotonic() - started) * 1000)

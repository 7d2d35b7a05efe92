"""The probe reports whatever an entry does, and never raises."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from apps.kube.probe import probe
from testbed.certificates import CertificateAuthority, Leaf


class Entry(BaseHTTPRequestHandler):
    """Answers with the host and path it was asked for."""

    def do_GET(self) -> None:
        body = f"{self.headers['Host']}{self.path}".encode()
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Entry)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def context_for(leaf: Leaf, folder: Path) -> ssl.SSLContext:
    (folder / "crt").write_text(leaf.certificate_pem)
    (folder / "key").write_text(leaf.private_key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "crt", folder / "key")
    return context


def test_host_goes_into_the_header_and_the_path_is_asked() -> None:
    with serving() as port:
        first = probe(address="127.0.0.1", port=port, host="shop.example.com", path="/a", tls=False)
        same = probe(address="127.0.0.1", port=port, host="shop.example.com", path="/a", tls=False)
        other = probe(address="127.0.0.1", port=port, host="docs.example.com", path="/a", tls=False)

    assert (first.status, first.error, first.certificate_sha256) == (200, "", "")
    assert first.body_hash == same.body_hash != other.body_hash


def test_redirect_is_an_answer_and_is_not_followed() -> None:
    with serving() as port:
        assert probe(address="127.0.0.1", port=port, host="shop.example.com", path="/moved", tls=False).status == 302


def test_served_certificate_is_named_though_nobody_trusts_it(tmp_path: Path) -> None:
    leaf = CertificateAuthority("Unknown CA").issue(["shop.example.com"])
    expected = x509.load_pem_x509_certificate(leaf.certificate_pem.encode()).fingerprint(hashes.SHA256()).hex()

    with serving(context_for(leaf, tmp_path)) as port:
        answer = probe(address="127.0.0.1", port=port, host="shop.example.com", path="/", tls=True)

    assert (answer.status, answer.certificate_sha256) == (200, expected)


def test_closed_port_is_said() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    answer = probe(address="127.0.0.1", port=port, host="shop.example.com", path="/", tls=False)
    assert (answer.status, answer.error) == (None, "connection refused")


def test_silence_ends_with_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        answer = probe(address="127.0.0.1", port=port, host="shop.example.com", path="/", tls=False, timeout=0.1)
    assert (answer.status, answer.error) == (None, "timed out")


@pytest.mark.parametrize("tls", [False, True])
def test_garbage_is_no_answer(tls: bool) -> None:
    def babble(listener: socket.socket) -> None:
        connected, _ = listener.accept()
        with connected:
            connected.recv(1024)
            connected.sendall(b"\x00\x01 not http\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=babble, args=(listener,))
        thread.start()
        port = listener.getsockname()[1]
        answer = probe(address="127.0.0.1", port=port, host="shop.example.com", path="/", tls=tls)
        thread.join()

    assert answer.status is None
    assert answer.error == ("the TLS handshake failed" if tls else "not an HTTP answer")


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "224.0.0.1", "0.0.0.0"])
def test_entry_that_leads_to_a_forbidden_address_is_not_called(address: str) -> None:
    answer = probe(address=address, port=80, host="shop.example.com", path="/", tls=False)
    assert (answer.status, answer.error) == (None, "the address may not be called")

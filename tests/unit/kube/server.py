"""A small HTTPS server whose answers a test writes byte by byte."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.kube.certs import Pair

TOKEN = "a-token-that-must-not-show"


@dataclass
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    peer_certificate: dict[str, Any] | None
    server_name: str | None


Reply = Callable[["Received", socket.socket], None]


def answer(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
    """A plain answer; `body` as bytes or as something to encode as JSON."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def status(code: int, reason: str, message: str = "no", **members: Any) -> Reply:
    body = {"kind": "Status", "apiVersion": "v1", "code": code, "reason": reason, "message": message}
    return answer(code, body | members)


def raw(content: bytes) -> Reply:
    return lambda request, connection: connection.sendall(content)


def chunked(*chunks: bytes, ended: bool = True) -> Reply:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    tail = b"0\r\n\r\n" if ended else b""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"

    def reply(request: Received, connection: socket.socket) -> None:
        connection.sendall(head + body + tail)
        connection.close()

    return reply


@dataclass
class HttpsServer:
    """Serves `replies` one after the other, the last one for ever; keeps what it received."""

    pair: Pair
    folder: Path
    client_authority: str = ""
    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        path = self.folder / "server.pem"
        path.write_text(self.pair.key_pem + self.pair.pem)
        self._names: dict[int, str | None] = {}
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(path)
        self._context.sni_callback = self._remember_name
        if self.client_authority:
            self._context.verify_mode = ssl.CERT_OPTIONAL
            self._context.load_verify_locations(cadata=self.client_authority)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def stop(self) -> None:
        for opened in [self._listener, *self._open]:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()

    def _remember_name(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, context: Any) -> None:
        self._names[id(connection)] = name

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(plain)
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError, ValueError), self._context.wrap_socket(plain, server_side=True) as connection:
            self._open.append(connection)
            while request := self._read(connection):
                self.received.append(request)
                index = min(len(self.received), len(self.replies)) - 1
                self.replies[index](request, connection)

    def _read(self, connection: ssl.SSLSocket) -> Received | None:
        stream = connection.makefile("rb")
        first = stream.readline().decode().split()
        if len(first) < 2:
            return None
        headers = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.strip()] = value.strip()
        body = stream.read(int(headers.get("Content-Length", "0")))
        peer = connection.getpeercert()
        return Received(first[0], first[1], headers, body, peer or None, self._names.get(id(connection)))

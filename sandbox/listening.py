"""HTTP/1.1 servers in threads: keep-alive, TLS with the handshake outside the accept loop, and a stop that closes
every connection.
"""

import contextlib
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, cast

HANDSHAKE_TIMEOUT = 10.0
IDLE_TIMEOUT = 300.0

Context = Callable[[], ssl.SSLContext | None]


class Server(ThreadingMixIn, TCPServer):
    """One listening port. `context` is asked per connection, so certificates can change while it runs."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], context: Context) -> None:
        self._context = context
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        super().__init__(address, handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes the port and every connection, and waits for the accept loop."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
        self.server_close()
        self.drop_connections()

    def drop_connections(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def finish_request(self, request: Any, client_address: Any) -> None:
        connection = cast("socket.socket", request)
        with contextlib.suppress(OSError):  # ssl.SSLError is one: the client left, or does not trust us
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            context = self._context()
            if context is not None:
                connection.settimeout(HANDSHAKE_TIMEOUT)
                connection = context.wrap_socket(connection, server_side=True)
            connection.settimeout(IDLE_TIMEOUT)
            self._serve(connection, client_address)

    def _serve(self, connection: socket.socket, client_address: Any) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            self.RequestHandlerClass(connection, client_address, self)  # type: ignore[arg-type]
        finally:
            with self._lock:
                self._open.discard(connection)
            self.shutdown_request(connection)


class Handler(BaseHTTPRequestHandler, ABC):
    """Reads one request after the other and hands each to `respond`."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    wbufsize = -1  # head and body leave in one packet

    @abstractmethod
    def respond(self, body: bytes) -> None: ...

    def _receive(self) -> None:
        body = self._body()
        if body is not None:
            self.respond(body)

    def do_GET(self) -> None:
        self._receive()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - named by the base

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        text = self.headers.get("Content-Length") or "0"
        if not text.isdecimal():
            self.close_connection = True
            self.send_error(400)
            return None
        return self.rfile.read(int(text))

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0] or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return b"".join(parts)

    def answer(self, code: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def chunk(self, body: bytes) -> None:
        """One piece of a chunked answer; an empty one ends it."""
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base
        """Quiet: what the sandbox is asked is nobody's business."""

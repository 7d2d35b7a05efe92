"""Small HTTP servers that stand behind Services and say who they are.

They listen on addresses that are not loopback, because EndpointSlices refuse those; the launcher gives such addresses
to the network namespace of the run. All of them live in one process: `python -m testbed.backends NAME=ADDRESS …`.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

from testbed.network import BACKEND_ADDRESSES
from testbed.process import Part, start

PORT = 8080
NAMES = ("one", "two", "three")
READY = "All backends listen."


@dataclass(frozen=True, slots=True)
class Backend:
    """One server; it answers every path with JSON that carries its name and the request."""

    name: str
    address: str
    port: int = PORT


@dataclass(frozen=True, slots=True)
class Backends:
    """The running servers, by name."""

    part: Part
    by_name: dict[str, Backend]

    @classmethod
    def start(cls, folder: Path) -> Backends:
        servers = [Backend(name, address) for name, address in zip(NAMES, BACKEND_ADDRESSES, strict=True)]
        words = [f"{server.name}={server.address}" for server in servers]
        part = start("backends", [sys.executable, "-m", "testbed.backends", *words], folder=folder)
        part.wait_until(lambda: READY in part.log.read_text())
        return cls(part, {server.name: server for server in servers})

    def __getitem__(self, name: str) -> Backend:
        return self.by_name[name]

    def stop(self) -> None:
        self.part.stop()


class Echo(BaseHTTPRequestHandler):
    """Answers with the server's name and what arrived."""

    protocol_version = "HTTP/1.1"
    name: ClassVar[str]

    def do_GET(self) -> None:
        answer = {"backend": self.name, "method": self.command, "path": self.path, "headers": dict(self.headers)}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class looks for these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        return None


def serve(name: str, address: str) -> None:
    handler = type(f"Echo{name.title()}", (Echo,), {"name": name})
    server = ThreadingHTTPServer((address, PORT), handler)
    Thread(target=server.serve_forever, daemon=True).start()


def main(words: list[str]) -> None:
    for word in words:
        name, _, address = word.partition("=")
        serve(name, address)
    print(READY, flush=True)
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1:])

"""A demo for tests: started as `make demo` starts it, spoken to as a script would."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.plan import HTTPS_OFFSET
from testbed.process import eventually, free_port

ROOT = Path(__file__).resolve().parents[3]
READY = "Portico is ready: http://localhost:"


class RunningDemo:
    """One `python -m demo run` in a session of its own."""

    def __init__(self, folder: Path, port: int, router_port: int, output: Path) -> None:
        self.folder, self.port, self.router_port, self.output = folder, port, router_port, output
        words = ["run", "--folder", str(folder), "--port", str(port), "--router-port", str(router_port)]
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo", *words],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started = time.monotonic()
        self.seconds_to_ready = 0.0

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        eventually(lambda: READY in self.said() or self.process.poll() is not None, seconds=90)
        assert f"{READY}{self.port}/" in self.said(), self.said()
        self.seconds_to_ready = time.monotonic() - self._started

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        return self.process.wait(20)

    def token(self, user: str) -> str:
        lines = (self.folder / "tokens.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)[f"PORTICO_TOKEN_{user.upper()}"]

    def call(self, user: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token(user)}", "Content-Type": "application/json"}
        status, answer = fetch(self.port, f"/api/v1/{path}", method, headers, json.dumps(body) if body else None)
        return status, json.loads(answer)

    def visit(self, host: str) -> tuple[int, str]:
        return fetch(self.router_port, "/", "GET", {"Host": f"{host}:{self.router_port}"}, None)

    def processes(self) -> dict[str, int]:
        """Name of each part → process id, as the machine sees them."""
        marker = f"PORTICO_STATE_DIR={self.folder}\0".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if marker in (folder / "environ").read_bytes():
                    found[_part_of((folder / "cmdline").read_text())] = int(folder.name)
        return found

    def processes_left(self) -> dict[str, int]:
        """What is still there some seconds after the end."""
        eventually(lambda: not self.processes(), seconds=5)
        return self.processes()


def _part_of(command_line: str) -> str:
    words = command_line.split("\0")
    names = ("api", "router", "backends", "portal.wsgi", "worker", "scheduler")
    return next((name for name in names if name in words), command_line)


def fetch(port: int, path: str, method: str, headers: dict[str, str], body: str | None) -> tuple[int, str]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=40)) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


@contextlib.contextmanager
def running_demo(folder: Path, *, port: int = 0, router_port: int = 0) -> Iterator[RunningDemo]:
    demo = RunningDemo(
        folder, port or free_port(), router_port or free_port(beside=HTTPS_OFFSET), folder.with_suffix(".out")
    )
    try:
        yield demo
    finally:
        demo.stop()

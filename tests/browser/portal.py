"""The whole product for browser tests: the demo as people start it, on free ports and in a folder of its own.

Real web server, real worker, sandbox clusters behind their own API, router in front of real services. Tests that share
it choose host names of their own and leave what was seeded alone.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Cookie, Page

from demo.plan import HTTPS_OFFSET, PASSWORD
from testbed.process import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
READY = "Portico is ready"


@dataclass(frozen=True)
class Portal:
    """A running demo. `url` has no slash at its end; `router_port` is the entry of all three clusters."""

    url: str
    router_port: int
    folder: Path
    sessions: dict[str, Cookie] = field(default_factory=dict)

    def sign_in(self, page: Page, username: str) -> Page:
        """With the session of an earlier test if it still holds: more than ten sign-ins a minute are refused."""
        kept = self.sessions.get(username)
        if kept is not None:
            page.context.add_cookies([{"name": kept["name"], "value": kept["value"], "url": self.url}])
            page.goto(f"{self.url}/profile/")
            if "/accounts/login" not in page.url:
                return page
        self._sign_in_by_form(page, username)
        self.sessions[username] = next(one for one in page.context.cookies() if one["name"] == "sessionid")
        return page

    def _sign_in_by_form(self, page: Page, username: str) -> None:
        page.goto(f"{self.url}/accounts/login/")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "/accounts/login" not in address)


@contextmanager
def running_portal(folder: Path) -> Iterator[Portal]:
    """Starts it, waits until it says that all of it works, and stops all of it at the end."""
    port, router_port = free_port(), free_port(beside=HTTPS_OFFSET)
    command = [sys.executable, "-m", "demo", "run", "--folder", str(folder / "demo")]
    command += ["--port", str(port), "--router-port", str(router_port)]
    log = folder / "demo.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait(process, log)
            yield Portal(f"http://localhost:{port}", router_port, folder / "demo")
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while READY not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"The demo did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.2)

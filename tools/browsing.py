"""A demo of one's own and people signed in to it, for the scripts that take pictures."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, StorageState

from demo.plan import PASSWORD, Plan
from testbed.process import free_port

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


def sign_in(browser: Browser, url: str, user: str) -> StorageState:
    """The person's session, to be used in every look: signing in again and again would hit the rate limit."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/")
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def own_demo(*, crowded: bool, ports: tuple[int, int] | None = None) -> Iterator[Path]:
    """The folder of a demo, on free ports if none are stated, with everything the seeds know if `crowded`.

    The demo and its folder are gone afterwards.
    """
    ports = ports or (free_port(), free_port(beside=363))
    with tempfile.TemporaryDirectory(prefix="portico-screens-") as name, _running(Path(name), *ports) as plan:
        if crowded:
            subprocess.run([sys.executable, "-m", "demo.seeds", "crowd"], env=plan.environment(), check=True)
        yield plan.folder


@contextmanager
def _running(folder: Path, port: int, router_port: int) -> Iterator[Plan]:
    ports = ["--port", str(port), "--router-port", str(router_port)]
    command = [sys.executable, "-m", "demo", "run", "--folder", str(folder), *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            if not any(line.startswith("Ctrl-C stops it") for line in demo.stdout or ()):
                raise SystemExit("The demo did not start.")
            yield Plan.load(folder)
        finally:
            demo.terminate()
            demo.communicate()

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
def own_demo(*, crowded: bool) -> Iterator[Path]:
    """The folder of a demo on free ports, with everything the seeds know if `crowded`; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="portico-screens-") as name, _running(Path(name)) as plan:
        if crowded:
            subprocess.run([sys.executable, "-m", "demo.seeds", "crowd"], env=plan.environment(), check=True)
        yield plan.folder


@contextmanager
def _running(folder: Path) -> Iterator[Plan]:
    ports = ["--port", str(free_port()), "--router-port", str(free_port(beside=363))]
    command = [sys.executable, "-m", "demo", "run", "--folder", str(folder), *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            if not any(line.startswith("Ctrl-C stops it") for line in demo.stdout or ()):
                raise SystemExit("The demo did not start.")
            yield Plan.load(folder)
        finally:
            demo.terminate()
            demo.communicate()

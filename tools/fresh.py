"""A portal as it is right after its first start: migrated, one platform admin, nothing else; with a banner.

It runs as on a laptop, so it has the style guide too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from demo.parts import answers
from demo.plan import HOST, PASSWORD
from demo.programs import start, stop_all
from testbed.process import free_port
from tools.shots import Shot, opening

ADMIN = "admin"
BANNER = "Maintenance on Sunday from 08:00 to 10:00: approved changes wait until it is over."


def open_dialog(page: Page) -> None:
    page.locator("[data-dialog=delete]").first.click()
    page.get_by_role("dialog").wait_for()


FRESH_PAGES = (
    Shot("first-sign-in", "", "/accounts/login/"),
    Shot("first-home", ADMIN, "/"),
    Shot("first-clusters", ADMIN, "/clusters/"),
    Shot("first-exposures", ADMIN, "/exposures/"),
    Shot("first-requests", ADMIN, "/requests/"),
    Shot("first-certificates", ADMIN, "/certificates/"),
    Shot("first-authorities", ADMIN, "/certificates/authorities/"),
    Shot("first-domains", ADMIN, "/domains/"),
    Shot("first-hosts", ADMIN, "/domains/hosts/"),
    Shot("first-reserved", ADMIN, "/domains/reserved/"),
    Shot("first-teams", ADMIN, "/teams/"),
    Shot("first-people", ADMIN, "/people/"),
    Shot("first-groups", ADMIN, "/people/groups/"),
    Shot("first-audit", ADMIN, "/audit/"),
    Shot("styleguide", ADMIN, "/styleguide/"),
    Shot("styleguide-dialog", ADMIN, "/styleguide/", open_dialog),
    Shot("styleguide-menu", ADMIN, "/styleguide/", opening("header details.menu > summary")),
)


@contextmanager
def fresh_portal() -> Iterator[str]:
    """Its address, while it runs; it and its folder are gone afterwards."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portico-fresh-") as name:
        environment = _environment(Path(name), port)
        for command in (["migrate", "--verbosity", "0"], ["create_admin", ADMIN]):
            subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, capture_output=True)
        server = ["manage.py", "runserver", "--noreload", f"{HOST}:{port}"]
        portal = start("portal", server, logs=Path(name), environment=environment)
        try:
            portal.wait_until(lambda: answers(port, "/healthz"))
            yield f"http://localhost:{port}"
        finally:
            stop_all([portal])


def _environment(folder: Path, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTICO_")}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTICO_ENV": "development",
        "PORTICO_STATE_DIR": str(folder),
        "PORTICO_URL": f"http://localhost:{port}",
        "PORTICO_ADMIN_PASSWORD": PASSWORD,
        "PORTICO_BANNER": BANNER,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
    }

"""What every browser test shares: a page whose console must stay silent, and axe over it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.browser.portal import Portal, running_portal

# Playwright keeps an event loop in this thread, so Django takes the test's own queries for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A machine that is busy with other tests shows things late, not never; only a failing test waits this long.
expect.set_options(timeout=20_000)

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# A refused form is no fault of the page, but Chromium says it loudly.
REFUSAL = re.compile(r"the server responded with a status of (409|422) ")


@pytest.fixture(scope="session")
def base_url() -> str:
    """Tests name whole addresses; the plugin's own fixture of this name is deprecated by pytest."""
    return ""


@pytest.fixture
def quiet_page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when anything reaches the console: script errors and CSP violations do."""
    page = context.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text) if is_noise(message) else None)
    page.on("pageerror", lambda error: noise.append(str(error)))
    yield page
    assert noise == []


def is_noise(message: ConsoleMessage) -> bool:
    return message.type in {"error", "warning"} and REFUSAL.search(message.text) is None


@pytest.fixture
def axe_findings() -> Callable[[Page], list[str]]:
    """What axe finds on the page as it is now: one line for each broken rule and element."""

    def findings(page: Page) -> list[str]:
        violations = Axe().run(page, options=AXE_RULES).response["violations"]
        return [f"{rule['id']}: {node['html']}" for rule in violations for node in rule["nodes"]]

    return findings


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The whole product, started once for all tests that need a worker and clusters."""
    with running_portal(tmp_path_factory.mktemp("portal")) as started:
        yield started


@pytest.fixture
def sign_in(portal: Portal, quiet_page: Page) -> Callable[[str], Page]:
    """Signs a person of the demo in on the test's quiet page."""
    return lambda username: portal.sign_in(quiet_page, username)

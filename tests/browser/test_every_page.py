"""Every page of the running product in every theme, width, language and density: nothing for axe to find, no page wider
than its window, nothing in the console.

Not each combination of the four is tried on each page: the three looks hold every value of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.conftest import is_noise
from tests.browser.portal import Portal

WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
LOOKS = [
    ("light", "wide", "zh-CN", "compact"),
    ("dark", "phone", "en-US", "comfortable"),
    ("contrast", "phone", "zh-CN", "compact"),
]
PAGES = {
    "developer": [
        "/", "/exposures/", "/exposures/new/", "/certificates/", "/certificates/upload/", "/requests/?view=all",
        "/clusters/", "/clusters/dev-1/", "/domains/", "/teams/", "/teams/web/", "/notices/", "/search/?q=web",
        "/profile/", "/tokens/", "/tokens/new/", "/help/", "/accounts/password/change/",
    ],
    "approver": ["/", "/requests/"],
    "platform": [
        "/", "/clusters/?view=cards", "/clusters/?view=table", "/clusters/dev-1/", "/clusters/register/",
        "/clusters/dev-1/edit/", "/clusters/dev-1/pause/", "/clusters/dev-1/rekey/", "/clusters/dev-1/retire/",
        "/domains/reserved/", "/domains/hosts/", "/teams/", "/teams/web/", "/people/", "/people/new/",
        "/people/users/developer/", "/people/groups/",
        "/people/groups/network/", "/audit/",
    ],
}  # fmt: skip
# The page of one thing is the first that its list leads to.
FIRST_OF = {"developer": ["/exposures/", "/requests/?view=all"], "approver": ["/requests/"], "platform": []}


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
@pytest.mark.parametrize("username", list(PAGES))
def test_pages_have_no_findings_and_fit(
    browser: Browser,
    portal: Portal,
    axe_findings: Callable[[Page], list[str]],
    username: str,
    look: tuple[str, str, str, str],
) -> None:
    theme, width, language, density = look
    with seen_as(browser, theme, width, language) as context:
        take_session(browser, portal, username, context)
        page, noise = context.new_page(), []
        page.on("console", lambda said: noise.append(said.text) if is_noise(said) else None)
        choose(context, portal, density)
        found = {path: trouble(page, portal.url + path, axe_findings) for path in addresses(page, portal, username)}
        choose(context, portal, "comfortable")
    assert (found, noise) == ({path: [] for path in found}, [])


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_sign_in_has_no_findings_and_fits(
    browser: Browser, portal: Portal, axe_findings: Callable[[Page], list[str]], look: tuple[str, str, str, str]
) -> None:
    with seen_as(browser, *look[:3]) as context:
        assert trouble(context.new_page(), f"{portal.url}/accounts/login/", axe_findings) == []


@contextmanager
def seen_as(browser: Browser, theme: str, width: str, language: str) -> Iterator[BrowserContext]:
    """The theme comes from the system, the language from the browser, as for somebody without preferences."""
    size = WIDTHS[width]
    system: dict[str, Any] = {"contrast": "more"} if theme == "contrast" else {"color_scheme": theme}
    viewport = ViewportSize(width=size[0], height=size[1])
    context = browser.new_context(viewport=viewport, locale=language, reduced_motion="reduce", **system)
    yield context
    context.close()


def take_session(browser: Browser, portal: Portal, username: str, context: BrowserContext) -> None:
    """Signed in in English, whose words the form is found by."""
    with seen_as(browser, "light", "wide", "en-US") as plain:
        portal.sign_in(plain.new_page(), username)
        context.add_cookies(plain.cookies())  # type: ignore[arg-type]  # the same cookie, read and written


def choose(context: BrowserContext, portal: Portal, density: str) -> None:
    token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
    form: dict[str, str | float | bool] = {"density": density, "next": "/help/", "csrfmiddlewaretoken": token}
    assert context.request.post(f"{portal.url}/preferences/", form=form).ok


def addresses(page: Page, portal: Portal, username: str) -> list[str]:
    found = list(PAGES[username])
    for path in FIRST_OF[username]:
        page.goto(portal.url + path)
        link = page.locator("main tbody tr a").first.get_attribute("href")
        found.append(link or f"{path} leads nowhere")
    return found


def trouble(page: Page, address: str, axe_findings: Callable[[Page], list[str]]) -> list[str]:
    page.goto(address)
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return axe_findings(page) + ([f"{wider} px wider than its window"] if wider > 0 else [])

"""How a test gets a person into the browser: by the form as people do, or by the cookie where that is not the point."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.test import Client
from playwright.sync_api import BrowserContext, Page

from apps.accounts.models import User
from tests.factories.people import PASSWORD


def sign_in(page: Page, address: str, username: str, target: str) -> None:
    page.goto(f"{address}/accounts/login/?next={target}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def give_session(context: BrowserContext, client: Client, address: str, user: User) -> None:
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def faults_of(page: Page, address: str, paths: Iterable[str], axe_findings: Callable[[Page], list[str]]) -> list[str]:
    """What axe finds on each page, and by how much a page is wider than the window."""
    faults = []
    for path in paths:
        page.goto(address + path)
        faults += [f"{path} {finding}" for finding in axe_findings(page)]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{path} is {overflow} px too wide"] if overflow else []
    return faults

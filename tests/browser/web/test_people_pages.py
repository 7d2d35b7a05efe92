"""The pages about people in a real browser: sign-in by hand, without scripts, and free of accessibility findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.accounts.models import ApiToken
from tests import factories
from tests.browser.sessions import faults_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SIGHTS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
PATHS = [
    "/profile/",
    "/tokens/",
    "/tokens/new/",
    "/accounts/password/change/",
    "/people/",
    "/people/new/",
    "/people/users/ada/",
    "/people/users/ada/active/",
    "/people/groups/",
    "/people/groups/network/",
    "/teams/",
    "/teams/web/",
    "/teams/web/members/ada/remove/",
    "/no/such/page/",
]


@pytest.fixture
def address(live_server: Any) -> str:
    """The address of the product, with a team, a group, a token and one person who may see it all."""
    admin = factories.make_platform_admin("platform")
    team = factories.make_team("web")
    ada = factories.make_user("ada", team=team, role="maintainer")
    factories.make_grant(team)
    factories.make_cluster()
    factories.make_approver_group("network", members=[ada])
    factories.make_token(admin)
    return str(live_server.url)


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_pages_have_no_accessibility_findings(
    browser: Browser, address: str, axe_findings: Callable[[Page], list[str]], width: int, scheme: Any
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/accounts/login/")
    found = axe_findings(page)
    sign_in(page, address, "platform", "/profile/")
    found += faults_of(page, address, PATHS, axe_findings)
    page.close()
    assert (found, complaints) == ([], [])


def test_token_is_made_and_revoked_without_scripts(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    sign_in(page, address, "ada", "/tokens/new/")
    page.get_by_role("textbox", name="Name").fill("ci")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("alert")).to_contain_text("Scopes: This field is required.")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("ci")
    page.get_by_label("See exposures").check()
    page.get_by_role("button", name="Create token").click()
    expect(page.locator("#token")).to_contain_text("ptc_")
    page.get_by_role("link", name="I have stored it").click()
    page.get_by_role("link", name="Revoke ci").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("Token ci was revoked.")
    page.close()
    assert not ApiToken.objects.filter(user__username="ada").exists()


def test_language_and_theme_switch_come_back_to_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    sign_in(page, address, "ada", "/teams/web/")
    page.get_by_label("Theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(f"{address}/teams/web/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_label("Language").click()
    page.get_by_role("button", name="简体中文").click()
    expect(page).to_have_url(f"{address}/teams/web/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.close()

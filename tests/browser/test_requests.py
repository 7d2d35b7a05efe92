"""Requests in a real browser: decide, see it go live without a reload, return and send again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.approvals.models import ChangeRequest
from apps.approvals.services import return_request
from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from sandbox.server import SandboxServer
from tests.browser.sessions import sign_in
from tests.integration.scenes import Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)

SIGHTS = [(1440, "light"), (390, "dark")]


@pytest.fixture
def scene(live_server: Any) -> Iterator[Scene]:
    with SandboxServer(clusters=["dev-1"]) as server:
        yield make_scene(server["dev-1"])


@pytest.fixture
def change(scene: Scene) -> ChangeRequest:
    return scene.ask("shop.example.com", tls="shop-tls")


def test_approver_approves_and_sees_it_go_live(quiet_page: Page, live_server: Any, change: ChangeRequest) -> None:
    page = quiet_page
    sign_in(page, live_server.url, "approver", "/")
    page.get_by_role("link", name="Publish shop.example.com over HTTPS").click()
    expect(page.get_by_text("It is your turn.")).to_be_visible()
    page.get_by_role("button", name="Approve revision 1").click()
    expect(page.get_by_text("Approved and on its way to dev-1.")).to_be_visible()
    run_delivery(Delivery.objects.get().pk)
    expect(page.locator("#request-head").get_by_text("Done. What was approved runs on dev-1.")).to_be_visible()
    expect(page.get_by_role("list", name="Delivery").get_by_text("Read it back and compare")).to_be_visible()
    expect(page.get_by_role("list", name="Activity").get_by_text("delivered it")).to_be_visible()


def test_checks_end_with_the_clusters_own_word_and_are_counted_with_it(
    quiet_page: Page, live_server: Any, change: ChangeRequest
) -> None:
    page = quiet_page
    sign_in(page, live_server.url, "approver", f"/requests/{change.pk}/checks/")
    expect(page.locator("#checks").get_by_text("dev-1 accepts the manifest (dry run).")).to_be_visible()
    expect(page.get_by_role("list", name="Steps")).to_contain_text("8 passed · 1 warning · 1 not known")


def test_approver_rejects_with_a_reason(quiet_page: Page, live_server: Any, change: ChangeRequest) -> None:
    page = quiet_page
    sign_in(page, live_server.url, "approver", f"/requests/{change.pk}/")
    page.get_by_role("button", name="Reject").click()
    # Told above, where the page begins again, and beside the field, which is far below on a phone.
    page.get_by_role("link", name="Comment: Say why.").click()
    expect(page.get_by_label("Comment")).to_be_focused()
    expect(page.get_by_text("Say why. The requester needs to know what to change.", exact=True)).to_be_visible()
    page.locator("#decision").get_by_label("Comment").fill("This name belongs to another project.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#request-head").get_by_text("This name belongs to another project.")).to_be_visible()
    expect(page.get_by_role("button", name="Reject")).to_have_count(0)


def test_developer_sees_the_returned_request_and_sends_it_again(
    quiet_page: Page, live_server: Any, scene: Scene, change: ChangeRequest
) -> None:
    return_request(by=scene.approver, request=change, content_hash=change.content_hash, comment="What is it for?")
    page = quiet_page
    sign_in(page, live_server.url, "developer", "/")
    expect(page.get_by_text("approver: What is it for?")).to_be_visible()
    page.get_by_role("link", name="Edit Publish shop.example.com over HTTPS").click()
    page.get_by_label("What is different now").fill("It is the new shop front.")
    page.get_by_role("button", name="Send again unchanged").click()
    expect(page.get_by_text("Waiting for one approval by network")).to_be_visible()
    expect(page.locator("#request-head").get_by_text("round 2")).to_be_visible()


def test_decision_works_without_scripts(browser: Browser, live_server: Any, change: ChangeRequest) -> None:
    page = browser.new_page(java_script_enabled=False)
    sign_in(page, live_server.url, "approver", f"/requests/{change.pk}/")
    page.get_by_role("button", name="Approve revision 1").click()
    expect(page.get_by_text("Approved and on its way to dev-1.")).to_be_visible()
    page.close()


@pytest.mark.parametrize("sight", SIGHTS)
def test_pages_have_no_accessibility_findings(
    browser: Browser,
    live_server: Any,
    scene: Scene,
    axe_findings: Callable[[Page], list[str]],
    sight: tuple[int, Any],
) -> None:
    change = scene.ask("shop.example.com", tls="shop-tls")
    published = scene.publish().change_requests.get()
    page = browser.new_page(viewport={"width": sight[0], "height": 900}, color_scheme=sight[1])
    sign_in(page, live_server.url, "approver", "/requests/")
    found = {"/requests/": axe_findings(page)}
    for path in ("/", "/requests/?view=mine", f"/requests/{change.pk}/"):
        page.goto(live_server.url + path)
        found[path] = axe_findings(page)
    page.context.clear_cookies()
    sign_in(page, live_server.url, "developer", "/")
    for path in ("/", f"/requests/{published.pk}/", f"/requests/{change.pk}/withdraw/", "/audit/"):
        page.goto(live_server.url + path)
        found[f"developer {path}"] = axe_findings(page)
    page.close()
    assert found == {path: [] for path in found}

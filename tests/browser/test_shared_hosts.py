"""A path on another team's host, from the form of who asks to the page that answers: the owner agrees, or declines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.behind import call
from tests.browser.exposure_form import ExposureFormPage, unused_name
from tests.browser.portal import Portal

Enter = Callable[[str], Page]


@pytest.fixture
def enter(portal: Portal, browser: Browser) -> Iterator[Enter]:
    """Each person in a browser of their own."""
    contexts = []

    def sign_in(username: str) -> Page:
        contexts.append(browser.new_context())
        return portal.sign_in(contexts[-1].new_page(), username)

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def form(portal: Portal, sign_in: Enter) -> ExposureFormPage:
    """The new-exposure page, as the developer of team pay sees it."""
    return ExposureFormPage(portal, sign_in("developer2")).open()


def own_host(portal: Portal, host: str) -> None:
    """Team web serves the whole host on dev-1."""
    path = {"path": "/", "path_type": "Prefix", "service_name": "docs", "service_port": "http"}
    wish = {"cluster": "dev-1", "namespace": "web", "host": host, "paths": [path], "reason": "A test."}
    made = call(portal, "developer", "POST", "exposures/?wait=30", wish)["change_request"]
    if made["state"] == "pending":
        seen = {"content_hash": made["content_hash"], "comment": ""}
        call(portal, "approver", "POST", f"requests/{made['id']}/approve/", seen)
        made = call(portal, "developer", "GET", f"requests/{made['id']}/?wait=30")
    assert made["state"] == "done"


def begin(form: ExposureFormPage) -> None:
    """The only service of the only namespace is chosen already."""
    form.page.get_by_role("radio", name=re.compile("dev-1")).click()
    expect(form.section("where").locator(".sec-sum")).to_contain_text("dev-1 / pay")
    expect(form.section("what").locator(".sec-sum")).to_contain_text("ledger : ")


def ask_for_path(form: ExposureFormPage, host: str) -> None:
    """What stands under a host of team web, and what asking for /pay on it comes to."""
    note = form.page.locator("#host-note")
    expect(note).to_contain_text(re.compile(f"{re.escape(host)}.* web.*web-team@example.com"))
    form.submit.click()
    expect(form.page.get_by_role("alert")).to_contain_text("web-team@example.com")
    form.page.get_by_label("Ask for a path on this host").check()
    expect(note).to_contain_text(f"Team web, which has {host}, is asked for your paths first.")
    form.change("how").page.get_by_label("Path 1", exact=True).fill("/pay")
    form.reason.fill("Customers pay where they read.")
    expect(form.outcome).to_contain_text("by team web")
    form.page.get_by_role("button", name="Request approval").click()
    expect(form.page.get_by_role("heading", level=1)).to_contain_text(host)
    expect(form.page.locator("#live")).to_contain_text("Waiting for team web, which owns")


def open_request(page: Page, portal: Portal, host: str, *, view: str = "waiting") -> None:
    """From the list of what waits for this person, or of all that they may see."""
    page.goto(f"{portal.url}/requests/?view={view}&q={host}")
    page.get_by_role("link", name=re.compile(re.escape(host))).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(host)


def test_owner_agrees_and_the_path_goes_live_beside_its_own(
    portal: Portal, form: ExposureFormPage, enter: Enter
) -> None:
    name = unused_name("agreed")
    host = f"{name}.dev.localhost"
    own_host(portal, host)
    begin(form)
    form.name.fill(name)
    ask_for_path(form, host)

    owner = enter("developer")
    open_request(owner, portal, host)
    expect(owner.locator("#request-head")).to_contain_text("It is your turn.")
    expect(owner.locator("main")).to_contain_text("/pay lies inside / of team web")
    owner.get_by_role("button", name="Approve revision 1").click()
    expect(owner.locator("#request-head")).to_contain_text("Done.")

    expect(form.page.locator("#exposure-head")).to_contain_text("Serving")
    entry = f"http://{host}:{portal.router_port}"
    seen = enter("developer2")
    assert (seen.goto(f"{entry}/pay"), seen.title())[1] == "ledger"
    assert (seen.goto(f"{entry}/"), seen.title())[1] == "docs"


def test_approver_decides_after_the_owner_where_the_host_needs_one(
    portal: Portal, form: ExposureFormPage, enter: Enter
) -> None:
    host = f"{unused_name('agreed')}.example.com"
    own_host(portal, host)
    begin(form)
    form.page.get_by_role("radio", name="Another name").check()
    form.host.fill(host)
    ask_for_path(form, host)

    approver = enter("approver")
    open_request(approver, portal, host, view="all")
    expect(approver.get_by_role("button", name="Approve revision 1")).to_have_count(0)
    expect(approver.locator("#decision")).to_contain_text("team web, which owns the host, decide on this")

    owner = enter("developer")
    open_request(owner, portal, host)
    owner.locator("#decision").get_by_label("Comment").fill("Fine with us.")
    owner.get_by_role("button", name="Approve revision 1").click()
    expect(owner.locator("#request-head")).to_contain_text("network")

    open_request(approver, portal, host)
    expect(approver.get_by_role("list", name="Steps")).to_contain_text("Fine with us.")
    approver.get_by_role("button", name="Approve revision 1").click()
    expect(approver.locator("#request-head")).to_contain_text("Done.")
    expect(form.page.locator("#exposure-head")).to_contain_text("Serving")


def test_owner_declines_with_a_reason_and_keeps_the_host(portal: Portal, form: ExposureFormPage, enter: Enter) -> None:
    name = unused_name("declined")
    host = f"{name}.dev.localhost"
    own_host(portal, host)
    begin(form)
    form.name.fill(name)
    ask_for_path(form, host)

    owner = enter("developer")
    open_request(owner, portal, host)
    owner.get_by_role("button", name="Reject").click()
    expect(
        owner.locator("#decision").get_by_text("Say why. The requester needs to know what to change.")
    ).to_be_visible()
    owner.locator("#decision").get_by_label("Comment").fill("Nobody should pay there.")
    owner.get_by_role("button", name="Reject").click()
    expect(owner.locator("#request-head")).to_contain_text("Nobody should pay there.")

    expect(form.page.locator("#live")).to_contain_text("Nobody should pay there.")
    form.open()
    begin(form)
    form.name.fill(name)
    expect(form.page.locator("#host-note")).to_contain_text("web-team@example.com")
    seen = enter("developer2")
    assert (seen.goto(f"http://{host}:{portal.router_port}/pay"), seen.title())[1] == "docs"


def own_and_share(portal: Portal, host: str) -> tuple[str, str]:
    """Team pay has /pay on the host of team web, live; the ids of both exposures, the owner's first."""
    own_host(portal, host)
    path = {"path": "/pay", "path_type": "Prefix", "service_name": "ledger", "service_port": "http"}
    wish = {"cluster": "dev-1", "namespace": "pay", "host": host, "paths": [path], "reason": "A test."}
    guest = call(portal, "developer2", "POST", "exposures/", wish | {"ask_owner": True})
    made = guest["change_request"]
    seen = {"content_hash": made["content_hash"], "comment": ""}
    call(portal, "developer", "POST", f"requests/{made['id']}/approve/", seen)
    assert call(portal, "developer2", "GET", f"requests/{made['id']}/?wait=30")["state"] == "done"
    [own] = call(portal, "developer", "GET", f"exposures/?host={host}")["results"]
    return own["id"], guest["id"]


def test_owner_takes_the_consent_back_and_what_is_live_stays(
    portal: Portal, enter: Enter, axe_findings: Callable[[Page], list[str]]
) -> None:
    host = f"{unused_name('taken-back')}.dev.localhost"
    own, shared = own_and_share(portal, host)
    owner, guest = enter("developer"), enter("developer2")
    owner.goto(f"{portal.url}/exposures/{own}/")
    expect(owner.locator("#live")).to_contain_text("Guests on this host")
    assert axe_findings(owner) == []
    owner.get_by_role("link", name="Take the consent back… pay").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Take back the consent to paths of team pay")
    assert axe_findings(owner) == []
    owner.get_by_label("Reason").fill("We move the shop.")
    owner.get_by_role("button", name="Take the consent back").click()
    expect(owner.get_by_text("The consent was taken back. Team pay was told.")).to_be_visible()
    expect(owner.locator("#live")).to_contain_text("Taken back")

    guest.goto(f"{portal.url}/exposures/{shared}/")
    expect(guest.locator("#live")).to_contain_text("The consent was taken back.")
    expect(guest.locator("#live")).to_contain_text("We move the shop.")
    assert axe_findings(guest) == []
    guest.goto(f"{portal.url}/notices/")
    expect(guest.locator("main")).to_contain_text(f"Team web took back its consent to your paths on {host}.")
    assert (guest.goto(f"http://{host}:{portal.router_port}/pay"), guest.title())[1] == "ledger"

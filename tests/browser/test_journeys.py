"""Whole ways through the product in a browser: asked, returned, approved; by keyboard; on a phone; in two windows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from testbed.certificates import CertificateAuthority
from tests.browser.exposure_form import ExposureFormPage, unused_name

PHONE = {"width": 390, "height": 844}
MOST_STEPS = 80
REASON_IS_ABOVE_THE_BAR = """() => {
  const edge = (selector, side) => document.querySelector(selector).getBoundingClientRect()[side];
  return edge("#id_reason", "bottom") <= edge(".send-bar", "top");
}"""


@pytest.fixture
def form(portal, sign_in):
    return ExposureFormPage(portal, sign_in("developer")).open()


@pytest.fixture
def approver(portal, browser) -> Iterator[Page]:
    """The approver, in a browser of their own."""
    context = browser.new_context()
    yield portal.sign_in(context.new_page(), "approver")
    context.close()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted part has the focus, as one does without a mouse."""
    for _step in range(MOST_STEPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {wanted}")


def ask_for_custom_host(form: ExposureFormPage) -> str:
    """A request for a name of the team's zone, which needs an approval; returns the host."""
    host = f"{unused_name('journey')}.example.com"
    form.choose("dev-1", "shop")
    form.page.get_by_role("radio", name="Another name").check()
    form.host.fill(host)
    expect(form.outcome).to_contain_text("Needs one approval by network")
    form.submit.click()
    expect(form.page.get_by_role("heading", level=1)).to_contain_text(host)
    return host


def open_request(page: Page, portal, host: str) -> None:
    page.goto(f"{portal.url}/requests/?q={host}")
    page.get_by_role("link", name=re.compile(re.escape(host))).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(host)


def test_request_is_returned_changed_sent_again_and_approved(portal, form, approver):
    host = ask_for_custom_host(form)
    open_request(approver, portal, host)
    approver.locator("#decision").get_by_label("Comment").fill("Only the shop part, please.")
    approver.get_by_role("button", name="Return").click()
    expect(approver.locator("#request-head")).to_contain_text("Only the shop part, please.")

    open_request(form.page, portal, host)
    form.page.get_by_role("link", name="Edit and send again").click()
    form.change("how").page.get_by_label("Path 1", exact=True).fill("/shop")
    form.reason.fill("Only /shop now.")
    form.wait_until_saved()
    form.page.reload()
    expect(form.section("how").locator(".sec-sum")).to_contain_text("/shop")
    expect(form.reason).to_have_value("Only /shop now.")
    form.submit.click()
    expect(form.page.get_by_text("The change was sent.")).to_be_visible()

    open_request(approver, portal, host)
    expect(approver.locator("main")).to_contain_text("Only /shop now.")
    approver.get_by_role("button", name="Approve revision 2").click()
    expect(approver.locator("#request-head")).to_contain_text("Done.")


def test_rejected_name_is_free_to_be_asked_for_again(portal, form, approver):
    host = ask_for_custom_host(form)
    open_request(approver, portal, host)
    approver.locator("#decision").get_by_label("Comment").fill("Ask for another name.")
    approver.get_by_role("button", name="Reject").click()
    expect(approver.locator("#request-head")).to_contain_text("Ask for another name.")
    form.open().choose("dev-1", "shop")
    form.page.get_by_role("radio", name="Another name").check()
    form.host.fill(host)
    expect(form.page.locator("#host-note")).to_contain_text(f"{host} is free")


def test_decision_in_a_second_window_says_that_it_was_decided(portal, form, approver):
    host = ask_for_custom_host(form)
    open_request(approver, portal, host)
    address = approver.url
    beside = approver.context.new_page()
    beside.goto(address)
    expect(beside.get_by_role("button", name="Approve revision 1")).to_be_visible()
    approver.get_by_role("button", name="Approve revision 1").click()
    expect(approver.locator("#request-head")).to_contain_text("Done.")
    beside.locator("#decision").get_by_label("Comment").fill("Too late.")
    beside.get_by_role("button", name="Reject").click()
    expect(beside.locator("main")).to_contain_text(re.compile("no longer|already|Done"))
    approver.goto(address)
    expect(approver.locator("#request-head")).to_contain_text("Done.")


def test_whole_form_by_keyboard_alone(form):
    page, name = form.page, unused_name("keys")
    tab_to(page, page.get_by_role("radio", name=re.compile("dev-1")))
    page.keyboard.press("Space")
    expect(form.section("what").locator(".sec-body")).to_be_visible()
    expect(form.section("where").locator(".sec-body")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("dev-1"))).to_be_focused()
    tab_to(page, page.get_by_role("radio", name=re.compile("^docs ")))
    expect(form.section("where").locator(".sec-body")).to_be_hidden()
    page.keyboard.press("Space")
    expect(form.name).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(form.section("what").locator(".sec-sum")).to_contain_text("shop : http")
    expect(page.get_by_role("radio", name=re.compile("^shop "))).to_be_focused()
    tab_to(page, form.name)
    expect(form.section("what").locator(".sec-body")).to_be_hidden()
    page.keyboard.type(name)
    expect(page.locator("#host-note")).to_contain_text(f"{name}.dev.localhost is free.")
    expect(form.name).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("It goes live at once.")
    tab_to(page, form.section("how").get_by_role("button", name="Change How"))
    page.keyboard.press("Enter")
    tab_to(page, form.reason)
    page.keyboard.type("Without a mouse.")
    tab_to(page, form.submit)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{name}.dev.localhost")


def test_whole_form_on_a_phone_with_sentence_and_button_in_sight(form, axe_findings):
    form.page.set_viewport_size(PHONE)
    name = unused_name("phone")
    expect(form.submit).to_be_in_viewport(ratio=1)
    form.choose("dev-1", "shop")
    form.name.press_sequentially(name)
    expect(form.outcome.locator(".sentence")).to_contain_text(f"http://{name}.dev.localhost")
    expect(form.outcome.locator(".sentence")).to_be_in_viewport(ratio=1)
    form.reason.focus()
    form.reason.press_sequentially("On the train.")
    form.wait_until_saved()
    form.page.wait_for_function(REASON_IS_ABOVE_THE_BAR)
    assert axe_findings(form.page) == []
    assert form.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    form.submit.click()
    expect(form.page.get_by_role("heading", level=1)).to_contain_text(f"{name}.dev.localhost")


def test_certificate_uploaded_from_the_form_is_chosen_on_return(form):
    host = f"{unused_name('upload')}.example.com"
    pair = CertificateAuthority("Form CA").issue([host])
    form.choose("dev-1", "shop")
    form.page.get_by_role("radio", name="Another name").check()
    form.host.fill(host)
    form.reason.fill("Kept on the way.")
    form.change("how").page.get_by_role("radio", name="HTTPS").check()
    form.page.get_by_role("button", name="Upload a certificate").click()
    secret = unused_name("form-tls")
    form.page.get_by_label("Name", exact=True).fill(secret)
    form.page.get_by_label("Certificate chain", exact=True).fill(pair.certificate_pem)
    form.page.get_by_label("Private key", exact=True).fill(pair.private_key_pem)
    form.page.get_by_role("button", name="Check and upload").click()
    expect(form.section("how").locator(".sec-sum")).to_contain_text(f"HTTPS with {secret}-")
    expect(form.host).to_have_value(host)
    expect(form.reason).to_have_value("Kept on the way.")
    expect(form.outcome).to_contain_text("Needs one approval by network")
    form.wait_until_saved()


def test_back_within_filters_shows_what_was_there_before(portal, form):
    page = form.open("/exposures/?q=handbook").page
    rows = page.locator("tbody tr")
    before = rows.count()
    page.get_by_role("searchbox", name="Search exposures").fill("nothing-has-this-name")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{portal.url}/exposures/?q=handbook")
    expect(rows).to_have_count(before)
    assert before > 0

"""The marks of help, the banner and the setup checklist: open by keyboard, inside the page, found accessible by axe."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.web.conftest import PHONE, WIDE

SIZES = [WIDE, PHONE]


@pytest.fixture(autouse=True)
def _banner(settings):
    settings.PORTICO_BANNER = "Maintenance on Sunday from 08:00 to 10:00 UTC: deliveries wait, nothing is lost."


@pytest.fixture
def opened(transactional_db, open_as):
    """Opens a page as a platform admin."""
    factories.make_cluster("dev-1", wildcard_domain="dev.example.net")

    def page_of(path, size=SIZES[0], theme="light"):
        return open_as(factories.make_platform_admin("platform", theme=theme), path, size)

    return page_of


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_help_on_the_cluster_page_opens_inside_it(opened, axe_findings, size, theme):
    page = opened("/clusters/dev-1/", size, theme)
    marks = page.locator(".help-mark").all()
    seen = []
    for mark in marks:
        mark.click()
        text = page.locator(".help[open] .help-pop")
        expect(text).to_be_visible()
        box = text.bounding_box()
        seen.append(box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and fits(page))
        page.keyboard.press("Escape")
    marks[0].click()
    assert (len(seen), all(seen), axe_findings(page)) == (4, True, [])


def test_help_opens_and_closes_by_keyboard(opened):
    page = opened("/clusters/dev-1/")
    mark = page.locator("summary[aria-label='What does “Entry” mean?']")
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The address at which a cluster takes in traffic.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("The address at which a cluster takes in traffic.")).to_be_hidden()
    expect(mark).to_be_focused()


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_start_page_of_a_new_installation_leads_on(opened, axe_findings, size, theme):
    page = opened("/", size, theme)
    expect(page.get_by_role("region", name="Notice")).to_contain_text("Maintenance on Sunday")
    steps = page.locator("#setup li")
    expect(steps).to_have_count(6)
    expect(steps.first).to_contain_text("Done:")
    assert (fits(page), axe_findings(page)) == (True, [])
    page.locator("#setup a.btn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Teams")


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_help_page_and_search_have_no_findings(opened, axe_findings, size):
    page = opened("/help/", size)
    found = axe_findings(page)
    page.goto(page.url.replace("/help/", "/search/?q=dev"))
    expect(page.get_by_role("link", name="dev-1")).to_be_visible()
    assert (found, axe_findings(page), fits(page)) == ([], [], True)

"""The bell: counted, kept fresh, opened and emptied, by mouse and keyboard; silent in the console, fine for axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.notices.models import Notice
from tests import factories
from tests.browser.web.conftest import PHONE, WIDE

LONG = {"message": f"{'a-long-name-' * 20}.example.com is live on dev-1, as you asked."}


@pytest.fixture
def person(transactional_db):
    """Sees cluster dev-1."""
    team = factories.make_team("web")
    factories.make_cluster()
    factories.make_grant(team)
    return factories.make_user("ada", team=team)


@pytest.fixture
def opened(person, open_as):
    """Opens a page as the person, with this many unread notices."""

    def page_of(path="/profile/", *, size=WIDE, unread=0, **fields):
        for name, value in fields.items():
            setattr(person, name, value)
        person.save()
        for number in range(unread):
            factories.make_notice(person, once_key=str(number))
        return open_as(person, path, size)

    return page_of


def bell_of(page):
    return page.locator(".bell > summary")


def menu_of(page):
    return page.get_by_role("list", name="Latest notices")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("look", ["light en", "dark zh-hans", "contrast en"])
def test_bell_and_its_pages_have_no_findings(opened, person, axe_findings, look, size):
    theme, language = look.split()
    factories.make_notice(person, sentence=LONG, once_key="long")
    page = opened(size=size, unread=12, theme=theme, language=language)
    bell_of(page).click()
    expect(page.locator(".bell-pop .news-item")).to_have_count(10)
    found = axe_findings(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.goto(page.url.replace("/profile/", "/notices/"))
    found += axe_findings(page)
    page.goto(page.url.replace("/notices/", "/certificates/calendar/"))
    found += axe_findings(page)
    assert (found, width) == ([], size["width"])


def test_menu_of_somebody_who_was_told_nothing_has_no_findings(opened, axe_findings):
    page = opened()
    bell_of(page).click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    assert axe_findings(page) == []


def test_count_moves_nothing(opened, person):
    page = opened()
    before = page.locator("header .bar-tools").bounding_box()
    for number in range(120):
        factories.make_notice(person, once_key=f"more-{number}")
    page.reload()
    expect(bell_of(page)).to_have_accessible_name("Notices, 100 unread")
    expect(page.locator("#bell-count b")).to_have_text("99+")
    assert page.locator("header .bar-tools").bounding_box() == before


def test_news_ring_soon_after_something_changed_on_the_page(opened, person):
    page = opened()
    factories.make_notice(person)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Home")).to_be_visible()
    page.keyboard.press("Escape")
    expect(bell_of(page)).to_have_accessible_name("Notices, 1 unread")
    expect(page.locator("#announcer")).to_have_text("Notices, 1 unread")


def test_bell_rests_while_nobody_looks(opened, person):
    page = opened()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/notices/count/" in request.url else None)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    for _ in range(3):
        page.evaluate("htmx.trigger('#bell-count', 'notices')")
    factories.make_notice(person)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(bell_of(page)).to_have_accessible_name("Notices, 1 unread")
    assert len(asked) == 1


ASK = """() => new Promise((answered) => {
    document.addEventListener("htmx:afterRequest", () => answered(), { once: true });
    htmx.trigger("#bell-count", "notices");
})"""


def test_bell_says_nothing_of_a_session_that_ended(opened, context):
    page = opened()
    context.clear_cookies()
    page.evaluate(ASK)
    # At once, because a toast would go away by itself.
    assert page.locator("#toasts .notice").count() == 0
    expect(bell_of(page)).to_have_accessible_name("Notices, 0 unread")
    bell_of(page).click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()


def test_opening_a_notice_by_keyboard_leads_to_its_page_and_reads_it(opened):
    page = opened(unread=2)
    bell_of(page).focus()
    page.keyboard.press("Enter")
    first = menu_of(page).get_by_role("button").first
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("dev-1")
    expect(bell_of(page)).to_have_accessible_name("Notices, 1 unread")


def test_reading_all_empties_the_bell_and_keeps_the_menu(opened):
    page = opened(unread=3)
    bell_of(page).click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(bell_of(page)).to_have_accessible_name("Notices, 0 unread")
    expect(menu_of(page).get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(menu_of(page)).to_be_hidden()
    assert Notice.objects.unread().count() == 0


def test_reading_one_in_the_list_needs_no_reload(opened):
    page = opened("/notices/?unread=true", unread=2)
    page.get_by_role("button", name="Mark as read: Cluster dev-1 answers again.").first.click()
    expect(bell_of(page)).to_have_accessible_name("Notices, 1 unread")
    expect(page.get_by_role("list", name="Notices").get_by_text("Unread")).to_have_count(1)
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.get_by_text("2 notices")).to_be_visible()


def test_calendar_address_is_made_copied_and_revoked(opened):
    page = opened("/certificates/")
    page.get_by_role("link", name="Subscribe to calendar").click()
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("#address")
    expect(address).to_contain_text("/certificates/calendar/ptcal_")
    page.go_back()
    page.reload()
    page.get_by_role("link", name="Revoke…").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("You have no address yet.")).to_be_visible()

"""The palette and the shortcuts: by keyboard alone, silent in the console, found accessible by axe."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.web.conftest import PHONE, WIDE


@pytest.fixture
def opened(transactional_db, open_as):
    """Opens a page as a developer whose team has three exposures."""
    team = factories.make_team("web")
    cluster = factories.make_cluster("dev-1")
    for name in ("cart", "docs", "shop"):
        exposure = factories.make_exposure(cluster, team, host=f"{name}.example.com")
        factories.make_revision(exposure)
    user = factories.make_user("ada", team=team)

    def page_of(path="/exposures/", size=WIDE, **fields):
        for name, value in fields.items():
            setattr(user, name, value)
        user.save()
        return open_as(user, path, size)

    return page_of


def palette_of(page):
    return page.get_by_role("dialog", name="Search and go to")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_palette_and_shortcuts_have_no_findings(opened, axe_findings, theme, size):
    page = opened(size=size, theme=theme)
    page.keyboard.press("Control+k")
    expect(palette_of(page).get_by_role("option", name="Home")).to_be_visible()
    empty = axe_findings(page)
    page.keyboard.type("example")
    expect(palette_of(page).get_by_role("option", name="shop.example.com")).to_be_visible()
    found = axe_findings(page)
    page.keyboard.press("Escape")
    expect(palette_of(page)).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert (empty, found, axe_findings(page)) == ([], [], [])


def test_palette_finds_chooses_and_opens_by_keyboard(opened):
    page = opened("/profile/")
    page.keyboard.press("Control+k")
    page.keyboard.type("example")
    field = palette_of(page).get_by_role("combobox")
    expect(field).to_have_attribute("aria-activedescendant", "palette-exposures-1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(palette_of(page).get_by_role("option", selected=True)).to_contain_text("docs.example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("docs.example.com")


def test_palette_shows_what_was_opened_last_first(opened):
    page = opened("/profile/")
    page.keyboard.press("/")
    page.keyboard.type("shop")
    palette_of(page).get_by_role("option", name="shop.example.com").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("shop.example.com")
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    expect(palette_of(page).get_by_role("group").first.get_by_role("option")).to_contain_text("shop.example.com")
    expect(palette_of(page).get_by_role("group").first).to_have_accessible_name("Opened last")


def test_palette_says_when_nothing_matches_and_gives_the_focus_back(opened):
    page = opened("/profile/")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("no-such-thing")
    expect(palette_of(page).get_by_role("option", name="Nothing that you may see")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Save")).to_be_focused()


def test_palette_opens_with_a_click_into_the_search(opened):
    page = opened(size=PHONE)
    page.get_by_role("searchbox", name="Search", exact=True).click()
    expect(palette_of(page).get_by_role("combobox")).to_be_focused()


def test_key_in_the_same_moment_as_the_palette_closes_is_followed(opened):
    page = opened("/profile/")
    page.keyboard.press("Control+k")
    page.evaluate("""() => {
        document.getElementById("palette").close();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
    }""")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_search_works_without_scripts(opened, browser, live_server, context):
    opened()
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}/")
    page.get_by_role("searchbox").fill("shop")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="shop.example.com")).to_be_visible()
    plain.close()


@pytest.mark.parametrize(
    ("keys", "path"),
    [("gh", "/"), ("ge", "/exposures/"), ("gr", "/requests/"), ("gc", "/clusters/"), ("n", "/exposures/new/")],
)
def test_keys_open_pages(opened, live_server, keys, path):
    page = opened("/profile/")
    for key in keys:
        page.keyboard.press(key)
    expect(page).to_have_url(f"{live_server.url}{path}")


def test_keys_move_through_the_rows_and_enter_opens(opened):
    page = opened()
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="cart.example.com")).to_be_focused()
    for _row in range(5):
        page.keyboard.press("j")
    expect(page.get_by_role("link", name="shop.example.com")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("shop.example.com")


def test_keys_are_letters_while_typing(opened, live_server):
    page = opened("/tokens/new/")
    page.get_by_role("textbox", name="Name").focus()
    page.keyboard.type("n?g/gh")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("n?g/gh")
    assert page.url == f"{live_server.url}/tokens/new/"


def test_keys_do_nothing_once_switched_off(opened, live_server):
    page = opened(shortcuts=False)
    for key in "?/jgh":
        page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("main a:focus")).to_have_count(0)
    assert page.url == f"{live_server.url}/exposures/"
    page.keyboard.press("Control+k")
    expect(palette_of(page)).to_be_visible()

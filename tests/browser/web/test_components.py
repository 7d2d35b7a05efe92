"""Every component in every state: found accessible by axe, silent in the console, and working by keyboard and mouse."""

import re

import pytest
from playwright.sync_api import expect

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def guide(live_server, settings, context, quiet_page):
    """Opens the style guide in a theme and size."""
    settings.DEBUG = True
    settings.ROOT_URLCONF = "tests.browser.web.styleguide_urls"

    def opened(theme="light", size=WIDE, density="comfortable"):
        for name, value in (("portico_theme", theme), ("portico_density", density)):
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        quiet_page.set_viewport_size(size)
        quiet_page.goto(f"{live_server.url}/styleguide/", wait_until="networkidle")
        return quiet_page

    return opened


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("density", ["comfortable", "compact"])
def test_components_have_no_findings_and_fit(guide, axe_findings, density, theme, size):
    page = guide(theme, size, density)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("window.scrollTo(0, 0)")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_compact_density_takes_less_room(guide):
    heights = [guide(density=density).evaluate("document.body.scrollHeight") for density in ("comfortable", "compact")]
    assert heights[1] < heights[0] * 0.9


def test_what_is_chosen_shows_without_colours(guide):
    page = guide()
    page.emulate_media(forced_colors="active")
    for chosen in (".chip.on", ".switch-item[aria-pressed=true]"):
        styles = page.locator(chosen).first.evaluate("node => getComputedStyle(node).outlineStyle")
        assert (chosen, styles) == (chosen, "solid")


def test_theme_of_the_system_is_followed_without_a_reload(guide):
    page = guide("system")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_deleting_needs_the_name_typed(guide):
    page = guide()
    page.get_by_role("button", name="Delete").first.click()
    dialog = page.get_by_role("dialog", name="Delete shop.example.com?")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    page.keyboard.type("shop.example.com")
    expect(dialog.get_by_role("button", name="Delete")).to_be_enabled()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_only_one_menu_is_open_and_escape_gives_the_focus_back(guide):
    page = guide()
    first, second = page.locator("main details.menu > summary").all()
    first.click()
    second.click()
    expect(page.locator("details[data-menu][open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details[data-menu][open]")).to_have_count(0)
    expect(second).to_be_focused()


def test_drawer_opens_on_a_phone_and_closes_with_escape(guide):
    page = guide(size=PHONE)
    button = page.get_by_role("button", name="Menu")
    rail = page.locator("#rail")
    expect(rail).to_be_hidden()
    button.click()
    expect(rail).to_be_visible()
    expect(rail.get_by_role("link", name="Portico")).to_be_focused()
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(button).to_be_focused()


def test_summary_of_errors_takes_the_focus_and_leads_to_the_field(guide):
    page = guide()
    expect(page.get_by_role("alert").filter(has_text="4 things")).to_be_focused()
    page.get_by_role("link", name=re.compile("^Port:")).click()
    expect(page.get_by_label("Port").nth(1)).to_be_focused()


def test_copy_fills_the_clipboard_and_says_so(guide, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = guide()
    page.locator(".head clipboard-copy").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "shop.example.com"


def test_form_is_sent_once_however_often_it_is_pressed(guide):
    page = guide()
    page.route("**/styleguide/", lambda route: route.fulfill(status=204))
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    publish = page.get_by_role("button", name="Publish")
    publish.click()
    expect(publish).to_have_attribute("aria-busy", "true")
    page.evaluate("document.querySelector('form.fields').requestSubmit()")
    assert sent == ["POST"]


def test_refused_fragment_is_told_as_a_notice_and_replaces_nothing(guide):
    page = guide()
    refusal = '<div data-refusal><div class="notice" data-notice>The host is taken.</div></div>'
    page.route("**/probe/", lambda route: route.fulfill(status=422, body=refusal, content_type="text/html"))
    page.evaluate(
        """() => {
            const button = document.createElement("button");
            button.id = "probe";
            button.textContent = "Probe";
            button.setAttribute("hx-post", "/probe/");
            button.setAttribute("hx-swap", "outerHTML");
            document.querySelector("main").prepend(button);
            window.htmx.process(button);
        }"""
    )
    with page.expect_request("**/probe/") as asked:
        page.locator("#probe").click()
    expect(page.locator("#toasts")).to_have_text("The host is taken.")
    expect(page.locator("#probe")).to_have_text("Probe")
    assert asked.value.headers["x-csrftoken"] != ""

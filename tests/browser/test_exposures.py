"""The main job in a browser, on the whole product: state what to expose, publish, watch it go live, open it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.exposure_form import ExposureFormPage, unused_name

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def form(portal, sign_in):
    """The new-exposure page, as the developer of team web sees it."""
    return ExposureFormPage(portal, sign_in("developer")).open()


@pytest.fixture
def developer(form):
    return form.page


def state_dev_exposure(form, service="shop"):
    """Choose dev-1 → web → service and type a name that nobody has; returns the name."""
    name = unused_name(f"job-{service}")
    form.choose("dev-1", service).name.press_sequentially(name)
    expect(form.page.locator("#host-note")).to_contain_text(f"{name}.dev.localhost is free.")
    expect(form.outcome).to_contain_text("No approval needed.")
    return name


def test_a_developer_publishes_and_watches_it_go_live_without_a_reload(portal, form, developer):
    name = state_dev_exposure(form)
    developer.get_by_role("button", name="Publish").click()
    expect(developer.get_by_role("heading", level=1)).to_contain_text(f"{name}.dev.localhost")
    developer.evaluate("window.sameDocument = true")
    expect(developer.locator("#exposure-head")).to_contain_text("Serving")
    expect(developer.locator("#live")).to_contain_text("Answers under its name")
    expect(developer.locator("main [data-poll]")).to_have_count(0)
    assert developer.evaluate("window.sameDocument") is True
    address = developer.get_by_role("link", name="Open").get_attribute("href")
    assert address == f"http://{name}.dev.localhost:{portal.router_port}/"
    answer = developer.goto(address)
    assert answer.status == 200
    assert "shop" in developer.content()


def test_a_double_click_makes_one_exposure(portal, form, developer):
    name = state_dev_exposure(form, "docs")
    developer.get_by_role("button", name="Publish").dblclick()
    expect(developer.get_by_role("heading", level=1)).to_contain_text(f"{name}.dev.localhost")
    developer.goto(f"{portal.url}/exposures/?q={name}")
    expect(developer.locator("tbody tr")).to_have_count(1)


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_field(form, developer):
    form.choose("dev-1", "shop").name.fill("not a name")
    form.reason.fill("Keep this.")
    form.submit.click()
    alert = developer.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("link").first.click()
    expect(form.name).to_be_focused()
    expect(form.name).to_have_value("not a name")
    expect(form.reason).to_have_value("Keep this.")
    expect(developer.get_by_role("radio", name=re.compile("^shop "), include_hidden=True)).to_be_checked()


def test_the_form_works_without_scripts(portal, browser):
    context = browser.new_context(java_script_enabled=False)
    page = portal.sign_in(context.new_page(), "developer")
    page.goto(f"{portal.url}/exposures/new/")
    page.get_by_role("radio", name=re.compile("dev-1")).check()
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("radio", name=re.compile("^docs ")).check()
    name = unused_name("plain-docs")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator("#outcome")).to_contain_text("No approval needed.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{name}.dev.localhost")
    context.close()


def test_choosing_another_cluster_keeps_what_was_typed(form, developer):
    form.choose("dev-1", "shop").name.fill("kept")
    form.reason.fill("Keep this too.")
    form.change("where")
    developer.get_by_role("radio", name=re.compile("test-1")).click()
    expect(form.section("name")).to_contain_text(".test.localhost")
    expect(form.name).to_have_value("kept")
    expect(form.reason).to_have_value("Keep this too.")
    expect(developer.get_by_role("radio", name=re.compile("^shop "), include_hidden=True)).to_be_checked()


def test_sections_open_as_the_one_before_is_answered_and_fold_to_a_line(form, developer):
    for key in ("what", "name", "how", "why"):
        expect(form.section(key).locator(".sec-body")).to_be_hidden()
    developer.get_by_role("radio", name=re.compile("dev-1")).click()
    expect(form.section("where").locator(".sec-body")).to_be_hidden()
    expect(form.section("where").locator(".sec-sum")).to_have_text(re.compile("dev-1 / web$"))
    expect(form.section("what").locator(".sec-body")).to_be_visible()
    form.choose_service("shop")
    expect(form.section("what").locator(".sec-sum")).to_contain_text("shop : http")
    expect(form.section("how").locator(".sec-sum")).to_have_text("HTTP · every path")
    form.change("where")
    expect(developer.get_by_role("radio", name=re.compile("dev-1"))).to_be_focused()


def test_paths_are_added_and_removed_in_place(form, developer):
    form.choose("dev-1", "shop").change("how")
    developer.get_by_role("button", name="Add a path").click()
    developer.get_by_label("Path 2", exact=True).fill("/api")
    developer.get_by_role("button", name="Remove path 1").click()
    expect(developer.get_by_label("Path 1", exact=True)).to_have_value("/api")
    expect(developer.get_by_label("Path 2", exact=True)).to_have_count(0)


def test_https_offers_the_certificates_of_the_host_and_asks_for_an_approval(form, developer):
    form.choose("prod-1", "shop").host.press_sequentially("www.shop.example.com")
    form.change("how")
    developer.get_by_role("radio", name="HTTPS").check()
    picker = developer.get_by_role("group", name="Certificate")
    expect(picker.get_by_role("radio", name=re.compile("^shop-tls"))).to_be_enabled()
    expect(picker.get_by_role("radio", name=re.compile("^expired-tls"))).to_have_count(0)
    expect(picker.get_by_text("Not offered, and why")).to_be_visible()
    expect(picker).not_to_contain_text("robot-token")
    picker.get_by_role("radio", name=re.compile("^shop-tls")).check()
    expect(form.outcome).to_contain_text("Needs one approval by network")
    expect(developer.get_by_role("button", name="Request approval")).to_be_enabled()


@pytest.mark.parametrize("looks", [("light", WIDE), ("dark", PHONE)], ids=["light-wide", "dark-phone"])
def test_pages_have_no_findings_and_fit(portal, sign_in, context, axe_findings, looks):
    theme, size = looks
    page = sign_in("developer")
    page.set_viewport_size(size)
    page.emulate_media(reduced_motion="reduce")
    context.add_cookies([{"name": "portico_theme", "value": theme, "url": portal.url}])
    filled = "cluster=prod-1&namespace=web&service=shop&host=shop.example.com&scheme=https&secret=shop-tls&path_1=/b"
    page.goto(f"{portal.url}/exposures/?q=handbook")
    exposure = page.locator("tbody a").first.get_attribute("href")
    addresses = ["/exposures/", f"/exposures/new/?{filled}", exposure]
    addresses += [f"{exposure}{tab}/" for tab in ("manifest", "history", "requests", "events", "edit", "delete")]
    for address in addresses:
        page.goto(portal.url + address, wait_until="networkidle")
        assert (address, axe_findings(page)) == (address, [])
        assert (address, page.evaluate("document.documentElement.scrollWidth")) == (address, size["width"])

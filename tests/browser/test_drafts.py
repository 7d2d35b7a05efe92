"""Drafts in a browser: nothing that was typed is lost, whatever happens to the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from demo.plan import PASSWORD
from tests.browser.exposure_form import ExposureFormPage, unused_name


@pytest.fixture
def form(portal, sign_in):
    return ExposureFormPage(portal, sign_in("developer")).open()


def end_session(page):
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page):
    page.get_by_label("User name").fill("developer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def second_window(form):
    """The same person in another tab of the same browser, on the same page."""
    return ExposureFormPage(form.portal, form.page.context.new_page()).open(form.draft())


def test_reload_goes_on_with_what_was_typed(form):
    name = unused_name("reloaded")
    form.choose("dev-1", "shop").name.fill(name)
    form.reason.fill("Typed before the reload.")
    form.wait_until_saved()
    expect(form.outcome).to_contain_text(f"http://{name}.dev.localhost")
    form.page.reload()
    expect(form.name).to_have_value(name)
    expect(form.reason).to_have_value("Typed before the reload.")
    expect(form.section("what").locator(".sec-sum")).to_contain_text("shop : http")


def test_tab_closed_while_typing_leaves_a_draft_that_home_and_the_list_offer(form):
    name = unused_name("closed")
    form.choose("dev-1", "shop").name.fill(name)
    form.draft()
    context = form.page.context
    form.page.close(run_before_unload=True)
    later = ExposureFormPage(form.portal, context.new_page()).open("/")
    link = later.page.get_by_role("link", name=f"Continue: {name}.dev.localhost")
    expect(async_reload(later.page, link)).to_be_visible()
    later.open("/exposures/").page.get_by_role("link", name=f"Continue: {name}.dev.localhost").click()
    expect(later.name).to_have_value(name)
    later.open("/exposures/")
    later.page.get_by_role("button", name=f"Discard {name}.dev.localhost").click()
    expect(later.page.get_by_text(f"The draft “{name}.dev.localhost” was discarded.")).to_be_visible()
    expect(later.page.get_by_role("link", name=f"Continue: {name}.dev.localhost")).to_have_count(0)


def async_reload(page, link):
    """What a closed page sends on its way out may arrive after the next page was read."""
    if link.count() == 0:
        page.reload()
    return link


def test_language_switch_in_mid_form_keeps_what_was_typed(form):
    name = unused_name("language")
    form.choose("dev-1", "shop").name.fill(name)
    form.reason.fill("说明在这里")
    form.page.get_by_label("Language").click()
    form.page.get_by_role("button", name="简体中文").click()
    expect(form.page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(form.page.locator("#id_prefix")).to_have_value(name)
    expect(form.page.locator("#id_reason")).to_have_value("说明在这里")
    form.page.locator("summary[aria-label='语言']").click()
    form.page.get_by_role("button", name="English").click()
    expect(form.name).to_have_value(name)


def test_session_that_ends_before_publishing_costs_a_sign_in_and_nothing_else(form):
    name = unused_name("expired")
    form.choose("dev-1", "shop").name.fill(name)
    expect(form.outcome).to_contain_text("No approval needed.")
    form.wait_until_saved()
    end_session(form.page)
    form.reason.fill("为什么" * 500)
    form.submit.click()
    sign_in_again(form.page)
    expect(form.name).to_have_value(name)
    expect(form.reason).to_have_value("为什么" * 500)
    form.submit.click()
    expect(form.page.get_by_role("heading", level=1)).to_contain_text(f"{name}.dev.localhost")


def test_session_that_ends_while_typing_goes_on_after_signing_in_in_another_tab(form):
    form.choose("dev-1", "shop").name.fill(unused_name("first"))
    form.wait_until_saved()
    end_session(form.page)
    name = unused_name("second")
    form.name.fill(name)
    with form.page.context.expect_page() as opened:
        form.page.get_by_role("link", name="Sign in in a new tab").click()
    sign_in_again(opened.value)
    expect(opened.value.get_by_role("heading", name="Today")).to_be_visible()
    opened.value.close()
    form.page.bring_to_front()
    form.name.press("End")
    form.name.press_sequentially("x")
    expect(form.outcome).to_contain_text(f"http://{name}x.dev.localhost")
    form.page.reload()
    expect(form.name).to_have_value(f"{name}x")


def test_two_windows_with_drafts_of_their_own_do_not_meet(form):
    first, second = unused_name("mine"), unused_name("other")
    form.choose("dev-1", "shop").name.fill(first)
    form.wait_until_saved()
    beside = ExposureFormPage(form.portal, form.page.context.new_page()).open()
    beside.choose("dev-1", "docs").name.fill(second)
    beside.wait_until_saved()
    assert form.draft() != beside.draft()
    form.page.reload()
    expect(form.name).to_have_value(first)
    expect(form.page.get_by_text("changed in another window")).to_have_count(0)


def test_two_windows_with_one_draft_are_told_of_each_other_and_nothing_is_lost(form):
    first, second = unused_name("one"), unused_name("two")
    form.choose("dev-1", "shop").name.fill(unused_name("start"))
    form.wait_until_saved()
    expect(form.outcome).to_contain_text("No approval needed.")
    beside = second_window(form)
    form.name.fill(first)
    expect(form.outcome).to_contain_text(first)
    beside.change("name").name.fill(second)
    note = beside.page.get_by_text("This draft was changed in another window.")
    expect(note).to_be_visible()
    beside.page.get_by_role("button", name="Load it").click()
    expect(beside.name).to_have_value(first)
    expect(note).to_have_count(0)


def test_keeping_mine_settles_two_windows(form):
    mine = unused_name("kept")
    form.choose("dev-1", "shop").name.fill(unused_name("start"))
    form.wait_until_saved()
    expect(form.outcome).to_contain_text("No approval needed.")
    beside = second_window(form)
    form.name.fill(unused_name("lost"))
    expect(form.outcome).to_contain_text("lost-")
    beside.change("name").name.fill(mine)
    beside.page.get_by_role("button", name="Keep mine").click()
    expect(beside.page.get_by_text("This draft was changed in another window.")).to_have_count(0)
    beside.page.reload()
    expect(beside.name).to_have_value(mine)


def test_back_after_publishing_says_what_became_of_the_draft(form):
    name = unused_name("sent")
    form.choose("dev-1", "shop").name.fill(name)
    expect(form.outcome).to_contain_text("No approval needed.")
    form.submit.click()
    heading = form.page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(f"{name}.dev.localhost")
    form.page.go_back()
    expect(form.page.get_by_text("That draft was sent.")).to_be_visible()
    expect(form.page.locator("#section-where")).to_be_visible()
    form.page.get_by_role("link", name="Show the exposure").click()
    expect(heading).to_contain_text(f"{name}.dev.localhost")
    form.open("/exposures/")
    expect(form.page.get_by_role("link", name=re.compile(f"Continue: {name}"))).to_have_count(0)

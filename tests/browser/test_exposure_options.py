"""Options in the exposure form, in a browser: unfolded, checked while typed, shown in the manifest, and obeyed."""

import re
from contextlib import closing
from http.client import HTTPConnection

import pytest
from playwright.sync_api import expect

from tests.browser.exposure_form import ExposureFormPage, unused_name


@pytest.fixture
def developer(portal, sign_in):
    """A new exposure of dev-1, shop, with the options unfolded."""
    form = ExposureFormPage(portal, sign_in("developer")).open().choose("dev-1", "shop").change("how")
    form.page.get_by_text("Options", exact=True).click()
    return form.page


def test_option_is_checked_while_typed_and_stands_in_the_manifest(developer, axe_findings):
    developer.get_by_label("Name", exact=True).press_sequentially("options-typed")
    networks = developer.get_by_label("Allowed networks")
    networks.press_sequentially("10.0.0.0/8;")
    expect(developer.locator("#outcome")).to_contain_text("is no network")
    networks.press("Backspace")
    expect(developer.locator("#outcome")).to_contain_text("No approval needed.")
    expect(developer.locator("#outcome .code")).to_contain_text("sandbox.portico.dev/allow-networks")
    expect(networks).to_have_value("10.0.0.0/8")
    assert axe_findings(developer) == []


def test_allow_list_is_obeyed_once_it_is_live(portal, developer):
    name = unused_name("options-live")
    developer.get_by_label("Name", exact=True).press_sequentially(name)
    developer.get_by_label("Allowed networks").fill("10.0.0.0/8")
    expect(developer.locator("#outcome .code")).to_contain_text("10.0.0.0/8")
    developer.get_by_role("button", name="Publish").click()
    expect(developer.locator("#exposure-head")).to_contain_text("Serving")
    with closing(HTTPConnection("127.0.0.1", portal.router_port, timeout=5)) as visitor:
        visitor.request("GET", "/", headers={"Host": f"{name}.dev.localhost"})
        assert visitor.getresponse().status == 403


def test_fold_stays_open_when_its_part_arrives_anew(developer):
    for service in ("docs", "shop"):
        developer.get_by_role("button", name="Change What").click()
        developer.get_by_role("radio", name=re.compile(f"^{service} ")).click()
        expect(developer.locator("#section-what .sec-sum")).to_contain_text(f"{service} : ")
    expect(developer.get_by_label("Allowed networks")).to_be_visible()


def test_class_decides_which_options_there_are(developer):
    expect(developer.get_by_label("Rewrite the path to")).to_be_visible()
    expect(developer.get_by_label("Time to answer")).to_have_count(0)

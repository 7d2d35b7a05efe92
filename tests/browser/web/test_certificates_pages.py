"""The pages about certificates in a real browser: without scripts, on a phone, and free of accessibility findings."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.clusters.models import Cluster
from tests import factories
from tests.browser.sessions import faults_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SIGHTS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
PATHS = [
    "/certificates/",
    "/certificates/?q=nothing-has-this-name",
    "/certificates/upload/",
    "/certificates/dev-1/web/shop-tls/",
    "/certificates/dev-1/web/torn-tls/",
    "/certificates/dev-1/web/shop-tls/retire/",
    "/certificates/dev-1/web/shop-tls/move/",
    "/certificates/others/",
    "/certificates/troubles/",
    "/certificates/defaults/",
    "/certificates/defaults/dev-1/",
    "/certificates/authorities/",
]


@pytest.fixture
def address(live_server: Any) -> str:
    """The address of the product, with certificates in every bucket, one of them used and warned of."""
    team = factories.make_team("web")
    factories.make_user("ada", team=team, is_platform_admin=True)
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_namespace(cluster)
    names = [f"{word}.with-a-rather-long-name.shop.example.com" for word in ("www", "api", "img")]
    factories.make_secret(cluster, subject_names=["shop.example.com", *names], warnings=["missing_intermediate"])
    now = timezone.now()
    for days in (20, 5, -3):
        until = now + timedelta(days=days)
        factories.make_secret(cluster, f"left-{days}-tls", not_before=until - timedelta(days=90), not_after=until)
    reasons = [{"code": "unparsable", "message": "", "hint": ""}]
    nothing: dict[str, Any] = {"subject_names": [], "not_before": None, "not_after": None, "fingerprint_sha256": ""}
    factories.make_secret(cluster, "torn-tls", usable=False, reasons=reasons, **nothing)
    exposure = factories.make_exposure(cluster, team, host="shop.example.com")
    spec = factories.spec_json(exposure.host, tls={"secret_name": "shop-tls"})
    exposure.live_revision = exposure.desired_revision = factories.make_revision(exposure, spec=spec)
    exposure.save()
    return str(live_server.url)


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_pages_have_no_accessibility_findings(
    browser: Browser, address: str, axe_findings: Callable[[Page], list[str]], width: int, scheme: Any
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, address, "ada", "/certificates/")
    found = faults_of(page, address, PATHS, axe_findings)
    page.close()
    assert (found, complaints) == ([], [])


def test_list_is_narrowed_and_opened_without_scripts(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    sign_in(page, address, "ada", "/certificates/")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("left--3-tls")
    page.get_by_role("link", name="Last tenth · 1").click()
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox", name="Search certificates").fill("nothing-has-this-name")
    page.get_by_role("searchbox", name="Search certificates").press("Enter")
    page.get_by_role("link", name="Clear the filters").click()
    page.get_by_role("link", name="shop-tls", exact=True).click()
    expect(page.locator("#uses")).to_contain_text("shop.example.com")
    page.close()


def test_refused_upload_without_scripts_names_what_is_missing_and_forgets_the_pair(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(java_script_enabled=False)
    sign_in(page, address, "ada", "/certificates/upload/?name=shop-tls")
    page.get_by_label("Certificate chain", exact=True).fill("not a certificate")
    page.get_by_role("button", name="Check and upload").click()
    expect(page.get_by_role("alert")).to_contain_text("Paste the private key or choose its file.")
    expect(page.get_by_label("Certificate chain", exact=True)).to_have_value("")
    expect(page.get_by_label("Name", exact=True)).to_have_value("shop-tls")
    page.close()


def test_picker_is_searched_on_the_server_and_left_by_keyboard(browser: Browser, address: str) -> None:
    cluster = Cluster.objects.get()
    now = timezone.now()
    for number in range(12):
        until = now + timedelta(days=100 + number)
        factories.make_secret(cluster, f"many-{number:02}-tls", subject_names=["api.example.com"], not_after=until)
    factories.make_service(cluster)
    page = browser.new_page()
    chosen = "cluster=dev-1&namespace=web&service=shop&port=http&host_kind=custom&host=api.example.com&scheme=https"
    sign_in(page, address, "ada", "/certificates/")
    page.goto(f"{address}/exposures/new/?{chosen}")
    page.get_by_role("button", name="Change How").click()
    rows = page.locator("#certificate-rows > label")
    expect(rows).to_have_count(6)
    expect(page.locator("input[name=secret]:checked")).to_have_value("many-11-tls")
    search = page.get_by_role("searchbox", name="Search 17 certificates by name, host or issuer")
    search.fill("many-03")
    expect(rows).to_have_count(2)
    search.press("Enter")
    search.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("many-11-tls"))).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=secret]:checked")).to_have_value("many-03-tls")
    expect(page.locator("#outcome")).to_contain_text("many-03-tls")
    page.close()

"""What was changed outside, in a browser: seen, taken back with one click, adopted by a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from apps.exposures.models import Exposure
from sandbox.server import SandboxServer
from tests.factories.people import PASSWORD
from tests.integration.sandboxes import ingress, put
from tests.integration.scenes import Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(live_server: Any) -> Iterator[Scene]:
    with SandboxServer(clusters=["dev-1"]) as server:
        yield make_scene(server["dev-1"])


@pytest.fixture
def exposure(scene: Scene) -> Exposure:
    """Live, and changed with kubectl since."""
    exposure = scene.publish()
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/new", ingressClassName="traefik"))
    return exposure


def open_drift(page: Page, address: str, exposure: Exposure) -> None:
    page.goto(f"{address}/accounts/login/?next=/exposures/{exposure.pk}/drift/")
    page.get_by_label("User name").fill("developer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_developer_takes_it_back(quiet_page: Page, live_server: Any, exposure: Exposure) -> None:
    page = quiet_page
    open_drift(page, live_server.url, exposure)
    expect(page.get_by_role("cell", name="spec.rules.0.http.paths.0.path")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#exposure-head").get_by_text("Applying").first).to_be_visible()
    run_delivery(Delivery.objects.get().pk)
    expect(page.locator("#exposure-head").get_by_text("In sync")).to_be_visible()
    page.get_by_role("link", name="Events").click()
    expect(page.get_by_text("took back what was changed of")).to_be_visible()


def test_developer_asks_to_adopt_it(quiet_page: Page, live_server: Any, exposure: Exposure) -> None:
    page = quiet_page
    open_drift(page, live_server.url, exposure)
    page.get_by_label("Reason").fill("The path moved.")
    page.get_by_role("button", name="Ask to adopt it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Change shop.dev.example.net")
    expect(page.get_by_role("row", name="Backend of /new")).to_be_visible()


@pytest.mark.parametrize("sight", [(1440, "light"), (390, "dark")])
def test_pages_have_no_accessibility_findings(
    browser: Browser,
    live_server: Any,
    exposure: Exposure,
    axe_findings: Callable[[Page], list[str]],
    sight: tuple[int, Any],
) -> None:
    request = exposure.change_requests.get()
    page = browser.new_page(viewport={"width": sight[0], "height": 900}, color_scheme=sight[1])
    open_drift(page, live_server.url, exposure)
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    found = {"drift": axe_findings(page)}
    tabs = [f"/requests/{request.pk}/{tab}/" for tab in ("manifest", "checks", "activity")]
    for path in ("/exposures/?state=drift", f"/exposures/{exposure.pk}/", f"/exposures/{exposure.pk}/events/", *tabs):
        page.goto(live_server.url + path)
        found[path] = axe_findings(page)
    page.close()
    assert found == {path: [] for path in found}


def test_filters_are_kept_under_a_name(quiet_page: Page, live_server: Any, exposure: Exposure) -> None:
    page = quiet_page
    open_drift(page, live_server.url, exposure)
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    page.goto(f"{live_server.url}/exposures/?state=drift")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name of the view").fill("Drifted")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The view Drifted was saved.")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Drifted").click()
    page.locator(".saved summary").click()
    page.get_by_label("Name", exact=True).fill("Changed outside")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(".saved summary")).to_contain_text("Changed outside")
    page.locator(".saved summary").click()
    page.get_by_role("button", name="Delete this view").click()
    expect(page.get_by_text("The view Changed outside was deleted.")).to_be_visible()
    expect(page.get_by_text("Save this view")).to_be_visible()


def test_printed_request_is_a_clean_light_sheet(browser: Browser, live_server: Any, exposure: Exposure) -> None:
    request = exposure.change_requests.get()
    page = browser.new_page(color_scheme="dark")
    open_drift(page, live_server.url, exposure)
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    page.goto(f"{live_server.url}/requests/{request.pk}/")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name="All activity")).to_be_visible()
    expect(page.locator(".print-only").get_by_text("kind: Ingress")).to_be_visible()
    for hidden in ("nav.rail", "header.bar", ".tabs", "#decision", "#history"):
        expect(page.locator(hidden)).to_be_hidden()
    surface = page.locator(".card").first.evaluate("card => getComputedStyle(card).backgroundColor")
    page.close()
    assert surface == "rgb(255, 255, 255)"

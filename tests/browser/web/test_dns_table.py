"""The record table in a browser: accessible in every theme, whole on a phone, checked again without a reload."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser.sessions import give_session
from tests.unit.domains.dns.conftest import serve
from tests.unit.domains.dns.responder import zone

__all__ = ["serve"]

HOST = "shop.example.com"
SIGHTS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture
def exposure(transactional_db):
    team = factories.make_team("web")
    cluster = factories.make_cluster(entry={"addresses": ["10.0.0.10", "10.0.0.11"]})
    factories.make_grant(team)
    exposure = factories.make_exposure(cluster, team, host=HOST)
    factories.make_revision(exposure)
    return exposure


@pytest.fixture(autouse=True)
def name_server(settings, serve):
    """Knows a chain to one of the entry's addresses, and a CAA record."""
    records = [f"{HOST} 300 CNAME in.example.net.", "in.example.net 60 A 10.0.0.10"]
    responder = serve(zone(*records, 'example.com 60 CAA 0 issue "ca.example.net"'))
    settings.PORTICO_RESOLVERS = f"127.0.0.1:{responder.server.port}"


@pytest.fixture
def opened(exposure, live_server, client, context, quiet_page):
    """The exposure's page, as its developer sees it in a theme."""

    def open_page(theme="light"):
        give_session(context, client, live_server.url, factories.make_user("ada", team=exposure.team, theme=theme))
        context.add_cookies([{"name": "portico_theme", "value": theme, "url": live_server.url}])
        quiet_page.goto(live_server.url + reverse("web:exposure_detail", args=[exposure.pk]))
        return quiet_page

    return open_page


def test_host_is_checked_again_without_a_reload(opened):
    page = opened()
    card = page.locator("#dns")
    expect(card).to_contain_text("Not checked yet.")
    page.evaluate("window.sameDocument = true")
    card.get_by_role("button", name="Check again").click()
    expect(card).to_contain_text(f"{HOST} resolves to the cluster's entry, but not to 10.0.0.11 of it.")
    expect(card).to_contain_text(f"{HOST} → in.example.net (300 s) → 10.0.0.10")
    expect(card).to_contain_text("The CAA records of example.com allow certificates from ca.example.net only.")
    assert page.evaluate("window.sameDocument") is True


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: f"{sight[0]}-{sight[1]}")
def test_table_has_no_findings_and_fits(opened, axe_findings, sight):
    width, theme = sight
    page = opened(theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("#dns").get_by_role("button", name="Check again").click()
    expect(page.locator("#dns")).to_contain_text("in.example.net")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width

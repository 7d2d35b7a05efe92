"""The pages of names in a browser: accessible in every theme, whole on a phone, and good without JavaScript."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from apps.exposures.models import HostShare
from tests import factories
from tests.browser.sessions import give_session

SIGHTS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
TAKEN = "ledger.example.org"
PAGES = {
    "web:domain_list": "",
    "web:claim_list": "",
    "web:reserved_list": "",
    "web:host_lookup": f"?host={TAKEN}",
}


@pytest.fixture
def names(transactional_db):
    """Two teams with zones and hosts, one of them lent to the other, two pools, reserved names."""
    web, pay = factories.make_team("web", contact="#team-web"), factories.make_team("pay", contact="#team-pay")
    network = factories.make_approver_group("network")
    cluster = factories.make_cluster(entry={"addresses": ["10.0.0.10", "entry.example.net"]})
    factories.make_cluster("test-1", environment="test")
    factories.make_grant(web)
    for team, zone, host in ((web, "example.com", "shop.example.com"), (pay, "example.org", TAKEN)):
        factories.make_zone(team, network, zone)
        factories.make_host_claim(team, host)
    factories.make_exposure(cluster, web, host="shop.example.com")
    guest = factories.make_exposure(cluster, web, host=TAKEN)
    HostShare.objects.create(
        exposure=guest,
        owner=pay,
        paths=[{"path": "/shop", "path_type": "Prefix"}],
        request_id=factories.make_change_request(guest).pk,
        granted_at=timezone.now(),
    )
    factories.make_reserved_host()
    factories.make_reserved_host("*.internal.example.com", reason="Kept for the platform’s own services.")
    return web


@pytest.fixture
def as_user(live_server, client, context):
    """Gives the browser the session of a person, and a theme."""

    def signed_in(user, theme="light"):
        give_session(context, client, live_server.url, user)
        context.add_cookies([{"name": "portico_theme", "value": theme, "url": live_server.url}])

    return signed_in


@pytest.fixture(params=SIGHTS, ids=lambda sight: f"{sight[0]}-{sight[1]}")
def sight(request, names, as_user, quiet_page):
    """A platform admin's page in a size and a theme; gives its width."""
    width, theme = request.param
    as_user(factories.make_platform_admin("platform", theme=theme), theme)
    quiet_page.set_viewport_size({"width": width, "height": 900})
    return width


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_findings_and_fit(sight, live_server, quiet_page, axe_findings, name):
    quiet_page.goto(live_server.url + reverse(name) + PAGES[name], wait_until="networkidle")
    assert axe_findings(quiet_page) == []
    assert quiet_page.evaluate("document.documentElement.scrollWidth") == sight


def test_developer_looks_up_who_has_a_name(names, as_user, live_server, quiet_page):
    as_user(factories.make_user("ada", team=names))
    quiet_page.goto(live_server.url + reverse("web:domain_list"))
    quiet_page.get_by_role("link", name="Who has this name?").click()
    quiet_page.get_by_label("Host", exact=True).fill("Ledger.example.ORG")
    quiet_page.get_by_role("button", name="Look up").click()
    answer = quiet_page.locator("#answer")
    expect(answer.get_by_role("heading", name=TAKEN)).to_be_visible()
    expect(answer).to_contain_text("#team-pay")
    expect(answer.get_by_role("link")).to_have_count(0)


def test_zone_is_granted_and_revoked_without_javascript(names, browser, client, live_server):
    plain = browser.new_context(java_script_enabled=False)
    give_session(plain, client, live_server.url, factories.make_platform_admin("platform"))
    page = plain.new_page()
    page.goto(live_server.url + reverse("web:domain_list"))
    page.get_by_label("Domain", exact=True).fill("co.uk")
    page.get_by_label("Team", exact=True).select_option("web")
    page.get_by_label("Approved by", exact=True).select_option("network")
    page.get_by_role("button", name="Grant zone").click()
    expect(page.locator(".invalid-feedback")).to_contain_text("co.uk is a public suffix")
    page.get_by_label("Domain", exact=True).fill("example.co.uk")
    page.get_by_role("button", name="Grant zone").click()
    page.get_by_role("link", name="Revoke example.co.uk of team web").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("cell", name="example.co.uk", exact=True)).to_have_count(0)
    plain.close()

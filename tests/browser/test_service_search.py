"""Many clusters and many services: searched by name, chosen, and nothing else of the form is touched."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import factories
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_cluster_and_service_are_found_by_a_part_of_their_names(quiet_page: Page, live_server: Any) -> None:
    team = factories.make_team("web")
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_namespace(cluster)
    factories.make_ingress_class(cluster)
    for number in range(60):
        factories.make_service(cluster, f"backend-{number:02}")
    factories.make_service(cluster, "s" * 60)
    for number in range(20):
        factories.make_grant(team, factories.make_cluster(f"other-{number:02}").name)
    factories.make_user("developer", team=team)
    page = quiet_page
    page.goto(f"{live_server.url}/accounts/login/?next=/exposures/new/")
    page.get_by_label("User name").fill("developer")
    page.get_by_label("Password").fill(PASSWORD)
    late: list[Route] = []

    def delay(route: Route) -> None:
        late.append(route)

    page.route("**/js/sections*.js", delay)
    page.get_by_role("button", name="Sign in").click()
    clusters = page.get_by_role("group", name="Cluster").get_by_role("radio")
    page.get_by_role("searchbox", name="Search clusters").fill("DEV-1")
    # The network is slower than the person.
    expect(clusters).to_have_count(21)
    late.pop().continue_()
    expect(clusters).to_have_count(1)
    clusters.click()
    rows = page.get_by_role("group", name="Service").get_by_role("radio")
    expect(rows).to_have_count(61)
    search = page.get_by_role("searchbox", name="Search services")
    search.press_sequentially("no-such")
    expect(page.get_by_text("No service has this in its name.")).to_be_visible()
    search.fill("-17")
    expect(rows).to_have_count(1)
    search.press("Enter")
    expect(page.get_by_role("heading", name="New exposure")).to_be_visible()
    rows.click()
    expect(page.locator("#section-what .sec-sum")).to_contain_text("backend-17 : http")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()

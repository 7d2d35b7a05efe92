"""Clusters in a real browser: registering with a failing and then a good kubeconfig, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.clusters.models import Cluster
from apps.clusters.services import check_cluster
from sandbox.server import SandboxCluster, SandboxServer
from tests import factories
from tests.browser.sessions import sign_in
from tests.integration.scenes import make_scene

pytestmark = pytest.mark.django_db(transaction=True)

SIGHTS = [(1440, "light"), (390, "dark")]


@pytest.fixture
def sandbox() -> Iterator[SandboxCluster]:
    with SandboxServer(clusters=["dev-1"]) as server:
        yield server["dev-1"]


def test_register_with_a_failing_and_then_a_good_kubeconfig(
    quiet_page: Page, live_server: Any, sandbox: SandboxCluster
) -> None:
    factories.make_platform_admin("platform")
    page = quiet_page
    sign_in(page, live_server.url, "platform", "/clusters/")
    page.get_by_role("link", name="Register a cluster").first.click()
    page.get_by_label("Kubeconfig").fill(sandbox.kubeconfig(token="revoked-long-ago"))
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#test-outcome").get_by_text("It does not work yet")).to_be_visible()
    expect(page.get_by_text("make a new one with")).to_be_visible()

    page.get_by_label("Kubeconfig").fill(sandbox.kubeconfig())
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#test-outcome").get_by_text("It works, with warnings")).to_be_visible()

    page.get_by_label("Name", exact=True).fill("Not A Name")
    page.get_by_label("Wildcard domain").fill("dev.example.net")
    page.get_by_role("button", name="Register cluster").click()
    expect(page.locator("#field-name").get_by_text("This is not a name for a cluster.")).to_be_visible()
    expect(page.get_by_label("Kubeconfig")).to_have_value(sandbox.kubeconfig())
    expect(page.get_by_label("Wildcard domain")).to_have_value("dev.example.net")

    page.get_by_label("Name", exact=True).fill("dev-1")
    page.get_by_role("button", name="Register cluster").click()
    expect(page.get_by_role("heading", name="dev-1", level=1)).to_be_visible()
    assert Cluster.objects.get().is_reachable


def test_register_lets_one_choose_among_several_contexts(quiet_page: Page, live_server: Any) -> None:
    factories.make_platform_admin("platform")
    page = quiet_page
    with SandboxServer(clusters=["dev-1", "dev-2"]) as server:
        sign_in(page, live_server.url, "platform", "/clusters/register/")
        page.get_by_label("Kubeconfig").fill(server.kubeconfig())
        page.get_by_role("button", name="Test connection").click()
        page.get_by_role("radio", name="dev-2").check()
        page.get_by_role("button", name="Test connection").click()
        expect(page.locator("#test-outcome").get_by_text("It works, with warnings")).to_be_visible()
        expect(page.get_by_role("radio", name="dev-2")).to_be_checked()


def test_retire_wants_the_name_typed(quiet_page: Page, live_server: Any) -> None:
    factories.make_platform_admin("platform")
    factories.make_cluster("old-1")
    page = quiet_page
    sign_in(page, live_server.url, "platform", "/clusters/old-1/")
    page.get_by_label("More").click()
    page.get_by_role("link", name="Retire…").click()
    page.get_by_label("Name of the cluster").fill("old-2")
    page.get_by_role("button", name="Retire cluster").click()
    expect(page.get_by_text("This is not the name of the cluster.").first).to_be_visible()
    page.get_by_label("Name of the cluster").fill("old-1")
    page.get_by_role("button", name="Retire cluster").click()
    expect(page.get_by_text("old-1 was retired and its credential deleted.")).to_be_visible()


@pytest.mark.parametrize("sight", SIGHTS)
def test_pages_have_no_accessibility_findings(
    browser: Browser,
    live_server: Any,
    sandbox: SandboxCluster,
    axe_findings: Callable[[Page], list[str]],
    sight: tuple[int, Any],
) -> None:
    check_cluster(cluster=make_scene(sandbox).cluster)
    factories.make_platform_admin("platform")
    factories.make_cluster("test-1", reachable=False, environment="test")
    page = browser.new_page(viewport={"width": sight[0], "height": 900}, color_scheme=sight[1])
    sign_in(page, live_server.url, "platform", "/")
    found = {"/": axe_findings(page)}
    actions = [f"/clusters/dev-1/{name}/" for name in ("edit", "pause", "rekey", "retire")]
    for path in ("/clusters/", "/clusters/dev-1/", "/clusters/test-1/", "/clusters/register/", *actions, "/audit/"):
        page.goto(live_server.url + path)
        found[path] = axe_findings(page)
    page.close()
    assert found == {path: [] for path in found}

"""What speaks against a wildcard domain, through the service that sets it."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.clusters.services import update_cluster
from apps.common.errors import Conflict, PolicyViolation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return factories.make_platform_admin()


@pytest.fixture
def cluster() -> Cluster:
    return factories.make_cluster("prod-1", environment="prod", entry={"addresses": ["entry.example.net"]})


def refusal(admin: User, cluster: Cluster, domain: str) -> tuple[str, str, str]:
    """Code, field and message of the first objection."""
    with pytest.raises(PolicyViolation) as caught:
        update_cluster(by=admin, cluster=cluster, wildcard_domain=domain)
    cluster.refresh_from_db()
    assert cluster.wildcard_domain == ""
    [violation] = caught.value.errors
    assert violation.hint
    return violation.code, violation.field, violation.message


@pytest.mark.parametrize("domain", ["co.uk", "github.io", "com.cn"])
def test_public_suffix_is_nobodys_pool(admin: User, cluster: Cluster, domain: str) -> None:
    message = f"{domain} is a public suffix: anybody can register a name under it."
    assert refusal(admin, cluster, domain) == ("public_suffix", "wildcard_domain", message)


@pytest.mark.parametrize(
    ("pattern", "domain"),
    [
        ("apps.example.com", "apps.example.com"),
        ("*.apps.example.com", "apps.example.com"),
        ("*.example.com", "apps.example.com"),
    ],
)
def test_reserved_name_is_no_pool(admin: User, cluster: Cluster, pattern: str, domain: str) -> None:
    factories.make_reserved_host(pattern, reason="Kept for later.")
    message = "apps.example.com is reserved: Kept for later."
    assert refusal(admin, cluster, domain) == ("host_reserved", "wildcard_domain", message)


def test_single_reserved_name_inside_does_not_forbid_the_pool(admin: User, cluster: Cluster) -> None:
    factories.make_reserved_host("www.apps.example.com")
    assert update_cluster(by=admin, cluster=cluster, wildcard_domain="apps.example.com").wildcard_domain


def test_portal_itself_is_no_pool(admin: User, cluster: Cluster, settings) -> None:
    settings.PORTICO_URL = "https://portal.example.com"
    assert refusal(admin, cluster, "portal.example.com")[0] == "host_reserved"


def test_entry_of_another_cluster_is_no_pool(admin: User, cluster: Cluster) -> None:
    factories.make_cluster("test-1", environment="test", wildcard_domain="", entry={"addresses": ["in.example.com"]})
    assert refusal(admin, cluster, "in.example.com")[0] == "host_reserved"


def test_forged_international_name_is_no_pool(admin: User, cluster: Cluster) -> None:
    assert refusal(admin, cluster, "xn--a.example.com")[:2] == ("host_invalid", "wildcard_domain")


def test_hosts_of_teams_are_not_swallowed_and_are_named(admin: User, cluster: Cluster) -> None:
    web, pay = factories.make_team("web"), factories.make_team("pay")
    factories.make_host_claim(web, "shop.apps.example.com")
    factories.make_host_claim(pay, "a.b.apps.example.com")
    factories.make_host_claim(pay, "myapps.example.com")

    assert refusal(admin, cluster, "apps.example.com") == (
        "hosts_claimed",
        "wildcard_domain",
        "Teams hold hosts under apps.example.com already: a.b.apps.example.com (pay), shop.apps.example.com (web).",
    )


def test_of_many_hosts_the_first_are_named(admin: User, cluster: Cluster) -> None:
    web = factories.make_team("web")
    for number in range(7):
        factories.make_host_claim(web, f"h{number}.apps.example.com")
    message = refusal(admin, cluster, "apps.example.com")[2]
    assert message.endswith("h4.apps.example.com (web) ….")


@pytest.mark.parametrize(("tls", "refused"), [(None, False), ({"secret_name": "shop-tls"}, True)])
def test_domain_that_was_changed_by_mistake_can_be_set_back(
    admin: User, cluster: Cluster, tls: dict[str, str] | None, refused: bool
) -> None:
    web = factories.make_team("web")
    factories.make_host_claim(web, "shop.apps.example.com")
    exposure = factories.make_exposure(cluster, web, host="shop.apps.example.com")
    spec = factories.spec_json("shop.apps.example.com", tls=tls)
    exposure.live_revision = factories.make_revision(exposure, spec=spec)
    exposure.save()

    if refused:
        assert refusal(admin, cluster, "apps.example.com")[0] == "hosts_claimed"
    else:
        assert update_cluster(by=admin, cluster=cluster, wildcard_domain="apps.example.com").wildcard_domain


@pytest.mark.parametrize("domain", ["a.dev.example.net", "example.net", "a.b.dev.example.net"])
def test_domain_inside_or_around_that_of_another_cluster_is_refused(admin: User, cluster: Cluster, domain: str) -> None:
    factories.make_cluster()

    with pytest.raises(Conflict) as caught:
        update_cluster(by=admin, cluster=cluster, wildcard_domain=domain)

    assert caught.value.code == "wildcard_domain_overlaps"
    [error] = caught.value.errors
    assert error.message == "The wildcard domain overlaps dev.example.net of cluster dev-1."


@pytest.mark.parametrize("domain", ["mydev.example.net", "dev2.example.net", "dev.example.org"])
def test_domain_beside_that_of_another_cluster_is_fine(admin: User, cluster: Cluster, domain: str) -> None:
    factories.make_cluster()
    assert update_cluster(by=admin, cluster=cluster, wildcard_domain=domain).wildcard_domain == domain


def test_what_stands_already_is_not_asked_again(admin: User) -> None:
    cluster = factories.make_cluster()
    factories.make_host_claim(factories.make_team("web"), "shop.dev.example.net")

    changed = update_cluster(by=admin, cluster=cluster, wildcard_domain="dev.example.net", environment="test")

    assert changed.environment == "test"

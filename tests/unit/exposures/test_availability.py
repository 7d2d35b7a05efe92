"""Whether a person could have a host, as a table over what is there."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.common.errors import PolicyViolation
from apps.exposures.availability import read_availability
from tests import factories

pytestmark = pytest.mark.django_db
SHARED = {"addresses": ["10.0.0.10"], "http_port": 80, "https_port": 443}


@pytest.fixture
def cluster() -> Cluster:
    return factories.make_cluster(entry=SHARED)


@pytest.fixture
def developer(cluster: Cluster) -> User:
    """Of team web, which has a namespace on dev-1 and the zone example.com; pay has another namespace."""
    web = factories.make_team("web")
    factories.make_grant(web)
    factories.make_grant(factories.make_team("pay", contact="#pay"), namespace="pay")
    factories.make_zone(web, factories.make_approver_group())
    return factories.make_user("ada", team=web)


@pytest.mark.parametrize(
    ("host", "state", "needs_approval"),
    [
        ("shop.dev.example.net", "free", False),
        (" SHOP.dev.example.net. ", "free", False),
        ("shop.example.com", "free", True),
        ("a.shop.dev.example.net", "not_allowed", True),
        ("shop.example.org", "not_allowed", True),
        ("dev.example.net", "reserved", True),
        ("co.uk", "reserved", True),
    ],
)
def test_availability_of_what_nobody_has(developer: User, host: str, state: str, needs_approval: bool) -> None:
    found = read_availability(developer, host)
    assert (found.state, found.needs_approval, found.conflicts, found.owner) == (state, needs_approval, [], None)


@pytest.mark.parametrize("text", ["", "*.example.com", "shop", "10.0.0.1", "a b.example.com"])
def test_availability_of_what_is_no_host(developer: User, text: str) -> None:
    with pytest.raises(PolicyViolation) as refused:
        read_availability(developer, text)
    assert [error.code for error in refused.value.errors] == ["host_invalid"]


@pytest.mark.parametrize(("seen", "kind"), [("shop.example.com", "live_object"), ("*.example.com", "wildcard")])
def test_host_of_another_team_tells_the_contact_and_nothing_else(
    cluster: Cluster, developer: User, seen: str, kind: str
) -> None:
    factories.make_ingress(cluster, seen, namespace="pay")
    found = read_availability(developer, "shop.example.com")
    assert (found.state, found.owner) == ("taken", {"team": "pay", "contact": "#pay"})
    [conflict] = found.conflicts
    assert (conflict["kind"], conflict["path"], conflict["exposure"]) == (kind, None, None)


def test_own_host_is_taken_where_it_is_exposed_and_behind_the_same_entry(cluster: Cluster, developer: User) -> None:
    team = developer.memberships.get().team
    beside = factories.make_cluster("test-1", environment="test", entry=SHARED)
    apart = factories.make_cluster("prod-1", environment="prod", entry={"addresses": ["10.0.0.99"]})
    factories.make_exposure(cluster, team, host="shop.example.com")
    factories.make_host_claim(team, "shop.example.com")
    states = {one.name: read_availability(developer, "shop.example.com", cluster=one).state for one in (beside, apart)}
    assert states == {"test-1": "taken", "prod-1": "free"}
    assert read_availability(developer, "shop.example.com", cluster=cluster).state == "taken"
    assert read_availability(developer, "shop.example.com").state == "free"


def test_own_wildcard_leaves_the_names_under_it_free(cluster: Cluster, developer: User) -> None:
    factories.make_ingress(cluster, "*.example.com", namespace="web")
    assert read_availability(developer, "shop.example.com", cluster=cluster).state == "free"

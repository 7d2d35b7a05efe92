"""What the preflight looks at beside the spec, gathered from rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Team
from apps.clusters.models import Cluster
from apps.domains.models import NameCheck
from apps.exposures.policies import Circumstances
from apps.exposures.policies.circumstances import Limit
from apps.exposures.selectors import gather_facts
from apps.exposures.spec import ExposureSpec, PathSpec
from tests import factories

pytestmark = pytest.mark.django_db
HOST = "shop.dev.example.net"


@pytest.fixture
def team() -> Team:
    return factories.make_team("web")


@pytest.fixture
def cluster(team: Team) -> Cluster:
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_namespace(cluster)
    factories.make_service(cluster)
    factories.make_ingress_class(cluster)
    return cluster


def around(cluster: Cluster, team: Team, host: str = HOST, **options: Any) -> Circumstances:
    spec = ExposureSpec(host, (PathSpec("/", "Prefix", "shop", "http"),))
    return gather_facts(cluster=cluster, namespace="web", team=team, spec=spec, **options).around


def test_reachable_unless_a_check_failed(cluster: Cluster, team: Team) -> None:
    never = factories.make_cluster("dev-2", reachable=None)
    away = factories.make_cluster("dev-3", reachable=False)
    assert [around(one, team).is_reachable for one in (cluster, never, away)] == [True, True, False]


def test_namespace_is_known_once_namespaces_were_read(cluster: Cluster, team: Team) -> None:
    assert around(cluster, team).has_namespace is True
    cluster.collections.filter(kind="Namespace").delete()
    assert around(cluster, team).has_namespace is None


def test_clusters_whose_ingresses_are_old_missing_or_failing_are_counted(cluster: Cluster, team: Team) -> None:
    now = timezone.now()
    factories.make_collection(factories.make_cluster("fresh"), "Ingress")
    factories.make_collection(factories.make_cluster("old"), "Ingress", observed_at=now - timedelta(hours=1))
    factories.make_collection(factories.make_cluster("failing"), "Ingress", error="Forbidden.")
    factories.make_cluster("never")
    factories.make_cluster("retired", retired_at=now)
    assert around(cluster, team).unread_clusters == 3


@pytest.mark.parametrize(
    ("class_name", "addresses", "expected"),
    [
        ("traefik", ["10.0.0.1"], True),
        ("", ["10.0.0.1"], True),
        ("nginx", ["10.0.0.1"], False),
        ("traefik", [], False),
    ],
)
def test_addresses_speak_for_the_controller_of_their_class(
    cluster: Cluster, team: Team, class_name: str, addresses: list[str], expected: bool
) -> None:
    factories.make_ingress(cluster, "other.example.com", ingress_class_name=class_name, addresses=addresses)
    assert around(cluster, team).has_addresses is expected


@pytest.mark.parametrize(("serving", "expected"), [("True", True), ("False", False), ("", False)])
def test_answering_hosts_speak_for_the_controller(cluster: Cluster, team: Team, serving: str, expected: bool) -> None:
    other = factories.make_exposure(cluster, team, host="other.dev.example.net", serving=serving)
    factories.make_ingress(cluster, other.host, exposure_id=other.pk)
    assert around(cluster, team).is_serving is expected


def test_dns_is_that_of_the_host_before_that_of_the_wildcard(cluster: Cluster, team: Team) -> None:
    found = {"status": "True", "reason": "PointsAtEntry", "message": "It does.", "hint": ""}
    now = timezone.now()
    checked = {"cluster": cluster, "checked_at": now, "due_at": now}
    assert around(cluster, team).name is None
    NameCheck.objects.create(name="*.dev.example.net", found=found, **checked)
    wildcard = around(cluster, team).name
    NameCheck.objects.create(name=HOST, found=found | {"status": "False"}, **checked)
    own = around(cluster, team).name
    assert wildcard is not None
    assert own is not None
    assert (wildcard.name, wildcard.status) == ("*.dev.example.net", "True")
    assert (own.name, own.status) == (HOST, "False")
    assert around(cluster, team, "shop.example.com").name is None


def test_limits_count_what_is_there_beside_the_exposure(cluster: Cluster, team: Team) -> None:
    Team.objects.update(exposure_limit=5)
    team.grants.update(exposure_limit=3)
    team.refresh_from_db()
    own = factories.make_exposure(cluster, team, host=HOST)
    factories.make_exposure(cluster, team, host="a.dev.example.net")
    factories.make_exposure(cluster, team, host="b.dev.example.net", namespace="other")
    factories.make_exposure(cluster, team, host="c.dev.example.net", deleted_at=timezone.now())
    assert (around(cluster, team).team_limit, around(cluster, team).namespace_limit) == (Limit(3, 5), Limit(2, 3))
    beside = around(cluster, team, exposure=own)
    assert (beside.team_limit, beside.namespace_limit) == (Limit(2, 5), Limit(1, 3))


def test_facts_cost_the_same_for_one_and_a_thousand_ingresses(
    cluster: Cluster, team: Team, django_assert_num_queries: Any
) -> None:
    factories.make_ingress(cluster, "first.example.com")
    with django_assert_num_queries(17):
        around(cluster, team)
    for number in range(50):
        factories.make_ingress(cluster, f"host-{number}.example.com", name=f"app-{number}")
    with django_assert_num_queries(17):
        around(cluster, team)

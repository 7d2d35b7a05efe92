"""Who uses a host, gathered from rows and live objects of all clusters."""

from __future__ import annotations

import pytest

from apps.exposures.host_uses import CANARY, SERVER_ALIAS, host_uses
from apps.exposures.policies import PathUse
from apps.exposures.selectors import gather_facts
from apps.exposures.spec import ExposureSpec, PathSpec
from apps.inventory.models import IngressPath
from tests import factories

pytestmark = pytest.mark.django_db
HOST = "shop.example.com"


def found(key: str = HOST) -> list[tuple[str, str, str, str]]:
    return [(use.source, use.host, use.cluster, use.team) for use in host_uses(key)]


def test_uses_of_a_free_host_are_none() -> None:
    factories.make_ingress(factories.make_cluster(), "docs.example.com")
    assert found() == []


def test_uses_come_from_exposures_claims_and_live_objects_of_all_clusters() -> None:
    web, pay = factories.make_team("web"), factories.make_team("pay")
    dev, prod = factories.make_cluster(), factories.make_cluster("prod-1", environment="prod")
    factories.make_exposure(dev, web, host=HOST)
    factories.make_host_claim(web, HOST)
    factories.make_grant(pay, "prod-1", "pay")
    factories.make_ingress(prod, HOST, namespace="pay")
    assert found() == [
        ("exposure", HOST, "dev-1", "web"),
        ("claim", HOST, "", "web"),
        ("live_object", HOST, "prod-1", "pay"),
    ]


def test_objects_of_the_portal_itself_are_the_exposure_they_belong_to() -> None:
    dev, web = factories.make_cluster(), factories.make_team("web")
    exposure = factories.make_exposure(dev, web, host=HOST)
    factories.make_ingress(dev, HOST, name=exposure.object_name, exposure_id=exposure.pk)
    assert found() == [("exposure", HOST, "dev-1", "web")]


def test_foreign_object_with_a_copied_label_is_seen() -> None:
    dev, web = factories.make_cluster(), factories.make_team("web")
    exposure = factories.make_exposure(dev, web, host=HOST)
    factories.make_ingress(dev, HOST, name="copy", namespace="pay", exposure_id=exposure.pk)
    assert found() == [("exposure", HOST, "dev-1", "web"), ("live_object", HOST, "dev-1", "")]


def test_deleted_exposures_and_retired_clusters_use_nothing() -> None:
    past, team = factories.make_cluster("old", retired_at="2026-01-01T00:00Z"), factories.make_team()
    factories.make_ingress(past, HOST)
    factories.make_ingress(past, "docs.example.com", name="alias", annotations={SERVER_ALIAS: HOST})
    factories.make_exposure(past, team, host=HOST, deleted_at="2026-01-01T00:00Z")
    assert found() == []


@pytest.mark.parametrize(
    ("seen", "asked", "expected"),
    [
        ("*.example.com", HOST, True),
        ("*.example.com", "a.shop.example.com", False),
        ("*.example.com", "example.com", False),
        (HOST, "*.example.com", True),
        ("a.shop.example.com", "*.example.com", False),
        ("*.example.com", "*.example.com", True),
        ("", HOST, False),
        ("", "*.example.com", False),
    ],
)
def test_wildcards_meet_exact_hosts_both_ways(seen: str, asked: str, expected: bool) -> None:
    factories.make_ingress(factories.make_cluster(), seen)
    assert bool(found(asked)) is expected


def test_exact_use_is_told_before_a_wildcard() -> None:
    dev = factories.make_cluster()
    factories.make_ingress(dev, "*.example.com", name="all")
    factories.make_ingress(dev, HOST, name="one")
    assert [use.host for use in host_uses(HOST)] == [HOST, "*.example.com"]


def test_pool_of_the_platform_gives_way_but_a_teams_does_not() -> None:
    dev = factories.make_cluster()
    factories.make_ingress(dev, "*.dev.example.net", namespace="platform")
    assert found("shop.dev.example.net") == []
    factories.make_grant(factories.make_team("pay"), "dev-1", "platform")
    assert found("shop.dev.example.net") == [("live_object", "*.dev.example.net", "dev-1", "pay")]


def test_paths_of_one_object_are_one_use() -> None:
    ingress = factories.make_ingress(factories.make_cluster(), HOST, path="/a")
    IngressPath.objects.create(ingress=ingress, host=HOST, path="/b", path_type="Exact")
    IngressPath.objects.create(ingress=ingress, host="docs.example.com", path="/c")
    [use] = host_uses(HOST)
    assert use.paths == (PathUse("/a", "Prefix"), PathUse("/b", "Exact"))


def test_server_alias_claims_a_host_beside_the_rules() -> None:
    dev = factories.make_cluster()
    factories.make_ingress(dev, "docs.example.com", annotations={SERVER_ALIAS: "SHOP.example.com.,x.example.com"})
    [use] = host_uses(HOST)
    assert (use.source, use.host, use.paths) == ("live_object", HOST, ())


@pytest.mark.parametrize(
    ("annotation", "text", "taken"),
    [
        ("haproxy-ingress.github.io/server-alias", "docs2.example.com,shop.example.com", HOST),
        ("haproxy-ingress.github.io/server-alias-regex", r"^shop\.example\.com$", HOST),
        ("haproxy-ingress.github.io/redirect-from", "shop.example.com", HOST),
        ("ingress.kubernetes.io/server-alias", "SHOP.example.com", HOST),
        ("ingress.kubernetes.io/redirect-from-regex", r".*\.example\.com", "*.example.com"),
    ],
)
def test_aliases_of_haproxy_ingress_claim_hosts_too(annotation: str, text: str, taken: str) -> None:
    factories.make_ingress(factories.make_cluster(), "docs.example.com", annotations={annotation: text})
    [use] = host_uses(HOST)
    assert (use.source, use.host) == ("live_object", taken)


def test_live_object_tells_its_class_certificate_and_whether_it_is_a_canary() -> None:
    tls = [{"hosts": ["other.example.com"], "secret_name": "no"}, {"hosts": ["*.Example.com"], "secret_name": "yes"}]
    factories.make_ingress(factories.make_cluster(), HOST, tls=tls, annotations={CANARY: "true"})
    [use] = host_uses(HOST)
    assert use.live is not None
    assert (use.live.place, use.live.ingress_class_name, use.live.tls_secret_name, use.live.is_canary) == (
        "web/by-hand",
        "traefik",
        "web/yes",
        True,
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"addresses": ["10.0.0.10"], "http_port": 80, "https_port": 443}, True),
        ({"addresses": ["10.0.0.9", "10.0.0.10"]}, True),
        ({"addresses": ["10.0.0.10"], "http_port": 8080, "https_port": 443}, True),
        ({"addresses": ["10.0.0.10"], "http_port": 8080, "https_port": 8443}, False),
        ({"addresses": ["10.0.0.11"]}, False),
        ({"addresses": []}, False),
        ({}, False),
    ],
)
def test_entry_in_common(entry: dict[str, object], expected: bool) -> None:
    dev, web = factories.make_cluster(), factories.make_team("web")
    other = factories.make_cluster("test-1", environment="test", entry=entry)
    factories.make_exposure(other, web, host=HOST)
    factories.make_ingress(other, HOST)
    assert [use.shares_entry for use in host_uses(HOST, at=dev)] == [expected, expected]
    assert [use.shares_entry for use in host_uses(HOST, at=other)] == [False, False]
    assert [use.shares_entry for use in host_uses(HOST)] == [False, False]


def test_facts_cost_the_same_for_one_and_many(django_assert_num_queries) -> None:
    dev, web = factories.make_cluster(), factories.make_team("web")
    factories.make_service(dev)
    factories.make_ingress_class(dev)
    spec = ExposureSpec(HOST, (PathSpec("/", "Prefix", "shop", "http"),))

    def gathered(count: int) -> None:
        with django_assert_num_queries(17):
            facts = gather_facts(cluster=dev, namespace="web", team=web, spec=spec)
        assert len(facts.uses) == count

    factories.make_ingress(dev, HOST, name="first", namespace="web-0")
    gathered(1)
    for number in range(1, 30):
        team = factories.make_team()
        other = factories.make_cluster(f"other-{number}", environment="prod")
        factories.make_grant(team, other.name, f"web-{number}")
        factories.make_ingress(other, HOST, name=f"more-{number}", namespace=f"web-{number}")
        factories.make_zone(team, factories.make_approver_group(), HOST)
    gathered(30)

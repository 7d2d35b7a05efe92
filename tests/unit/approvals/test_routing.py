"""Which change needs a human: the whole table of environment × TLS × host × operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.approvals.enums import RiskLevel
from apps.approvals.routing import choose_route
from apps.exposures.enums import Operation
from apps.exposures.policies import ClusterFacts, Facts, ZoneFacts
from apps.exposures.spec import ExposureSpec, PathSpec

PATHS = (PathSpec("/", "Prefix", "shop", "http"),)


def facts(environment: str, host: str, *, tls: bool, zone: ZoneFacts | None = None) -> Facts:
    cluster = ClusterFacts(
        name="c",
        environment=environment,
        wildcard_domain="wild.example.net",
        allows_self_service=environment in {"dev", "test"},
        default_ingress_class_name="traefik",
        classes=None,
    )
    spec = ExposureSpec(host, PATHS, tls_secret_name="shop-tls" if tls else None)
    return Facts(spec=spec, cluster=cluster, namespace="web", team="web", services={}, zone=zone)


@pytest.mark.parametrize(
    ("environment", "host", "tls", "because", "risk"),
    [
        ("dev", "a.wild.example.net", False, (), RiskLevel.LOW),
        ("test", "a.wild.example.net", False, (), RiskLevel.LOW),
        ("staging", "a.wild.example.net", False, ("staging",), RiskLevel.MEDIUM),
        ("prod", "a.wild.example.net", False, ("production",), RiskLevel.HIGH),
        ("unheard-of", "a.wild.example.net", False, ("production",), RiskLevel.HIGH),
        ("dev", "a.wild.example.net", True, ("https",), RiskLevel.MEDIUM),
        ("dev", "a.example.com", False, ("custom_host",), RiskLevel.MEDIUM),
        ("dev", "a.b.wild.example.net", False, ("custom_host",), RiskLevel.MEDIUM),
        ("prod", "a.example.com", True, ("production", "https", "custom_host"), RiskLevel.HIGH),
    ],
)
def test_route_of_a_creation(environment: str, host: str, tls: bool, because: tuple[str, ...], risk: str) -> None:
    route = choose_route(
        facts=facts(environment, host, tls=tls),
        operation=Operation.CREATE,
        was_ever_live=False,
        default_group="network",
    )
    assert (route.because, route.risk_level) == (because, risk)
    assert route.needs_approval == bool(route.stages) == bool(because)


def test_group_of_the_zone_decides_before_the_default_one() -> None:
    with_zone = facts("dev", "a.example.com", tls=False, zone=ZoneFacts("example.com", "web-security"))
    route = choose_route(facts=with_zone, operation=Operation.CREATE, was_ever_live=False, default_group="network")
    assert [stage.as_json() for stage in route.stages] == [
        {"name": "web-security", "mode": "any", "needed": 1, "candidates": ["group:web-security"]}
    ]


@pytest.mark.parametrize(
    ("options", "live", "because"),
    [
        ({"read_timeout": "5m", "websocket": True, "rate_limit": 5}, None, ()),
        ({"allow_networks": ["10.0.0.0/8"]}, {}, ()),
        ({"allow_networks": ["10.0.0.0/8"]}, {"allow_networks": ["10.1.0.0/16"]}, ("options",)),
        ({}, {"allow_networks": ["10.1.0.0/16"]}, ("options",)),
        ({"cors_allow_origins": ["https://a.example"], "cors_allow_credentials": True}, None, ("options",)),
        ({"request_headers": {"X-Tenant": "a"}}, None, ("options",)),
        ({"response_headers": {"X-Frame-Options": "DENY"}}, None, ("options",)),
    ],
)
def test_options_that_widen_access_or_set_headers_need_a_human_even_on_the_wildcard(
    options: dict[str, Any], live: dict[str, Any] | None, because: tuple[str, ...]
) -> None:
    plain = facts("dev", "a.wild.example.net", tls=False)
    with_options = replace(plain, spec=replace(plain.spec, options=options), live_options=live)
    route = choose_route(facts=with_options, operation=Operation.UPDATE, was_ever_live=True, default_group="network")
    assert (route.because, route.needs_approval) == (because, bool(because))
    assert route.risk_level == (RiskLevel.MEDIUM if because else RiskLevel.LOW)
    assert bool(route.risk_facts["options"]) == bool(because)


def test_deletion_is_not_held_up_by_options() -> None:
    plain = facts("dev", "a.wild.example.net", tls=False)
    with_options = replace(plain, spec=replace(plain.spec, options={"request_headers": {"X-Tenant": "a"}}))
    route = choose_route(facts=with_options, operation=Operation.DELETE, was_ever_live=True, default_group="network")
    assert route.because == ()


@pytest.mark.parametrize(("was_ever_live", "needs"), [(False, False), (True, True)])
def test_deletion_needs_a_human_only_for_what_was_live(was_ever_live: bool, needs: bool) -> None:
    route = choose_route(
        facts=facts("prod", "a.example.com", tls=True),
        operation=Operation.DELETE,
        was_ever_live=was_ever_live,
        default_group="network",
    )
    assert route.needs_approval == needs


def test_wildcard_of_a_cluster_without_one_is_never_taken() -> None:
    bare = facts("dev", "a.example.com", tls=False)
    bare = replace(bare, cluster=replace(bare.cluster, wildcard_domain=""))
    route = choose_route(facts=bare, operation=Operation.CREATE, was_ever_live=False, default_group="network")
    assert route.because == ("custom_host",)

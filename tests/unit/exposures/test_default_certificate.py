"""The cluster's default certificate instead of a Secret: how it is stated, judged and rendered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.approvals.routing import choose_route
from apps.common.errors import PolicyViolation
from apps.exposures.enums import Operation
from apps.exposures.policies import (
    Circumstances,
    ClusterFacts,
    DefaultCertificate,
    Facts,
    ServiceFacts,
    ZoneFacts,
    check_all,
)
from apps.exposures.spec import ExposureSpec, PathSpec, parse_spec
from apps.kube.manifests import BackendPath, render_ingress

PATH = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
STATED = {"host": "shop.example.com", "paths": [PATH], "tls": {"default_certificate": True}, "options": {}}
CLUSTER = ClusterFacts(
    name="dev-1",
    environment="dev",
    wildcard_domain="dev.example.net",
    allows_self_service=True,
    default_ingress_class_name="traefik",
    classes=frozenset({"traefik"}),
    controllers={"traefik": "traefik.io/ingress-controller"},
    default_certificate=DefaultCertificate(("*.example.com", "*.dev.example.net")),
)


def facts(host: str = "shop.example.com", **changes: Any) -> Facts:
    spec = ExposureSpec(host, (PathSpec(**PATH),), default_certificate=True)
    plain = Facts(
        spec=spec,
        cluster=CLUSTER,
        namespace="web",
        team="web",
        services={"shop": ServiceFacts("shop", frozenset({"http"}), frozenset({80}), ready_endpoints=1)},
        zone=ZoneFacts("example.com", "network"),
        wildcard_owners={"dev.example.net": "dev-1"},
    )
    return replace(plain, **changes)


def declared(fingerprint: str, *, approved: str) -> Facts:
    """A PEM was declared, and the request was approved while another, the same or none was."""
    certificate = replace(CLUSTER.default_certificate, fingerprint_sha256=fingerprint)
    return facts(
        cluster=replace(CLUSTER, default_certificate=certificate), around=Circumstances(approved_fingerprint=approved)
    )


def broken(of: Facts) -> list[tuple[str, str]]:
    return [(violation.code, violation.field) for violation in check_all(of)]


def test_it_is_stated_kept_and_read_back() -> None:
    spec = parse_spec(STATED)
    assert (spec.default_certificate, spec.tls_secret_name, spec.scheme) == (True, None, "https")
    assert spec.as_json()["tls"] == {"default_certificate": True}
    assert ExposureSpec.from_json(spec.as_json()) == spec


@pytest.mark.parametrize(
    "tls", [{"default_certificate": True, "secret_name": "shop-tls"}, {"default_certificate": False}]
)
def test_both_or_neither_is_refused(tls: dict[str, Any]) -> None:
    with pytest.raises(PolicyViolation) as caught:
        parse_spec(STATED | {"tls": tls})
    assert [(one.code, one.field) for one in caught.value.errors] == [("secret_not_offered", "tls.secret_name")]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (facts(), []),
        (facts("a.b.example.com"), ["tls.default_certificate"]),
        (facts(cluster=replace(CLUSTER, default_certificate=DefaultCertificate())), ["tls.default_certificate"]),
        (
            facts(cluster=replace(CLUSTER, default_certificate=DefaultCertificate(("*.example.com",), is_over=True))),
            ["tls.default_certificate"],
        ),
        (
            facts(cluster=replace(CLUSTER, controllers={"traefik": "example.com/unheard-of"})),
            ["tls.default_certificate"],
        ),
        (facts("shop.dev.example.net"), ["tls"]),
        (declared("aa", approved="aa"), []),
        (declared("aa", approved=""), []),
        (declared("bb", approved="aa"), ["tls.default_certificate"]),
        (declared("", approved="aa"), ["tls.default_certificate"]),
    ],
    ids=[
        "covered",
        "not covered",
        "not declared",
        "expired",
        "unknown controller",
        "wildcard stays HTTP",
        "the approved one",
        "none was approved",
        "another PEM",
        "no PEM any more",
    ],
)
def test_it_is_only_taken_where_it_was_declared_to_cover_the_host(case: Facts, expected: list[str]) -> None:
    assert [field for _code, field in broken(case)] == expected


def test_it_is_https_for_the_approvers() -> None:
    route = choose_route(facts=facts(), operation=Operation.CREATE, was_ever_live=False, default_group="network")
    assert route.because == ("https", "custom_host")
    assert route.risk_facts["https"] is True


def test_it_is_rendered_as_hosts_without_a_secret() -> None:
    manifest = render_ingress(
        name="shop",
        namespace="web",
        exposure_id="exp_1",
        host="shop.example.com",
        paths=[BackendPath("/", "Prefix", "shop", "http")],
        tls_secret_name=None,
        default_certificate=True,
        ingress_class_name="traefik",
    )
    assert manifest["spec"]["tls"] == [{"hosts": ["shop.example.com"]}]

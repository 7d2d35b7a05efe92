"""The chain of rules as tables: facts in, codes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.exposures.policies import (
    CertificateFacts,
    ClusterFacts,
    Facts,
    ServiceFacts,
    ZoneFacts,
    check_all,
)
from apps.exposures.spec import ExposureSpec, PathSpec

CLUSTER = ClusterFacts(
    name="dev-1",
    environment="dev",
    wildcard_domain="dev.example.net",
    allows_self_service=True,
    default_ingress_class_name="traefik",
    classes=frozenset({"traefik"}),
    entry_addresses=frozenset({"entry.example.net"}),
)
SHOP = ServiceFacts("shop", frozenset({"http"}), frozenset({80}), ready_endpoints=1)
GOOD = CertificateFacts("shop-tls", fingerprint_sha256="AB")
EXPIRED = ("expired", "It has expired.", "Renew it.")
OTHER_HOST = ("host_not_covered", "It does not cover the host.", "Choose another.")
OPAQUE = ("not_tls_type", "It is not of type kubernetes.io/tls.", "Make one.")
ZONE = ZoneFacts("example.com", "network")
WILDCARDS = {"dev.example.net": "dev-1", "test.example.net": "test-1"}


def facts(host: str = "shop.dev.example.net", *, tls: str | None = None, **changes: Any) -> Facts:
    path = changes.pop("path", PathSpec("/", "Prefix", "shop", "http"))
    class_name = changes.pop("ingress_class_name", None)
    spec = ExposureSpec(host, (path,), tls_secret_name=tls, ingress_class_name=class_name)
    plain = Facts(
        spec=spec,
        cluster=CLUSTER,
        namespace="web",
        team="web",
        services={"shop": SHOP},
        wildcard_owners=WILDCARDS,
    )
    return replace(plain, **changes)


def broken(of: Facts) -> list[tuple[str, str]]:
    return [(violation.code, violation.field) for violation in check_all(of)]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (facts(), []),
        (facts("shop.example.com", zone=ZONE), []),
        (facts("shop.example.com", zone=ZONE, tls="shop-tls", certificate=GOOD), []),
        (facts("shop.example.com"), [("host_not_allowed", "host")]),
        (facts("a.shop.dev.example.net"), [("host_not_allowed", "host")]),
        (facts("shop.test.example.net"), [("host_not_allowed", "host")]),
        (facts("shop.test.example.net", zone=ZoneFacts("example.net", "network")), [("host_not_allowed", "host")]),
        (facts("dev.example.net"), [("host_reserved", "host"), ("host_not_allowed", "host")]),
        (facts("test.example.net", zone=ZoneFacts("example.net", "network")), [("host_reserved", "host")]),
        (facts("entry.example.net", zone=ZoneFacts("example.net", "network")), [("host_reserved", "host")]),
        (facts(reserved_because="The portal itself."), [("host_reserved", "host")]),
        (facts(tls="shop-tls", certificate=GOOD), [("wildcard_requires_http", "tls")]),
    ],
    ids=lambda value: value.spec.host if isinstance(value, Facts) else "",
)
def test_host_rules(case: Facts, expected: list[tuple[str, str]]) -> None:
    assert broken(case) == expected


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        (GOOD, []),
        (None, [("secret_not_offered", "tls.secret_name")]),
        (replace(GOOD, reasons=(OPAQUE,)), [("secret_not_offered", "tls.secret_name")]),
        (replace(GOOD, reasons=(EXPIRED,)), [("certificate_not_usable", "tls.secret_name")]),
        (replace(GOOD, reasons=(EXPIRED, OTHER_HOST)), [("certificate_not_usable", "tls.secret_name")] * 2),
    ],
)
def test_certificate_rules(certificate: CertificateFacts | None, expected: list[tuple[str, str]]) -> None:
    assert broken(facts("shop.example.com", zone=ZONE, tls="shop-tls", certificate=certificate)) == expected


@pytest.mark.parametrize(
    ("controller", "path", "expected"),
    [
        ("k8s.io/ingress-nginx", "/a.b_c~d-e/", []),
        ("k8s.io/ingress-nginx", "/a+b", [("path_invalid", "paths.0.path")]),
        ("k8s.io/ingress-nginx", "/caf%c3%a9", [("path_invalid", "paths.0.path")]),
        ("traefik.io/ingress-controller", "/a+b", []),
        ("example.com/unheard-of", "/a+b", []),
    ],
)
def test_paths_that_the_controller_would_leave_out(controller: str, path: str, expected: list[tuple[str, str]]) -> None:
    cluster = replace(CLUSTER, controllers={"traefik": controller})
    assert broken(facts(cluster=cluster, path=PathSpec(path, "Prefix", "shop", "http"))) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (PathSpec("/", "Prefix", "shop", "http"), []),
        (PathSpec("/", "Prefix", "shop", 80), []),
        (PathSpec("/", "Prefix", "shop", "https"), [("port_not_found", "paths.0.service_port")]),
        (PathSpec("/", "Prefix", "shop", 8080), [("port_not_found", "paths.0.service_port")]),
        (PathSpec("/", "Prefix", "ledger", "http"), [("service_not_found", "paths.0.service_name")]),
        (PathSpec("/", "Prefix", "outside", "http"), [("service_not_allowed", "paths.0.service_name")]),
    ],
)
def test_service_rules(path: PathSpec, expected: list[tuple[str, str]]) -> None:
    outside = ServiceFacts("outside", frozenset({"http"}), frozenset({80}), is_elsewhere=True)
    assert broken(facts(path=path, services={"shop": SHOP, "outside": outside})) == expected


@pytest.mark.parametrize(
    ("asked", "default", "classes", "expected"),
    [
        (None, "traefik", {"traefik"}, []),
        ("nginx", "traefik", {"traefik", "nginx"}, []),
        ("nginx", "traefik", {"traefik"}, [("class_not_found", "ingress_class_name")]),
        (None, "", {"traefik"}, [("class_not_found", "ingress_class_name")]),
        (None, "gone", {"traefik"}, [("class_not_found", "ingress_class_name")]),
        ("nginx", "", None, []),
    ],
)
def test_class_rules(asked: str | None, default: str, classes: set[str] | None, expected: list[Any]) -> None:
    known = None if classes is None else frozenset(classes)
    cluster = replace(CLUSTER, default_ingress_class_name=default, classes=known)
    assert broken(facts(cluster=cluster, ingress_class_name=asked)) == expected


@pytest.mark.parametrize(
    ("options", "controller", "expected"),
    [
        ({"read_timeout": "5m"}, "k8s.io/ingress-nginx", []),
        ({"websocket": True}, "traefik.io/ingress-controller", []),
        ({"read_timeout": "5m"}, "traefik.io/ingress-controller", [("option_not_allowed", "options.read_timeout")]),
        ({"read_timeout": "5m"}, "example.com/unheard-of", [("option_not_allowed", "options.read_timeout")]),
        ({"read_timeout": "5m"}, None, [("option_not_allowed", "options.read_timeout")]),
        ({"read_timeout": "2h"}, "k8s.io/ingress-nginx", [("option_invalid", "options.read_timeout")]),
        ({"redirect_to_https": True}, "k8s.io/ingress-nginx", [("option_invalid", "options.redirect_to_https")]),
        ({"snippet": "x"}, "k8s.io/ingress-nginx", [("option_not_allowed", "options.snippet")]),
    ],
)
def test_option_rules(options: dict[str, Any], controller: str | None, expected: list[tuple[str, str]]) -> None:
    cluster = replace(CLUSTER, controllers={"traefik": controller} if controller else {})
    plain = facts(cluster=cluster)
    assert broken(replace(plain, spec=replace(plain.spec, options=options))) == expected


def test_refused_option_names_class_reason_and_way_out() -> None:
    cluster = replace(CLUSTER, controllers={"traefik": "traefik.io/ingress-controller"})
    plain = facts(cluster=cluster)
    [violation] = check_all(
        replace(plain, spec=replace(plain.spec, options={"hsts_max_age": "1d"}, tls_secret_name="x"))
    )[-1:]
    assert violation.message == (
        "Ingress class traefik of cluster dev-1 cannot do this: "
        "Traefik needs a Middleware object for this, which the portal does not write."
    )
    assert violation.hint == (
        "Leave it out, or use a class of one of these controllers: haproxy-ingress.github.io/controller."
    )


def test_every_violation_says_what_and_what_next() -> None:
    worst = facts("shop.test.example.net", tls="x", path=PathSpec("/", "Prefix", "none", 1), reserved_because="No.")
    violations = check_all(worst)
    assert len(violations) >= 4
    for violation in violations:
        assert violation.message.endswith(".")
        assert violation.hint.endswith(".")

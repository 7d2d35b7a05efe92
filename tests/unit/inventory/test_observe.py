"""Objects as clusters give them, and what is kept of them; whatever is odd is left empty and nothing raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.inventory.models import IngressPath
from apps.inventory.observe import (
    count_ready,
    ingress_class_row,
    ingress_paths,
    ingress_row,
    namespace_row,
    secret_row,
    service_row,
)
from testbed import objects
from testbed.certificates import CertificateAuthority

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def values(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def path_values(paths: list[IngressPath]) -> list[tuple]:
    return [(path.host, path.path, path.path_type, path.service_name, path.service_port) for path in paths]


def test_namespace():
    item = {"metadata": {"name": "web", "uid": "u1", "resourceVersion": "7", "labels": {"team": "web"}}}

    row = namespace_row("cls_1", item)

    assert values(row, "cluster_id", "name", "uid", "resource_version", "labels") == {
        "cluster_id": "cls_1",
        "name": "web",
        "uid": "u1",
        "resource_version": "7",
        "labels": {"team": "web"},
    }


def test_service_ports():
    item = {
        "metadata": {"namespace": "web", "name": "shop"},
        "spec": {
            "type": "NodePort",
            "ports": [
                {"name": "http", "port": 80, "protocol": "TCP", "appProtocol": "http"},
                {"port": 53, "protocol": "UDP"},
            ],
        },
    }

    assert values(service_row("cls_1", item), "namespace", "name", "type", "ports") == {
        "namespace": "web",
        "name": "shop",
        "type": "NodePort",
        "ports": [
            {"name": "http", "port": 80, "protocol": "TCP", "app_protocol": "http"},
            {"name": "", "port": 53, "protocol": "UDP", "app_protocol": None},
        ],
    }


@pytest.mark.parametrize(("annotation", "answer"), [("true", True), ("false", False), (None, False)])
def test_default_ingress_class(annotation, answer):
    annotations = {"ingressclass.kubernetes.io/is-default-class": annotation}
    item = {"metadata": {"name": "nginx", "annotations": annotations}, "spec": {"controller": "k8s.io/ingress-nginx"}}

    row = ingress_class_row("cls_1", item)

    assert values(row, "controller", "is_default") == {"controller": "k8s.io/ingress-nginx", "is_default": answer}


def endpoints(*addresses: str, ready: Any = True, service: str = "shop") -> dict[str, Any]:
    return {
        "metadata": {"namespace": "web", "name": "s", "labels": {"kubernetes.io/service-name": service}},
        "endpoints": [{"addresses": list(addresses), "conditions": {"ready": ready}}],
    }


def test_ready_addresses_are_counted_once_over_slices():
    slices = [
        endpoints("10.0.0.1", "10.0.0.2"),
        endpoints("10.0.0.2"),
        endpoints("10.0.0.3", ready=False),
        endpoints("10.0.0.4", ready=None),
        endpoints("10.0.0.9", service="docs"),
    ]

    assert count_ready(slices) == {("web", "shop"): 3, ("web", "docs"): 1}


def test_ingress():
    item = {
        "metadata": {
            "namespace": "web",
            "name": "shop",
            "creationTimestamp": "2026-04-01T10:00:00Z",
            "labels": {"portico.dev/exposure": "exp_1"},
            "annotations": {"a": "b", "kubectl.kubernetes.io/last-applied-configuration": "{}"},
        },
        "spec": {
            "ingressClassName": "nginx",
            "tls": [{"hosts": ["a.example.com"], "secretName": "a-tls"}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}, {"hostname": "lb.example.net"}]}},
    }

    names = ("ingress_class_name", "exposure_id", "tls", "addresses", "annotations", "created_at")
    assert values(ingress_row("cls_1", item), *names) == {
        "ingress_class_name": "nginx",
        "exposure_id": "exp_1",
        "tls": [{"hosts": ["a.example.com"], "secret_name": "a-tls"}],
        "addresses": ["10.0.0.1", "lb.example.net"],
        "annotations": {"a": "b"},
        "created_at": datetime(2026, 4, 1, 10, tzinfo=UTC),
    }


def test_ingress_class_of_old_objects():
    item = {"metadata": {"name": "a", "annotations": {"kubernetes.io/ingress.class": "nginx"}}}

    assert ingress_row("cls_1", item).ingress_class_name == "nginx"


def test_ingress_paths():
    by_name = {"service": {"name": "shop", "port": {"name": "http"}}}
    by_number = {"service": {"name": "docs", "port": {"number": 8080}}}
    item = {
        "spec": {
            "defaultBackend": by_number,
            "rules": [
                {
                    "host": "A.example.com",
                    "http": {
                        "paths": [
                            {"path": "/", "pathType": "Prefix", "backend": by_name},
                            {"path": "/docs", "pathType": "Exact", "backend": by_number},
                        ]
                    },
                },
                {"http": {"paths": [{"backend": by_name}]}},
                {"host": "empty.example.com"},
            ],
        }
    }

    assert path_values(ingress_paths(item)) == [
        ("a.example.com", "/", "Prefix", "shop", "http"),
        ("a.example.com", "/docs", "Exact", "docs", "8080"),
        ("", "/", "ImplementationSpecific", "shop", "http"),
        ("empty.example.com", "/", "ImplementationSpecific", "", ""),
        ("", "/", "ImplementationSpecific", "docs", "8080"),
    ]


def test_tls_secret_keeps_the_public_part_only():
    leaf = CertificateAuthority().issue(["shop.example.com"])
    manifest = objects.tls_secret("web", "shop-tls", leaf)

    row = secret_row("cls_1", manifest, leaf.certificate.not_valid_before_utc)

    assert values(row, "is_tls", "usable", "subject_names", "reasons") == {
        "is_tls": True,
        "usable": True,
        "subject_names": ["shop.example.com"],
        "reasons": [],
    }
    assert row.fingerprint_sha256 != ""
    assert manifest["data"]["tls.key"] not in repr(vars(row))


def test_other_secret_is_only_a_name():
    item = {"metadata": {"namespace": "web", "name": "robot-token"}, "type": "Opaque", "data": {"token": "c2VjcmV0"}}

    row = secret_row("cls_1", item, NOW)

    assert values(row, "name", "is_tls", "usable", "subject_names") == {
        "name": "robot-token",
        "is_tls": False,
        "usable": False,
        "subject_names": [],
    }
    assert [reason["code"] for reason in row.reasons] == ["not_tls_type"]
    assert "c2VjcmV0" not in repr(vars(row))


FIELDS = [
    "metadata",
    "spec",
    "status",
    "endpoints",
    "data",
    "labels",
    "annotations",
    "ports",
    "rules",
    "http",
    "paths",
    "backend",
    "service",
    "port",
    "tls",
    "hosts",
    "loadBalancer",
    "ingress",
    "conditions",
    "addresses",
    "name",
]
SCALARS = st.sampled_from([None, True, 0, -1, 10**30, 1.5, "", "x", "nul\x00", "\ud800", "9" * 400])
OBJECTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(item=st.dictionaries(st.sampled_from(FIELDS), OBJECTS, max_size=4), is_tls=st.booleans())
def test_no_object_is_too_odd(item, is_tls):
    item |= {"type": "kubernetes.io/tls"} if is_tls else {}

    rows: list[Any] = [make("cls_1", item) for make in (namespace_row, ingress_class_row, service_row, ingress_row)]
    rows.append(secret_row("cls_1", item, NOW))

    assert all("\x00" not in row.name for row in rows)
    assert all(isinstance(path, IngressPath) for path in ingress_paths(item))
    assert sum(count_ready([item]).values()) >= 0

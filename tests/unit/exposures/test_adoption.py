"""A live Ingress as a spec: what comes back, and what is named because no spec can say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from apps.exposures.adoption import Adoption, read_back
from apps.exposures.options import render_options
from apps.exposures.policies import ClusterFacts
from apps.exposures.spec import ExposureSpec, PathSpec
from apps.kube.manifests import BackendPath, render_ingress

HOST = "shop.example.com"
NGINX = "k8s.io/ingress-nginx"
CLUSTER = ClusterFacts(
    name="dev-1",
    environment="dev",
    wildcard_domain="",
    allows_self_service=True,
    default_ingress_class_name="nginx",
    classes=frozenset({"nginx", "other"}),
    controllers={"nginx": NGINX, "other": NGINX},
)
STATED = ExposureSpec(HOST, (PathSpec("/", "Prefix", "shop", "http"),))


def live_object(spec: ExposureSpec, class_name: str = "nginx") -> dict[str, Any]:
    paths = [BackendPath(one.path, one.path_type, one.service_name, one.service_port) for one in spec.paths]
    return render_ingress(
        name="shop-1",
        namespace="web",
        exposure_id="exp_1",
        host=spec.host,
        paths=paths,
        tls_secret_name=spec.tls_secret_name,
        ingress_class_name=spec.ingress_class_name or class_name,
        annotations=render_options(spec.options, NGINX),
    )


def read(live: dict[str, Any], stated: ExposureSpec = STATED) -> Adoption:
    return read_back(live, stated=stated, exposure_id="exp_1", cluster=CLUSTER)


@pytest.mark.parametrize(
    "spec",
    [
        STATED,
        replace(STATED, tls_secret_name="shop-tls"),
        replace(STATED, ingress_class_name="other"),
        replace(STATED, options={"rate_limit": 50, "request_body_size": "20m"}),
        replace(STATED, paths=(PathSpec("/a", "Exact", "shop", 8080), PathSpec("/b", "Prefix", "cart", "http"))),
    ],
)
def test_everything_that_a_spec_can_say_comes_back(spec: ExposureSpec) -> None:
    assert read(live_object(spec)) == Adoption(spec)


def test_class_that_is_the_default_stays_unstated_unless_it_was_stated() -> None:
    stated = replace(STATED, ingress_class_name="nginx")
    assert read(live_object(STATED)).spec == STATED
    assert read(live_object(stated), stated).spec == stated


def broken(change: Callable[[dict[str, Any]], object]) -> list[str]:
    live = live_object(replace(STATED, tls_secret_name="shop-tls"))
    change(live)
    adoption = read(live)
    assert adoption.spec is None
    return [obstacle.field for obstacle in adoption.obstacles]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (lambda live: live["metadata"].pop("labels"), 2),
        (lambda live: live["metadata"]["labels"].update({"portico.dev/exposure": "exp_2"}), 1),
        (lambda live: live["spec"]["rules"].append({"host": "more.example.com"}), 1),
        (lambda live: live["spec"].pop("rules"), 1),
        (lambda live: live["spec"].update(rules=[{"host": HOST}]), 1),
        (lambda live: live["spec"].update(defaultBackend={"service": {"name": "x"}}), 1),
        (lambda live: live["spec"].update(tls=[{"hosts": [HOST, "x.example.com"], "secretName": "x"}]), 1),
        (lambda live: live["spec"].update(tls=[{"secretName": "x"}]), 1),
        (lambda live: live["spec"]["rules"][0]["http"]["paths"][0].update(backend={"resource": {}}), 1),
        (lambda live: live["metadata"].update(annotations={"nginx.ingress.kubernetes.io/limit-rps": "many"}), 1),
        (lambda live: live["metadata"].update(annotations={"nginx.ingress.kubernetes.io/server-snippet": "x"}), 1),
        (lambda live: live["metadata"].update(annotations={"cert-manager.io/cluster-issuer": "letsencrypt"}), 1),
    ],
)
def test_what_no_spec_can_say_is_named(change: Callable[[dict[str, Any]], object], fields: int) -> None:
    assert len(broken(change)) == fields


def test_values_that_the_grammar_refuses_are_named() -> None:
    live = live_object(STATED)
    live["spec"]["rules"][0]["http"]["paths"][0].update(path="/a b", pathType="Regex")
    assert [one.field for one in read(live).obstacles] == ["paths.0.path", "paths.0.path_type"]


@pytest.mark.parametrize("live", [{}, {"spec": []}, {"spec": {"rules": "x", "tls": {}}}, {"metadata": None}])
def test_no_shape_of_an_object_breaks_it(live: dict[str, Any]) -> None:
    assert not read(live).is_possible


def test_tls_without_a_secret_is_the_default_certificate() -> None:
    live = live_object(STATED)
    live["spec"]["tls"] = [{"hosts": [HOST]}]
    assert read(live).spec == replace(STATED, default_certificate=True)

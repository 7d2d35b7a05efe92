"""The routing table, as a pure value."""

from typing import Any

import pytest

from sandbox.routing import CONTROLLER, ClusterObjects, Route, Table
from tests.unit.sandbox.manifests import Object, endpoint_slice, ingress, path, service


def _keyed(*objects: Object) -> dict[tuple[str, str], Object]:
    return {("web", obj["metadata"]["name"]): _placed(obj) for obj in objects}


def _placed(obj: Object) -> Object:
    metadata = {"namespace": "web", "creationTimestamp": "2026-01-01T00:00:00Z", **obj["metadata"]}
    return obj | {"metadata": metadata}


def _born(obj: Object, time: str) -> Object:
    return obj | {"metadata": obj["metadata"] | {"creationTimestamp": time}}


def _cluster(name: str, *ingresses: Object, **more: Any) -> ClusterObjects:
    return ClusterObjects(
        name,
        ingresses=_keyed(*ingresses),
        ingress_classes={("", "portico"): {"metadata": {"name": "portico"}, "spec": {"controller": CONTROLLER}}},
        services=_keyed(service()),
        endpoint_slices=_keyed(more.get("endpoint_slice", endpoint_slice())),
        secrets=more.get("secrets", {}),
    )


def _found(table: Table, host: str, asked: str = "/") -> tuple[str, str] | None:
    site = table.site(host)
    route = site.route(asked) if site else None
    return (route.cluster, route.ingress) if route else None


def test_exact_host() -> None:
    table = Table([_cluster("dev-1", ingress())])

    assert _found(table, "shop.dev.localhost") == ("dev-1", "shop")
    assert _found(table, "SHOP.dev.localhost.") == ("dev-1", "shop")
    assert _found(table, "docs.dev.localhost") is None


def test_wildcard_covers_one_label() -> None:
    table = Table([_cluster("dev-1", ingress(host="*.dev.localhost"))])

    assert _found(table, "any.dev.localhost") == ("dev-1", "shop")
    assert _found(table, "a.b.dev.localhost") is None
    assert _found(table, "dev.localhost") is None


def test_exact_host_comes_before_wildcard() -> None:
    table = Table([_cluster("dev-1", ingress("any", "*.dev.localhost"), ingress("shop", "shop.dev.localhost"))])

    assert _found(table, "shop.dev.localhost") == ("dev-1", "shop")


def test_rule_without_host_answers_for_the_rest() -> None:
    table = Table([_cluster("dev-1", ingress("rest", host=""))])

    assert _found(table, "whatever.example") == ("dev-1", "rest")


def test_default_backend_answers_for_the_rest() -> None:
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    table = Table([_cluster("dev-1", ingress(defaultBackend=backend))])

    assert _found(table, "whatever.example", "/any") == ("dev-1", "shop")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/", "root"),
        ("/other", "root"),
        ("/api", "exact"),
        ("/api/", "prefix"),
        ("/api/v1", "prefix"),
        ("/apis", "root"),
        ("/api/v1/long/x", "longer"),
    ],
)
def test_path(asked: str, found: str) -> None:
    paths = {"root": path("/"), "prefix": path("/api"), "exact": path("/api", "Exact"), "longer": path("/api/v1/long/")}
    ingresses = [ingress(name, paths=[stated]) for name, stated in paths.items()]

    assert _found(Table([_cluster("dev-1", *ingresses)]), "shop.dev.localhost", asked) == ("dev-1", found)


def test_oldest_ingress_wins_a_path() -> None:
    younger = _born(ingress("a"), "2026-02-02T00:00:00Z")
    older = _born(ingress("b"), "2026-01-01T00:00:00Z")

    assert _found(Table([_cluster("dev-1", younger, older)]), "shop.dev.localhost") == ("dev-1", "b")


def test_cluster_that_named_a_host_first_keeps_it() -> None:
    younger = _cluster("dev-1", _born(ingress(paths=[path("/deep")]), "2026-02-02T00:00:00Z"))
    older = _cluster("test-1", _born(ingress(), "2026-01-01T00:00:00Z"))

    assert _found(Table([younger, older]), "shop.dev.localhost", "/deep") == ("test-1", "shop")


def test_ingress_of_another_class_is_not_served() -> None:
    assert _found(Table([_cluster("dev-1", ingress(ingressClassName="nginx"))]), "shop.dev.localhost") is None


def test_class_by_annotation_is_served() -> None:
    stated = ingress()
    del stated["spec"]["ingressClassName"]
    stated["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "portico"}

    assert _found(Table([_cluster("dev-1", stated)]), "shop.dev.localhost") == ("dev-1", "shop")


@pytest.mark.parametrize(
    ("port", "endpoints"),
    [("http", ["10.1.2.3:8080"]), (80, ["10.1.2.3:8080"]), ("https", []), (443, [])],
)
def test_endpoints_by_port(port: str | int, endpoints: list[str]) -> None:
    table = Table([_cluster("dev-1")])

    assert table.endpoints(Route("dev-1", "web", "shop", "shop", port)) == endpoints


def test_endpoint_that_is_not_ready_is_left_out() -> None:
    table = Table([_cluster("dev-1", endpoint_slice=endpoint_slice(ready=False))])

    assert table.endpoints(Route("dev-1", "web", "shop", "shop", "http")) == []


def test_unknown_service_has_no_endpoints() -> None:
    assert Table([_cluster("dev-1")]).endpoints(Route("dev-1", "web", "shop", "none", "http")) == []


def _secret(kind: str) -> dict[tuple[str, str], Object]:
    return {("web", "shop-tls"): {"metadata": {"name": "shop-tls"}, "type": kind}}


@pytest.mark.parametrize(
    ("hosts", "kind", "has_certificate"),
    [
        (["shop.dev.localhost"], "kubernetes.io/tls", True),
        (["shop.dev.localhost"], "Opaque", False),
        (["other.dev.localhost"], "kubernetes.io/tls", False),
        ([], "kubernetes.io/tls", False),
    ],
)
def test_certificate_is_the_one_the_ingress_names(hosts: list[str], kind: str, has_certificate: bool) -> None:
    stated = ingress(tls=[{"hosts": hosts, "secretName": "shop-tls"}])
    table = Table([_cluster("dev-1", stated, secrets=_secret(kind))])

    assert (table.certificate("shop.dev.localhost") is not None) is has_certificate

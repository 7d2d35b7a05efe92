"""The annotations of the router, as values and at its port."""

import http.client
import ipaddress
from collections.abc import Iterator

import pytest

from sandbox.options import Options, overlaid, read_options
from sandbox.reflector import ClusterAccess
from sandbox.router import ROUTER_RULES, Router
from sandbox.server import SandboxCluster, SandboxServer
from testbed.process import eventually
from tests.unit.sandbox.client import INGRESSES, call
from tests.unit.sandbox.manifests import INGRESS_CLASS, endpoint_slice, ingress, path, service

HOST = "shop.dev.localhost"


def options(**annotations: str) -> Options:
    return read_options({f"sandbox.portico.dev/{name.replace('_', '-')}": text for name, text in annotations.items()})


def test_annotations_are_read() -> None:
    assert options(
        redirect_to_https="true",
        request_body_size="2k",
        allow_networks="10.0.0.0/8,2001:db8::/32",
        rewrite_prefix="/api",
        request_headers="X-Tenant: a\nX-Environment: dev",
        response_headers="X-Frame-Options: DENY",
    ) == Options(
        redirect_to_https=True,
        body_size=2048,
        networks=(ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32")),
        rewrite_prefix="/api",
        request_headers={"X-Tenant": "a", "X-Environment": "dev"},
        response_headers={"X-Frame-Options": "DENY"},
    )


def test_annotations_of_others_are_none_of_its_business() -> None:
    assert read_options({"nginx.ingress.kubernetes.io/ssl-redirect": "true"}) == Options()


@pytest.mark.parametrize(("text", "is_in"), [("10.0.0.0/8", True), ("127.0.0.1/32", False), ("nonsense", False)])
def test_allow_list_that_is_broken_lets_nobody_in(text: str, is_in: bool) -> None:
    assert options(allow_networks=text).lets_in("10.1.2.3") is is_in


@pytest.mark.parametrize(("size", "is_taken"), [("1k", True), ("9", False), ("k", False), ("", False)])
def test_size_that_is_broken_takes_no_body(size: str, is_taken: bool) -> None:
    assert options(request_body_size=size).takes(b"x" * 1024) is is_taken


@pytest.mark.parametrize(
    ("target", "prefix", "asked", "seen"),
    [
        ("/", "/shop", "/shop/cart?x=1", "/cart?x=1"),
        ("/", "/shop", "/shop", "/"),
        ("/", "/shop/", "/shop/", "/"),
        ("/api", "/", "/cart", "/api/cart"),
        ("/api/", "/shop", "/shop/cart", "/api/cart"),
        ("/api", "/shop", "/shop?x=1", "/api?x=1"),
    ],
)
def test_prefix_is_exchanged(target: str, prefix: str, asked: str, seen: str) -> None:
    assert options(rewrite_prefix=target).rewritten(asked, prefix) == seen


def test_header_takes_the_place_of_its_namesake() -> None:
    headers = {"cache-control": "public", "Server": "x"}
    assert overlaid(headers, {"Cache-Control": "no-store"}) == {"Server": "x", "Cache-Control": "no-store"}


@pytest.fixture(scope="module")
def entry() -> Iterator[tuple[SandboxCluster, Router]]:
    with SandboxServer(clusters=["dev-1"]) as server:
        cluster = server["dev-1"]
        call(cluster, "POST", "/api/v1/namespaces", {"metadata": {"name": "web"}})
        call(cluster, "POST", "/apis/networking.k8s.io/v1/ingressclasses", INGRESS_CLASS)
        call(cluster, "POST", "/api/v1/namespaces/web/services", service("shop"))
        call(cluster, "POST", "/apis/discovery.k8s.io/v1/namespaces/web/endpointslices", endpoint_slice("shop"))
        token = cluster.token("router", [rule | {"namespaces": None} for rule in ROUTER_RULES])
        with Router([ClusterAccess(cluster.name, cluster.url, cluster.ca_pem, token)]) as router:
            assert router.wait()
            yield cluster, router


@pytest.mark.parametrize(
    ("annotations", "status", "name", "value"),
    [
        ({"allow-networks": "10.0.0.0/8"}, 403, "Content-Type", "text/html; charset=utf-8"),
        ({"allow-networks": "127.0.0.0/8"}, 200, "Content-Type", "text/html; charset=utf-8"),
        ({"request-body-size": "1k"}, 413, "Content-Type", "text/html; charset=utf-8"),
        ({"redirect-to-https": "true"}, 308, "Location", "https://shop.dev.localhost:{port}/shop/cart"),
        ({"response-headers": "X-Frame-Options: DENY"}, 200, "X-Frame-Options", "DENY"),
    ],
)
def test_router_obeys_its_annotations(
    entry: tuple[SandboxCluster, Router], annotations: dict[str, str], status: int, name: str, value: str
) -> None:
    cluster, router = entry
    stated = ingress(paths=[path("/shop")])
    stated["metadata"]["annotations"] = {f"sandbox.portico.dev/{key}": text for key, text in annotations.items()}
    call(cluster, "DELETE", INGRESSES)
    assert eventually(lambda: router.table.site(HOST) is None)
    call(cluster, "POST", INGRESSES, stated)
    assert eventually(lambda: router.table.site(HOST) is not None)

    connection = http.client.HTTPConnection("127.0.0.1", router.http_port, timeout=5)
    connection.request("POST", "/shop/cart", b"x" * 2048, {"Host": HOST})
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert (answer.status, answer.headers[name]) == (status, value.format(port=router.https_port))

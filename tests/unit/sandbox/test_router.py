"""The router at work: from the sandbox's API to the answer on a port."""

import base64
import socket
import ssl
import time
from collections.abc import Callable, Iterator

import pytest
from cryptography import x509

from sandbox.backends import Backends
from sandbox.pki import KeyPair, make_ca, make_certificate
from sandbox.reflector import ClusterAccess
from sandbox.router import ROUTER_RULES, Router
from sandbox.server import SandboxCluster, SandboxServer
from tests.unit.sandbox.client import INGRESSES, MERGE, call, visit
from tests.unit.sandbox.manifests import INGRESS_CLASS, Object, endpoint_slice, ingress, path, service

SERVICES = "/api/v1/namespaces/web/services"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/web/endpointslices"


@pytest.fixture(scope="module")
def cluster() -> Iterator[SandboxCluster]:
    with SandboxServer(clusters=["dev-1"]) as server:
        cluster = server["dev-1"]
        call(cluster, "POST", "/api/v1/namespaces", {"metadata": {"name": "web"}})
        call(cluster, "POST", "/apis/networking.k8s.io/v1/ingressclasses", INGRESS_CLASS)
        for name in ("shop", "docs", "external"):
            call(cluster, "POST", SERVICES, service(name))
            call(cluster, "POST", SLICES, endpoint_slice(name))
        call(cluster, "POST", SERVICES, service("sleeping"))
        yield cluster


@pytest.fixture(scope="module")
def router(cluster: SandboxCluster) -> Iterator[Router]:
    token = cluster.token("router", [rule | {"namespaces": None} for rule in ROUTER_RULES])
    access = ClusterAccess(cluster.name, cluster.url, cluster.ca_pem, token)
    with (
        Backends({"web/external": 0}) as backends,
        Router([access], backends=backends.addresses | {"web/docs": "127.0.0.1:1"}) as router,
    ):
        assert router.wait()
        yield router


def _soon(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within 20 s; the router follows the cluster as fast as its watches tell it."""
    deadline = time.monotonic() + 20
    while not (came := condition()) and time.monotonic() < deadline:
        time.sleep(0.002)
    return came


@pytest.fixture(autouse=True)
def no_ingresses(cluster: SandboxCluster, router: Router) -> Iterator[None]:
    """Each test starts with a router that knows none."""
    yield
    call(cluster, "DELETE", INGRESSES)
    assert _soon(lambda: router.table.clusters["dev-1"].served() == [])


def _expose(cluster: SandboxCluster, router: Router, stated: Object) -> None:
    assert call(cluster, "POST", INGRESSES, stated)[0] == 201
    host = stated["spec"]["rules"][0]["host"]
    assert _soon(lambda: router.table.site(host) is not None)


def test_new_ingress_is_served(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress())

    status, page = visit(router.http_port, "shop.dev.localhost:8080", "/cart?x=<b>")

    assert status == 200
    facts = [
        "<h1>shop</h1>",
        "<dd>web</dd>",
        "<dd>dev-1</dd>",
        "<dd>shop.dev.localhost</dd>",
        "<dd>/cart?x=&lt;b&gt;</dd>",
    ]
    assert [fact for fact in facts if fact not in page] == []


def test_deleted_ingress_is_served_no_more(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress())
    call(cluster, "DELETE", f"{INGRESSES}/shop")

    assert _soon(lambda: visit(router.http_port, "shop.dev.localhost")[0] == 404)


def test_unknown_hosts_get_the_same_404_page(router: Router) -> None:
    status, page = visit(router.http_port, "nobody.example.com")

    assert (status, "404 Not Found" in page) == (404, True)
    assert visit(router.http_port, "another.example.com", "/path") == (404, page)


def test_unknown_path_of_a_known_host_is_a_404_page(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress(paths=[path("/shop")]))

    assert visit(router.http_port, "shop.dev.localhost", "/other")[0] == 404


def test_service_without_endpoints_is_unavailable(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress(paths=[path(name="sleeping")]))

    assert visit(router.http_port, "shop.dev.localhost")[0] == 503


def test_backend_that_is_told_is_asked(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress(paths=[path(name="external")]))

    status, page = visit(router.http_port, "shop.dev.localhost", "/x")

    assert status == 200
    assert [
        fact for fact in ("<h1>external</h1>", "<dd>dev-1</dd>", "<dd>shop.dev.localhost</dd>") if fact not in page
    ] == []


def test_backend_that_is_down_is_a_bad_gateway(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress(paths=[path(name="docs")]))

    assert visit(router.http_port, "shop.dev.localhost")[0] == 502


def test_head_has_no_body(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress())

    assert visit(router.http_port, "shop.dev.localhost", method="HEAD") == (200, "")


def test_address_is_published(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress())

    def published() -> bool:
        status = call(cluster, "GET", f"{INGRESSES}/shop")[1]["status"]
        return status == {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}

    assert _soon(published)


def test_address_that_was_overwritten_is_published_again(cluster: SandboxCluster, router: Router) -> None:
    _expose(cluster, router, ingress())
    patch = {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}
    call(cluster, "PATCH", f"{INGRESSES}/shop/status", patch, content_type=MERGE)

    def points() -> list[Object]:
        found: list[Object] = call(cluster, "GET", f"{INGRESSES}/shop")[1]["status"]["loadBalancer"].get("ingress", [])
        return found

    assert _soon(lambda: points() == [{"ip": "127.0.0.1"}])


def test_ingress_of_another_class_gets_no_address(cluster: SandboxCluster, router: Router) -> None:
    call(cluster, "POST", INGRESSES, ingress("foreign", "foreign.dev.localhost", ingressClassName="nginx"))
    _expose(cluster, router, ingress())
    assert _soon(lambda: bool(call(cluster, "GET", f"{INGRESSES}/shop")[1]["status"]["loadBalancer"]))

    assert call(cluster, "GET", f"{INGRESSES}/foreign")[1]["status"] == {"loadBalancer": {}}


def test_router_finds_its_way_back_after_an_outage(cluster: SandboxCluster, router: Router) -> None:
    cluster.drop_connections()
    cluster.refuse()
    cluster.clear()
    call(cluster, "POST", INGRESSES, ingress("late", "late.dev.localhost"))

    assert _soon(lambda: visit(router.http_port, "late.dev.localhost")[0] == 200)


def test_router_lists_again_when_its_version_is_forgotten(cluster: SandboxCluster, router: Router) -> None:
    cluster.refuse()
    cluster.store.forget_history()
    cluster.clear()
    call(cluster, "POST", INGRESSES, ingress("after", "after.dev.localhost"))

    assert _soon(lambda: visit(router.http_port, "after.dev.localhost")[0] == 200)


def _keep_secret(cluster: SandboxCluster, name: str, certificate: KeyPair, key: KeyPair) -> None:
    files = {"tls.crt": certificate.certificate, "tls.key": key.private_key}
    stored = {file: base64.b64encode(text.encode()).decode() for file, text in files.items()}
    body = {"metadata": {"name": name}, "type": "kubernetes.io/tls", "data": stored}
    assert call(cluster, "POST", "/api/v1/namespaces/web/secrets", body)[0] == 201


def _served_name(router: Router, host: str) -> str:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", router.https_port), timeout=5) as connection,
        context.wrap_socket(connection, server_hostname=host) as secure,
    ):
        certificate = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
    return certificate.subject.rfc4514_string()


def test_certificate_is_chosen_by_name(cluster: SandboxCluster, router: Router) -> None:
    pair = make_certificate(make_ca("CA"), "good", ["tls.example.com"], [])
    _keep_secret(cluster, "good-tls", pair, pair)
    stated = ingress("tls", "tls.example.com", tls=[{"hosts": ["tls.example.com"], "secretName": "good-tls"}])
    _expose(cluster, router, stated)

    assert _soon(lambda: _served_name(router, "tls.example.com") == "CN=good")
    assert _served_name(router, "other.example.com") == "CN=Sandbox Router Fake Certificate"


def test_secret_with_the_key_of_another_pair_is_not_served(cluster: SandboxCluster, router: Router) -> None:
    ca = make_ca("CA")
    pair, other = (make_certificate(ca, name, ["mis.example.com"], []) for name in ("mis", "other"))
    _keep_secret(cluster, "mismatch-tls", pair, other)
    stated = ingress("mis", "mis.example.com", tls=[{"hosts": ["mis.example.com"], "secretName": "mismatch-tls"}])
    _expose(cluster, router, stated)

    assert _served_name(router, "mis.example.com") == "CN=Sandbox Router Fake Certificate"

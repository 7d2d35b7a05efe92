"""Sandbox clusters as a process: credentials, what survives a restart, and the faults that tests ask for."""

import base64
import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sandbox.server import SandboxCluster, SandboxServer
from tests.unit.sandbox.client import call

NAMESPACES = "/api/v1/namespaces"


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(clusters=["dev-1", "prod-1"]) as server:
        yield server


@pytest.fixture
def cluster(server: SandboxServer) -> Iterator[SandboxCluster]:
    yield server["dev-1"]
    server["dev-1"].clear()


def test_clusters_share_nothing(server: SandboxServer) -> None:
    call(server["dev-1"], "POST", NAMESPACES, {"metadata": {"name": "only-here"}})

    assert call(server["dev-1"], "GET", f"{NAMESPACES}/only-here")[0] == 200
    assert call(server["prod-1"], "GET", f"{NAMESPACES}/only-here")[0] == 404


def test_token_of_another_cluster_is_unknown(server: SandboxServer) -> None:
    assert call(server["dev-1"], "GET", NAMESPACES, token=server["prod-1"].admin_token)[0] == 401


def test_certificate_of_another_cluster_is_not_trusted(server: SandboxServer) -> None:
    context = ssl.create_default_context(cadata=server["prod-1"].ca_pem)
    connection = http.client.HTTPSConnection("127.0.0.1", server["dev-1"].port, timeout=5, context=context)

    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/version")
    connection.close()


def test_token_has_the_rules_it_was_issued_with(cluster: SandboxCluster) -> None:
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["list"], "namespaces": None}]
    token = cluster.token("reader", rules)

    assert call(cluster, "GET", NAMESPACES, token=token)[0] == 200
    assert call(cluster, "GET", "/api/v1/secrets", token=token)[0] == 403


def test_token_issued_again_is_the_same_with_new_rules(cluster: SandboxCluster) -> None:
    first = cluster.token("changing", [])
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["list"], "namespaces": None}]

    assert cluster.token("changing", rules) == first
    assert call(cluster, "GET", NAMESPACES, token=first)[0] == 200


def test_revoked_token_is_unknown(cluster: SandboxCluster) -> None:
    token = cluster.token("leaving", [])
    cluster.revoke(token)

    assert call(cluster, "GET", NAMESPACES, token=token)[0] == 401


def test_kubeconfig_has_a_context_per_cluster(server: SandboxServer) -> None:
    document = yaml.safe_load(server.kubeconfig())

    assert [context["name"] for context in document["contexts"]] == ["dev-1", "prod-1"]
    assert [each["cluster"]["server"] for each in document["clusters"]] == [
        server["dev-1"].url,
        server["prod-1"].url,
    ]
    stated = document["clusters"][0]["cluster"]["certificate-authority-data"]
    assert base64.b64decode(stated).decode() == server["dev-1"].ca_pem


def test_kubeconfig_of_a_user_holds_only_that_token(cluster: SandboxCluster) -> None:
    document = yaml.safe_load(cluster.kubeconfig("a-token", "portal"))

    assert document["users"] == [{"name": "dev-1-portal", "user": {"token": "a-token"}}]


def test_objects_and_credentials_survive_a_restart(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, ["dev-1"]) as server:
        before = server["dev-1"]
        token = before.token(
            "portal", [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"], "namespaces": ["web"]}]
        )
        call(before, "POST", NAMESPACES, {"metadata": {"name": "web"}})
        _, written = call(before, "POST", f"{NAMESPACES}/web/secrets", {"metadata": {"name": "a"}})

    with SandboxServer(tmp_path, ["dev-1"]) as server:
        after = server["dev-1"]
        assert (after.ca_pem, after.admin_token) == (before.ca_pem, before.admin_token)
        assert call(after, "GET", f"{NAMESPACES}/web/secrets/a", token=token) == (200, written)
        _, newer = call(after, "POST", f"{NAMESPACES}/web/secrets", {"metadata": {"name": "b"}})

    assert int(newer["metadata"]["resourceVersion"]) > int(written["metadata"]["resourceVersion"])


def test_state_is_for_the_owner_only(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, ["dev-1"]):
        modes = {file.name: oct(file.stat().st_mode)[-3:] for file in (tmp_path / "dev-1").iterdir()}

    assert (modes["ca.key"], modes["server.key"], modes["tokens.json"]) == ("600", "600", "600")
    assert oct((tmp_path / "dev-1").stat().st_mode)[-3:] == "700"


def test_deleted_namespace_takes_its_objects_along(cluster: SandboxCluster) -> None:
    call(cluster, "POST", NAMESPACES, {"metadata": {"name": "brief"}})
    call(cluster, "POST", f"{NAMESPACES}/brief/secrets", {"metadata": {"name": "a"}})

    call(cluster, "DELETE", f"{NAMESPACES}/brief")

    assert call(cluster, "GET", f"{NAMESPACES}/brief")[0] == 404
    assert call(cluster, "GET", f"{NAMESPACES}/brief/secrets")[1]["items"] == []


def test_default_class_is_given_to_an_ingress_without_one(cluster: SandboxCluster) -> None:
    annotations = {"ingressclass.kubernetes.io/is-default-class": "true"}
    body = {"metadata": {"name": "default", "annotations": annotations}, "spec": {"controller": "example.com/x"}}
    call(cluster, "POST", "/apis/networking.k8s.io/v1/ingressclasses", body)
    spec = {"defaultBackend": {"service": {"name": "a", "port": {"number": 1}}}}

    _, made = call(
        cluster,
        "POST",
        "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
        {"metadata": {"name": "a"}, "spec": spec},
    )

    assert made["spec"]["ingressClassName"] == "default"


def test_hanging_cluster_never_answers(cluster: SandboxCluster) -> None:
    cluster.hang()

    with pytest.raises(TimeoutError):
        call(cluster, "GET", "/version", timeout=0.1)


def test_hanging_cluster_answers_when_well_again(cluster: SandboxCluster) -> None:
    cluster.hang()
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(call(cluster, "GET", "/version")[0]))
    waiting.start()
    cluster.clear()
    waiting.join()

    assert answers == [200]


def test_refusing_cluster_refuses_connections_and_comes_back_at_its_address(cluster: SandboxCluster) -> None:
    url = cluster.url
    cluster.refuse()
    with pytest.raises(ConnectionRefusedError):
        call(cluster, "GET", "/version")

    cluster.clear()

    assert (cluster.url, call(cluster, "GET", "/version")[0]) == (url, 200)


def test_slow_cluster_takes_its_time(cluster: SandboxCluster) -> None:
    cluster.slow(0.05)
    start = time.monotonic()
    call(cluster, "GET", "/version")

    assert time.monotonic() - start >= 0.05


@pytest.mark.parametrize("code", [403, 429, 500, 503])
def test_cluster_answers_the_status_it_is_told(cluster: SandboxCluster, code: int) -> None:
    cluster.status(code)

    status, body = call(cluster, "GET", NAMESPACES)

    assert (status, body["kind"], body["code"]) == (code, "Status", code)


def test_plain_text_on_the_tls_port_does_not_hurt(cluster: SandboxCluster) -> None:
    with socket.create_connection(("127.0.0.1", cluster.port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            connection.recv(100)

    assert call(cluster, "GET", "/version")[0] == 200


def test_connection_is_kept_for_the_next_request(cluster: SandboxCluster) -> None:
    context = ssl.create_default_context(cadata=cluster.ca_pem)
    connection = http.client.HTTPSConnection("127.0.0.1", cluster.port, timeout=5, context=context)
    connection.request("GET", "/version")
    connection.getresponse().read()
    first = connection.sock
    connection.request("GET", "/readyz")
    connection.getresponse().read()

    assert connection.sock is first
    connection.close()


def test_chunked_body_is_read(cluster: SandboxCluster) -> None:
    context = ssl.create_default_context(cadata=cluster.ca_pem)
    connection = http.client.HTTPSConnection("127.0.0.1", cluster.port, timeout=5, context=context)
    headers = {"Authorization": f"Bearer {cluster.admin_token}", "Content-Type": "application/json"}
    parts = [b'{"metadata":', b'{"name":"chunked"}}']
    connection.request("POST", NAMESPACES, iter(parts), headers, encode_chunked=True)

    assert connection.getresponse().status == 201
    connection.close()


def test_stopped_server_ends_its_watches() -> None:
    server = SandboxServer().start()
    cluster = server["sandbox"]
    context = ssl.create_default_context(cadata=cluster.ca_pem)
    connection = http.client.HTTPSConnection("127.0.0.1", cluster.port, timeout=5, context=context)
    headers = {"Authorization": f"Bearer {cluster.admin_token}"}
    connection.request("GET", f"{NAMESPACES}?watch=1&resourceVersion={cluster.store.version}", headers=headers)
    response = connection.getresponse()

    start = time.monotonic()
    server.stop()

    with contextlib.suppress(http.client.IncompleteRead, OSError):  # the end may be cut
        assert response.read() == b""
    assert time.monotonic() - start < 2
    connection.close()

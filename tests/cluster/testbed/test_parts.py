"""The real parts are what they claim to be; if one of these fails, no other result of the tier counts."""

from __future__ import annotations

import json
import socket
from functools import partial

import psycopg
import pytest
from redis import Redis

from testbed import objects
from testbed.backends import Backends
from testbed.certificates import CertificateAuthority, Leaf
from testbed.client import ApiClient, ApiError
from testbed.control_plane import ControlPlane
from testbed.ingress_controller import IngressController
from testbed.process import eventually


def test_tier_sees_no_network_but_its_own() -> None:
    assert [name for _, name in socket.if_nameindex()] == ["lo"]


def test_version_of_apiserver_is_the_stamped_one(kube: ControlPlane) -> None:
    version = kube.client.get("/version")
    assert (version["gitVersion"], version["major"], version["minor"]) == ("v1.35.0", "1", "35")


def test_ingress_classes_are_in_place(kube: ControlPlane) -> None:
    classes = kube.client.get("/apis/networking.k8s.io/v1/ingressclasses")["items"]
    assert {item["metadata"]["name"]: item["spec"]["controller"] for item in classes} == objects.INGRESS_CLASSES


@pytest.mark.parametrize("ingress_class_name", ["traefik", "nginx"])
def test_ingress_routes_to_backend_of_its_service(
    kube: ControlPlane, traefik: IngressController, backends: Backends, namespace: str, ingress_class_name: str
) -> None:
    host = f"{namespace}.example.test"
    put_service(kube, namespace, "web", backends, "two")
    manifest = objects.ingress(namespace, "web", host=host, service_name="web", ingress_class_name=ingress_class_name)
    kube.client.apply(manifest)
    path = kube.client.path_of(manifest)

    assert eventually(lambda: traefik.get(host, "/where?am=i").status == 200)
    answer = json.loads(traefik.get(host, "/where?am=i").data)
    assert (answer["backend"], answer["path"], answer["headers"]["Host"]) == ("two", "/where?am=i", host)
    assert traefik.get(f"other-{host}").status == 404
    assert eventually(lambda: kube.client.get(path)["status"].get("loadBalancer")) == {"ingress": [{"ip": "127.0.0.1"}]}


def test_tls_secret_is_served_by_name(
    kube: ControlPlane, traefik: IngressController, backends: Backends, namespace: str
) -> None:
    authority = CertificateAuthority()
    leaves = {name: authority.issue([f"{name}.{namespace}.example.test"]) for name in ("left", "right")}
    put_service(kube, namespace, "web", backends, "one")
    for name, leaf in leaves.items():
        kube.client.apply(objects.tls_secret(namespace, name, leaf))
        host = f"{name}.{namespace}.example.test"
        kube.client.apply(objects.ingress(namespace, name, host=host, service_name="web", tls_secret_name=name))

    for name, leaf in leaves.items():
        host = f"{name}.{namespace}.example.test"
        assert eventually(partial(serves, traefik, host, leaf))
        answer = traefik.get_secure(host, ca_pem=authority.certificate_pem)
        assert (answer.status, json.loads(answer.data)["backend"]) == (200, "one")


def test_service_account_has_the_rights_of_its_rules_only(kube: ControlPlane, namespace: str) -> None:
    token = kube.service_account_token(namespace, "portal")
    caller = ApiClient(kube.url, ca_file=kube.ca_file, token=token)
    secrets = caller.get(f"/api/v1/namespaces/{namespace}/secrets", {"fieldSelector": "type=kubernetes.io/tls"})
    assert secrets["items"] == []
    with pytest.raises(ApiError) as refused:
        caller.get(f"/api/v1/namespaces/{namespace}/pods")
    assert refused.value.status == 403


def test_controllers_furnish_a_new_namespace(kube: ControlPlane, namespace: str) -> None:
    account, ca = f"/api/v1/namespaces/{namespace}/serviceaccounts/default", "configmaps/kube-root-ca.crt"
    assert eventually(lambda: kube.client.find(account))
    assert eventually(lambda: kube.client.find(f"/api/v1/namespaces/{namespace}/{ca}"))


def test_postgres_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT current_user, inet_server_addr()::text").fetchone() == (
            "portico",
            "127.0.0.1/32",
        )


def test_redis_answers(redis_url: str) -> None:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        redis.set("greeting", "hello")
        assert redis.get("greeting") == "hello"


def serves(traefik: IngressController, host: str, leaf: Leaf) -> bool:
    return traefik.certificate_of(host) == leaf.certificate


def put_service(kube: ControlPlane, namespace: str, name: str, backends: Backends, backend: str) -> None:
    target = backends[backend]
    for manifest in objects.routed_service(namespace, name, address=target.address, port=target.port):
        kube.client.apply(manifest)

"""What lives in the demo's clusters: namespaces, services with ready endpoints, and secrets good and bad."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from demo.plan import SERVICES
from demo.seeds.certificates import Pair, days_ago, issue

Manifest = dict[str, Any]

INGRESS_CLASS = "sandbox"
# What the sandbox's router looks for, as a controller looks for its own name.
CONTROLLER = "portico.dev/sandbox-router"
SHOP_HOSTS = ("shop.example.com", "www.shop.example.com")
TARGET_PORT = 8080


def base_manifests() -> Iterator[Manifest]:
    """Everything but the secrets, in an order in which a cluster takes it."""
    yield {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {
            "name": INGRESS_CLASS,
            "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"},
        },
        "spec": {"controller": CONTROLLER},
    }
    for namespace in sorted({name.partition("/")[0] for name in SERVICES}):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    for number, name in enumerate(SERVICES, start=1):
        namespace, _slash, service = name.partition("/")
        yield service_manifest(namespace, service)
        yield endpoints_manifest(namespace, service, number)


def secret_manifests(authority: Pair) -> Iterator[Manifest]:
    """The secrets of namespace web: two good certificates, three bad ones, and three that are none at all."""
    shop, other_key = issue(authority, *SHOP_HOSTS), issue(authority, *SHOP_HOSTS)
    yield _tls("shop-tls", shop)
    yield _tls("wildcard-tls", issue(authority, "*.example.com"))
    yield _tls("expired-tls", issue(authority, *SHOP_HOSTS, not_after=days_ago(30)))
    yield _tls("mismatch-tls", Pair(shop.certificate, other_key.key))
    yield _tls("other-host-tls", issue(authority, "shop.example.net"))
    yield _secret("client-ca", "Opaque", {"ca.crt": authority.certificate_pem})
    yield _secret("basic-auth", "Opaque", {"auth": "demo:$apr1$8sEoBpTG$kbuyCNF3dXQmPRlB6V9Y40\n"})
    yield _robot_token(authority)


def service_manifest(namespace: str, name: str) -> Manifest:
    port = {"name": "http", "port": 80, "targetPort": TARGET_PORT, "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": namespace, "name": name, "labels": {"app": name}},
        "spec": {"selector": {"app": name}, "ports": [port]},
    }


def endpoints_manifest(namespace: str, name: str, number: int) -> Manifest:
    ready = {"ready": True, "serving": True, "terminating": False}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "namespace": namespace,
            "name": f"{name}-1",
            "labels": {"kubernetes.io/service-name": name},
        },
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": TARGET_PORT, "protocol": "TCP"}],
        "endpoints": [{"addresses": [f"10.244.{number}.{host}"], "conditions": ready} for host in (11, 12)],
    }


def _tls(name: str, pair: Pair) -> Manifest:
    return _secret(name, "kubernetes.io/tls", {"tls.crt": pair.certificate_pem, "tls.key": pair.key_pem})


def _robot_token(authority: Pair) -> Manifest:
    content = {"ca.crt": authority.certificate_pem, "namespace": "web", "token": "not-a-token-of-any-cluster"}
    secret = _secret("robot-token", "kubernetes.io/service-account-token", content)
    secret["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "robot"}
    return secret


def _secret(name: str, kind: str, content: dict[str, str]) -> Manifest:
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in content.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"namespace": "web", "name": name},
        "type": kind,
        "data": encoded,
    }

"""Manifests of what tests put into the cluster, as the API server takes them.

There is no kubelet and no kube-proxy: a Service without selector plus a hand-made EndpointSlice is what an ingress
controller needs to find a backend.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from testbed.certificates import Leaf
from testbed.client import JSONObject

JSONList = list[JSONObject]

INGRESS_CLASSES = {"traefik": "traefik.io/ingress-controller", "nginx": "k8s.io/ingress-nginx"}


def base64_text(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def ingress_class(name: str) -> JSONObject:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": name},
        "spec": {"controller": INGRESS_CLASSES[name]},
    }


def namespace(name: str) -> JSONObject:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def service(namespace: str, name: str, *, port: int = 80, port_name: str = "http") -> JSONObject:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"ports": [{"name": port_name, "port": port, "protocol": "TCP"}]},
    }


def routed_service(namespace: str, name: str, *, address: str, port: int) -> JSONList:
    """A Service on port 80 with the EndpointSlice that leads to one backend."""
    return [service(namespace, name), endpoint_slice(namespace, name, addresses=[address], port=port)]


def endpoint_slice(
    namespace: str, service_name: str, *, addresses: Sequence[str], port: int, port_name: str = "http"
) -> JSONObject:
    """The backends of a Service; `port_name` must equal the name of the Service's port."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "namespace": namespace,
            "name": f"{service_name}-1",
            "labels": {"kubernetes.io/service-name": service_name},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}} for address in addresses],
        "ports": [{"name": port_name, "port": port, "protocol": "TCP"}],
    }


def ingress(
    namespace: str,
    name: str,
    *,
    host: str,
    service_name: str,
    path: str = "/",
    port_name: str = "http",
    ingress_class_name: str = "traefik",
    tls_secret_name: str | None = None,
) -> JSONObject:
    backend = {"service": {"name": service_name, "port": {"name": port_name}}}
    rule = {"host": host, "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": backend}]}}
    tls = {"tls": [{"hosts": [host], "secretName": tls_secret_name}]} if tls_secret_name else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"ingressClassName": ingress_class_name, "rules": [rule], **tls},
    }


def tls_secret(namespace: str, name: str, leaf: Leaf) -> JSONObject:
    content = {"tls.crt": leaf.certificate_pem + leaf.issuer_pem, "tls.key": leaf.private_key_pem}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"namespace": namespace, "name": name},
        "data": {key: base64_text(pem) for key, pem in content.items()},
    }


def service_account(namespace: str, name: str) -> JSONObject:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": namespace, "name": name}}


def cluster_role(name: str, rules: JSONList) -> JSONObject:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": rules,
    }


def cluster_role_binding(name: str, *, role: str, namespace: str, service_account: str) -> JSONObject:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "namespace": namespace, "name": service_account}],
    }

"""What was seen in a cluster. Each maker also notes the collection as fresh, as a refresh would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.clusters.models import Cluster
from apps.inventory.models import Collection, Ingress, IngressClass, IngressPath, Namespace, Secret, Service

HTTP_PORT = {"name": "http", "port": 80, "protocol": "TCP", "app_protocol": None}


def make_collection(cluster: Cluster, kind: str, **fields: Any) -> Collection:
    """How fresh a kind is: observed now unless told otherwise."""
    now = timezone.now()
    defaults = {"observed_at": now, "attempted_at": now} | fields
    return Collection.objects.update_or_create(cluster=cluster, kind=kind, defaults=defaults)[0]


def make_namespace(cluster: Cluster, name: str = "web", **fields: Any) -> Namespace:
    make_collection(cluster, "Namespace")
    return Namespace.objects.create(cluster=cluster, name=name, **{"uid": f"uid-{name}"} | fields)


def make_service(cluster: Cluster, name: str = "shop", *, namespace: str = "web", **fields: Any) -> Service:
    make_collection(cluster, "Service")
    defaults: dict[str, Any] = {"type": "ClusterIP", "ports": [HTTP_PORT], "ready_endpoints": 1}
    return Service.objects.create(cluster=cluster, namespace=namespace, name=name, **defaults | fields)


def make_ingress_class(cluster: Cluster, name: str = "traefik", **fields: Any) -> IngressClass:
    make_collection(cluster, "IngressClass")
    defaults = {"controller": "traefik.io/ingress-controller", "is_default": True}
    return IngressClass.objects.create(cluster=cluster, name=name, **defaults | fields)


def make_secret(cluster: Cluster, name: str = "shop-tls", *, namespace: str = "web", **fields: Any) -> Secret:
    """A usable certificate for shop.example.com unless told otherwise."""
    make_collection(cluster, "Secret")
    now = timezone.now()
    defaults: dict[str, Any] = {
        "is_tls": True,
        "usable": True,
        "subject_names": ["shop.example.com"],
        "issuer": "Test CA",
        "not_before": now - timedelta(days=1),
        "not_after": now + timedelta(days=89),
        "fingerprint_sha256": ":".join(["AB"] * 32),
        "key_type": "RSA 2048",
    }
    return Secret.objects.create(cluster=cluster, namespace=namespace, name=name, **defaults | fields)


def make_ingress(
    cluster: Cluster, host: str, *, name: str = "by-hand", namespace: str = "web", path: str = "/", **fields: Any
) -> Ingress:
    """An Ingress with one path for `host`."""
    make_collection(cluster, "Ingress")
    defaults = {"ingress_class_name": "traefik"}
    ingress = Ingress.objects.create(cluster=cluster, namespace=namespace, name=name, **defaults | fields)
    IngressPath.objects.create(
        ingress=ingress, host=host, path=path, path_type="Prefix", service_name="shop", service_port="http"
    )
    return ingress

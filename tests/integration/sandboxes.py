"""Sandbox clusters for tests: started in-process, filled through the gateway, registered through the service."""

from __future__ import annotations

from typing import Any

from apps.clusters.models import Cluster
from apps.clusters.services import register_cluster
from apps.kube.client import ClusterClient
from apps.kube.credentials import Credential, Endpoint
from apps.kube.kinds import kind_of
from sandbox.server import SandboxCluster
from tests.factories.people import make_platform_admin


def admin_client(sandbox: SandboxCluster) -> ClusterClient:
    return ClusterClient(
        Endpoint(sandbox.url, sandbox.ca_pem), Credential(token=sandbox.admin_token), allow_loopback=True
    )


def put(sandbox: SandboxCluster, *manifests: dict[str, Any]) -> None:
    """Create or change objects as the cluster's own people would."""
    with admin_client(sandbox) as client:
        for manifest in manifests:
            client.apply(manifest, field_manager="kubectl", force=True)


def remove(sandbox: SandboxCluster, *manifests: dict[str, Any]) -> None:
    with admin_client(sandbox) as client:
        for manifest in manifests:
            kind, metadata = kind_of(manifest), manifest["metadata"]
            live = client.get(kind, metadata.get("namespace"), metadata["name"])
            client.delete(kind, metadata.get("namespace"), metadata["name"], uid=live["metadata"]["uid"])


def registered(sandbox: SandboxCluster, *, token: str = "", **fields: Any) -> Cluster:
    """The sandbox in the registry, with its admin token unless another one is given."""
    return register_cluster(
        by=make_platform_admin(),
        **{
            "name": sandbox.name,
            "environment": "dev",
            "endpoint_url": sandbox.url,
            "certificate_authority": sandbox.ca_pem,
            "token": token or sandbox.admin_token,
        }
        | fields,
    )


def ingress(namespace: str, name: str, host: str, *paths: str, **spec: Any) -> dict[str, Any]:
    backend = {"service": {"name": "shop", "port": {"name": "http"}}}
    entries = [{"path": path, "pathType": "Prefix", "backend": backend} for path in paths or ("/",)]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"rules": [{"host": host, "http": {"paths": entries}}], **spec},
    }

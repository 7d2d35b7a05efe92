"""One sandbox cluster per test, empty or with one of each kind in it, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server import SandboxCluster, SandboxServer
from testbed import objects
from testbed.certificates import CertificateAuthority
from tests.integration.sandboxes import ingress, put

HOST = "shop.example.com"


@pytest.fixture
def sandbox() -> Iterator[SandboxCluster]:
    with SandboxServer(clusters=["dev-1"]) as server:
        yield server["dev-1"]


def opaque(name: str) -> dict:
    content = {"token": objects.base64_text("very-secret")}
    return {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {"namespace": "web", "name": name},
            "data": content}  # fmt: skip


@pytest.fixture
def filled(sandbox: SandboxCluster) -> SandboxCluster:
    leaf = CertificateAuthority().issue([HOST])
    put(
        sandbox,
        objects.namespace("web"),
        objects.ingress_class("traefik"),
        *objects.routed_service("web", "shop", address="10.0.0.1", port=8080),
        objects.tls_secret("web", "shop-tls", leaf),
        opaque("robot-token"),
        ingress("web", "by-hand", HOST, "/a", "/b"),
    )
    return sandbox

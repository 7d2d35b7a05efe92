"""Two clusters under one face: the sandbox and a real API server. Every test of this folder runs against both.

That is what keeps the sandbox honest for the gateway's purposes: what passes here behaves alike where the portal looks.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from apps.kube.client import ClusterClient
from apps.kube.credentials import Credential
from apps.kube.manifests import FIELD_MANAGER
from sandbox.server import SandboxServer
from tests.cluster.kube.clusters import LEAST_RULES, Cluster, real_cluster, sandbox_cluster


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture(params=["sandbox", "real"])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    if request.param == "sandbox":
        return sandbox_cluster(request.getfixturevalue("sandbox"))
    return real_cluster(request.getfixturevalue("kube"))


@pytest.fixture
def connect(cluster: Cluster) -> Iterator[Callable[..., ClusterClient]]:
    opened: list[ClusterClient] = []

    def make(token: str | None = None) -> ClusterClient:
        credential = Credential(token=token or cluster.admin_token)
        opened.append(ClusterClient(cluster.endpoint, credential, allow_loopback=True))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def admin(connect: Callable[..., ClusterClient]) -> ClusterClient:
    return connect()


@pytest.fixture
def portal(cluster: Cluster, connect: Callable[..., ClusterClient]) -> ClusterClient:
    """A client with exactly the rights that the portal asks for."""
    return connect(cluster.token_for(LEAST_RULES))


@pytest.fixture
def namespace(admin: ClusterClient) -> str:
    """A namespace of this test alone, in whichever cluster it runs; both clusters go away with the session."""
    name = f"t-{secrets.token_hex(4)}"
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    admin.apply(manifest, field_manager=FIELD_MANAGER)
    return name

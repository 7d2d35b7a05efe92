"""The real parts as fixtures: each is started once per session, when a test first asks for it.

Tests share the parts and keep apart by namespace, database and host name.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from testbed.backends import Backends
from testbed.bed import Testbed, testbed
from testbed.control_plane import ControlPlane
from testbed.ingress_controller import IngressController


@pytest.fixture(scope="session")
def bed() -> Iterator[Testbed]:
    with testbed() as bed:
        yield bed


@pytest.fixture(scope="session")
def kube(bed: Testbed) -> ControlPlane:
    """The control plane: `url`, `ca.certificate_pem`, `token`, `client`, `service_account_token`, `kubeconfig`."""
    return bed.kube


@pytest.fixture(scope="session")
def traefik(bed: Testbed) -> IngressController:
    """The ingress controller: `get`, `get_secure`, `certificate_of`, `web_port`, `websecure_port`."""
    return bed.traefik


@pytest.fixture(scope="session")
def backends(bed: Testbed) -> Backends:
    """HTTP servers `one`, `two` and `three`, each with `address` and `port`."""
    return bed.backends


@pytest.fixture(scope="session")
def postgres_url(bed: Testbed) -> str:
    """DATABASE_URL of an empty database of this session."""
    return bed.postgres.create_database()


@pytest.fixture(scope="session")
def redis_url(bed: Testbed) -> str:
    """REDIS_URL of a server of this session."""
    return bed.redis.url()


@pytest.fixture
def namespace(kube: ControlPlane) -> Iterator[str]:
    """A namespace of this test; its name is unique and fit to be part of host names."""
    name = kube.create_namespace()
    yield name
    kube.delete_namespace(name)

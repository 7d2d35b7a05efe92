"""The portal's own client, with no more rights than it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.kube.client import ClusterClient
from apps.kube.credentials import Credential, Endpoint
from testbed.control_plane import ControlPlane
from tests.cluster.kube.clusters import LEAST_RULES


@pytest.fixture
def portal(kube: ControlPlane, namespace: str) -> Iterator[ClusterClient]:
    token = kube.service_account_token("default", f"portal-{namespace}", rules=LEAST_RULES)
    client = ClusterClient(Endpoint(kube.url, kube.ca.certificate_pem), Credential(token=token), allow_loopback=True)
    yield client
    client.close()

"""One authority and one server certificate for all tests of the gateway: keys are slow to make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.kube.client import ClusterClient
from apps.kube.credentials import Credential, Endpoint
from tests.unit.kube.certs import Pair, authority, issue
from tests.unit.kube.server import TOKEN, HttpsServer, Reply


@pytest.fixture(scope="session")
def ca() -> Pair:
    return authority()


@pytest.fixture(scope="session")
def server_pair(ca: Pair) -> Pair:
    return issue(["127.0.0.1", "api.cluster.test"], issuer=ca)


@pytest.fixture
def server(server_pair: Pair, ca: Pair, tmp_path: Path) -> Iterator[HttpsServer]:
    running = HttpsServer(server_pair, tmp_path, client_authority=ca.pem)
    yield running
    running.stop()


@pytest.fixture
def connect(server: HttpsServer, ca: Pair) -> Iterator[Callable[..., ClusterClient]]:
    """Makes a client of `server`, which will give the replies named, in order."""
    opened: list[ClusterClient] = []

    def make(*replies: Reply, url: str = "", credential: Credential | None = None, **options: Any) -> ClusterClient:
        server.replies[:] = replies
        endpoint = Endpoint(url or server.url, options.pop("authority", ca.pem), options.pop("tls_server_name", ""))
        given = {"allow_loopback": True, "connect_timeout": 5.0, "read_timeout": 5.0} | options
        client = ClusterClient(endpoint, credential or Credential(token=TOKEN), **given)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()

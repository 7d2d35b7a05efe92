"""The one place where a stored credential is opened for use: clients for registered clusters, kept per process.

A client pins the address that it resolved, so none is kept for long, and a failed connection drops it at once.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.conf import settings

from apps.clusters import vault
from apps.clusters.models import Cluster
from apps.kube.client import ClusterClient
from apps.kube.credentials import Endpoint

KEPT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Kept:
    key: tuple[str, Endpoint]
    client: ClusterClient
    since: float


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()


def endpoint_of(cluster: Cluster) -> Endpoint:
    return Endpoint(cluster.endpoint, cluster.certificate_authority, cluster.tls_server_name)


def client_for(cluster: Cluster) -> ClusterClient:
    """A client that may be shared by threads. Costs one query while credential and endpoint stay the same."""
    endpoint = endpoint_of(cluster)
    key = (vault.fingerprint_of(cluster), endpoint)
    with _lock:
        kept = _kept.get(cluster.pk)
    if kept is not None and kept.key == key and time.monotonic() - kept.since < KEPT_SECONDS:
        return kept.client
    credential, fingerprint = vault.open_credential(cluster)
    # Built outside the lock: it resolves a name, and one slow name must not stop the calls to other clusters.
    client = ClusterClient(endpoint, credential, allow_loopback=settings.PORTICO_ALLOW_LOOPBACK_CLUSTERS)
    with _lock:
        _kept[cluster.pk] = _Kept((fingerprint, endpoint), client, time.monotonic())
    return client


def drop_client(cluster: Cluster) -> None:
    """Forget the kept client; calls that still run on it end as they would."""
    with _lock:
        _kept.pop(cluster.pk, None)

"""Which clusters have just kept silent while somebody waited, so that the next one does not wait for the same answer.

Kept in the cache, because it is worth nothing after a few seconds: the scheduled check says whether a cluster is gone
for longer, and whoever pushes asks it in any case.
"""

from __future__ import annotations

from django.core.cache import cache

from apps.clusters.models import Cluster

SPARED_SECONDS = 15


def note_silence(cluster: Cluster) -> None:
    cache.set(_key(cluster), True, SPARED_SECONDS)


def is_silent(cluster: Cluster) -> bool:
    return bool(cache.get(_key(cluster)))


def forget_silence(cluster: Cluster) -> None:
    """It answered."""
    cache.delete(_key(cluster))


def _key(cluster: Cluster) -> str:
    return f"silent-cluster:{cluster.pk}"

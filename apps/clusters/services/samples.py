"""Keeps what the last checks of a cluster found, so that its pages can show how it has been, not only how it is."""

from __future__ import annotations

from datetime import datetime

from apps.clusters.models import CheckSample, Cluster

# Two checks a minute: the last hour.
KEPT = 120


def keep_sample(*, cluster: Cluster, reachable: bool, latency_ms: int | None, now: datetime) -> None:
    """One more sample, and the oldest beyond KEPT forgotten. Inside the caller's transaction."""
    CheckSample.objects.create(cluster=cluster, at=now, reachable=reachable, latency_ms=latency_ms)
    samples = CheckSample.objects.filter(cluster=cluster)
    oldest = samples.order_by("-at").values_list("at", flat=True)[KEPT - 1 : KEPT].first()
    if oldest is not None:
        samples.filter(at__lt=oldest).delete()

"""The address at which people open an exposure."""

from __future__ import annotations

from apps.clusters.models import Cluster
from apps.exposures.models import Exposure, Revision
from apps.exposures.spec import ExposureSpec

USUAL_PORTS = {"http": 80, "https": 443}


def url_of(cluster: Cluster, spec: ExposureSpec) -> str:
    """With the entry's port where it is not the usual one, and the first path unless it is the root."""
    return f"{base_url_of(cluster, spec)}{spec.paths[0].path if spec.paths else '/'}"


def base_url_of(cluster: Cluster, spec: ExposureSpec) -> str:
    port = cluster.https_port if spec.scheme == "https" else cluster.http_port
    place = spec.host if port == USUAL_PORTS[spec.scheme] else f"{spec.host}:{port}"
    return f"{spec.scheme}://{place}"


def shown_revision(exposure: Exposure) -> Revision | None:
    """What the exposure is known by: what runs, else what was approved last, else what was asked for last."""
    return exposure.live_revision or exposure.desired_revision or exposure.newest_revision

"""The question that the preflight asks a cluster: would you take this Ingress?"""

from __future__ import annotations

from apps.kube.client import ClusterClient
from apps.kube.errors import ClusterError
from apps.kube.manifests import FIELD_MANAGER, BackendPath, render_ingress
from apps.kube.refusals import Refusal, read_refusal


def refusal_of(portal: ClusterClient, namespace: str, host: str) -> Refusal | None:
    """What the server-side dry-run answers; None when it accepts."""
    manifest = render_ingress(
        name=host.partition(".")[0],
        namespace=namespace,
        exposure_id="exp_1",
        host=host,
        paths=[BackendPath("/", "Prefix", "shop", "http")],
        tls_secret_name=None,
        ingress_class_name="traefik",
        annotations={},
    )
    try:
        portal.apply(manifest, field_manager=FIELD_MANAGER, dry_run=True, force=True)
    except ClusterError as error:
        return read_refusal(error)
    return None

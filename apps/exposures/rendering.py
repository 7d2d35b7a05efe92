"""From a spec to the bytes that will be applied, and to the hash that decisions are bound to.

The hash covers the operation, the target, the base revision, the renderer's version, the rendered bytes and the
fingerprint of the certificate: everything an approver's yes is about (I1). Reason and comments are not part of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from apps.clusters.models import Cluster
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure, Revision
from apps.exposures.options import render_options
from apps.exposures.policies import Facts
from apps.exposures.spec import ExposureSpec
from apps.kube.manifests import RENDERER_VERSION, BackendPath, canonical_json, render_ingress


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a revision stores: the bytes and the hash over all that counts."""

    rendered: str
    content_hash: str
    facts: dict[str, Any]


def render(
    *,
    operation: Operation,
    cluster: Cluster,
    namespace: str,
    exposure_id: str,
    object_name: str,
    spec: ExposureSpec,
    facts: Facts | None,
    base_revision: Revision | None,
) -> Rendering:
    """Pure but for nothing: equal input gives equal bytes and an equal hash."""
    manifest = render_ingress(
        name=object_name,
        namespace=namespace,
        exposure_id=exposure_id,
        host=spec.host,
        paths=[
            BackendPath(
                path=path.path,
                path_type=path.path_type,
                service_name=path.service_name,
                service_port=path.service_port,
            )
            for path in spec.paths
        ],
        tls_secret_name=spec.tls_secret_name,
        default_certificate=spec.default_certificate,
        ingress_class_name=facts.ingress_class_name if facts else spec.ingress_class_name,
        annotations=_annotations(operation, spec, facts, base_revision),
    )
    rendered = canonical_json(manifest).decode()
    kept = _kept(facts)
    content_hash = hash_content(
        operation=operation,
        cluster_name=cluster.name,
        exposure_id=exposure_id,
        rendered=rendered,
        renderer_version=RENDERER_VERSION,
        facts=kept,
        base_revision_id=base_revision.pk if base_revision else "",
    )
    return Rendering(rendered, content_hash, kept)


def _annotations(
    operation: Operation, spec: ExposureSpec, facts: Facts | None, base_revision: Revision | None
) -> dict[str, str]:
    """What the options become. A deletion repeats what is there: today's controller has no say in it any more."""
    if operation == Operation.DELETE and base_revision is not None:
        return annotations_of(base_revision)
    return render_options(spec.options, facts.controller if facts else "")


def _kept(facts: Facts | None) -> dict[str, Any]:
    """What was true and has to be so still: the certificate, and for a path on another team's host, whose it is."""
    kept = {"certificate_fingerprint": facts.certificate.fingerprint_sha256 if facts and facts.certificate else ""}
    if facts and facts.spec.default_certificate:
        # Under a name of its own: once it is live, the controller may renew it at any time.
        kept["default_certificate_fingerprint"] = facts.cluster.default_certificate.fingerprint_sha256
    return kept | ({"host_owner": facts.shared.owner} if facts and facts.shared else {})


def approved_fingerprint(revision: Revision) -> str:
    """Of the certificate that it was asked with, the cluster's default one included; empty where none was known."""
    found = revision.facts.get("certificate_fingerprint") or revision.facts.get("default_certificate_fingerprint")
    return str(found or "")


def annotations_of(revision: Revision) -> dict[str, str]:
    """What the options of a revision became when it was rendered."""
    written: dict[str, str] = json.loads(revision.rendered)["metadata"].get("annotations", {})
    return written


def hash_content(
    *,
    operation: str,
    cluster_name: str,
    exposure_id: str,
    rendered: str,
    renderer_version: str,
    facts: dict[str, Any],
    base_revision_id: str,
) -> str:
    """`sha256:` over the canonical JSON of everything covered."""
    covered = {
        "operation": str(operation),
        "cluster": cluster_name,
        "exposure": exposure_id,
        "rendered": rendered,
        "renderer_version": renderer_version,
        "facts": facts,
        "base_revision": base_revision_id,
    }
    return "sha256:" + hashlib.sha256(canonical_json(covered)).hexdigest()


def is_intact(revision: Revision, exposure: Exposure) -> bool:
    """Whether the stored bytes are still those that the hash was made over (I2); recomputed at every gate."""
    expected = hash_content(
        operation=revision.operation,
        cluster_name=exposure.cluster.name,
        exposure_id=exposure.pk,
        rendered=revision.rendered,
        renderer_version=revision.renderer_version,
        facts=revision.facts,
        base_revision_id=revision.base_revision_id or "",
    )
    return expected == revision.content_hash

"""Compares what should be live with what is: reported with its author, never overwritten in silence (D6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from apps.clusters.services.clients import client_for
from apps.exposures.models import Exposure
from apps.kube.errors import ObjectNotFound
from apps.kube.kinds import INGRESS
from apps.kube.manifests import stamp
from apps.kube.plan import FieldDifference, Writer, differences, last_writer


@dataclass(frozen=True, slots=True)
class Drift:
    """`state` is in_sync, drifted, missing or never_applied; `writer` last wrote, besides us, to what differs."""

    state: str
    differences: tuple[FieldDifference, ...]
    writer: Writer | None

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "differences": [
                {"field": entry.path, "desired": entry.desired, "live": entry.live} for entry in self.differences
            ],
            "last_writer": {"manager": self.writer.manager, "operation": self.writer.operation, "at": self.writer.time}
            if self.writer
            else None,
        }


def read_drift(*, exposure: Exposure) -> Drift:
    """Ask the cluster now. Raises ClusterError when it cannot be asked. Never call it inside a transaction (D3)."""
    revision = exposure.live_revision
    if revision is None:
        return Drift("never_applied", (), None)
    desired = stamp(json.loads(revision.rendered), content_hash=revision.content_hash, revision=revision.pk)
    try:
        live = client_for(exposure.cluster).get(INGRESS, exposure.namespace, exposure.object_name)
    except ObjectNotFound:
        return Drift("missing", (), None)
    found = tuple(differences(desired, live))
    if not found:
        return Drift("in_sync", (), None)
    return Drift("drifted", found, last_writer(live, of=[entry.path for entry in found]))

"""How the object in the cluster departs from what was delivered, and who changed it last (D6). Reads, never repairs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clusters.services import client_for
from apps.exposures.models import Exposure
from apps.kube.errors import ClusterError, ObjectNotFound
from apps.kube.kinds import INGRESS
from apps.kube.manifests import stamp
from apps.kube.plan import differences, last_writer

State = Literal["in_sync", "drifted", "missing", "not_applied", "unknown"]


@dataclass(frozen=True, slots=True)
class Drift:
    """`changed_by` is {"manager", "operation", "time"} of whoever wrote last besides the portal."""

    state: State
    message: str
    observed_at: datetime
    differences: list[dict[str, Any]]
    changed_by: dict[str, str] | None = None


def read_drift(exposure: Exposure) -> Drift:
    """Ask the cluster now. A cluster that does not answer gives `unknown`, never an error."""
    now = timezone.now()
    revision = exposure.live_revision
    if revision is None:
        return Drift("not_applied", _("Nothing has been delivered yet."), now, [])
    try:
        live = client_for(exposure.cluster).get(INGRESS, exposure.namespace, exposure.object_name)
    except ObjectNotFound:
        return Drift("missing", _("The object was deleted from the cluster."), now, [])
    except ClusterError as error:
        return Drift("unknown", error.message, now, [])
    desired = stamp(json.loads(revision.rendered), content_hash=revision.content_hash, revision=revision.pk)
    found = [{"field": one.path, "desired": one.desired, "live": one.live} for one in differences(desired, live)]
    if not found:
        return Drift("in_sync", _("The cluster has what was delivered."), now, [])
    writer = last_writer(live)
    author = {"manager": writer.manager, "operation": writer.operation, "time": writer.time} if writer else None
    return Drift("drifted", _("The object was changed in the cluster."), now, found, author)

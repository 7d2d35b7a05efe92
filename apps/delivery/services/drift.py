"""Compares what should be live with what is: reported with its author, never overwritten in silence (D6).

`revert_drift` pushes the approved bytes once more, over exactly what somebody looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.audit.services import record
from apps.clusters.services.clients import client_for
from apps.common.dispatch import dispatch
from apps.common.errors import Conflict, InvalidTransition
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.delivery.services.queue import DELIVER, queue_again
from apps.exposures.models import Exposure, Revision
from apps.exposures.permissions import may_change
from apps.exposures.services import lock_exposure
from apps.kube.errors import ObjectNotFound
from apps.kube.kinds import INGRESS
from apps.kube.manifests import canonical_json, stamp
from apps.kube.plan import FieldDifference, Writer, differences, last_writer

FINGERPRINT_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Drift:
    """`state` is in_sync, drifted, missing or never_applied; `writer` last wrote, besides us, to what differs."""

    state: str
    differences: tuple[FieldDifference, ...] = ()
    writer: Writer | None = None
    live: Mapping[str, Any] | None = None

    @property
    def is_there(self) -> bool:
        """Whether somebody departed from what was applied."""
        return self.state in {"drifted", "missing"}

    @property
    def fingerprint(self) -> str:
        """Names what was seen, so that a command acts on nothing else."""
        seen = {"state": self.state, "differences": [[one.path, one.desired, one.live] for one in self.differences]}
        return hashlib.sha256(canonical_json(seen)).hexdigest()[:FINGERPRINT_DIGITS]

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "fingerprint": self.fingerprint,
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
        return Drift("never_applied")
    try:
        live = client_for(exposure.cluster).get(INGRESS, exposure.namespace, exposure.object_name)
    except ObjectNotFound:
        return Drift("missing")
    found = tuple(differences(desired_object(revision), live))
    if not found:
        return Drift("in_sync", live=live)
    return Drift("drifted", found, last_writer(live, of=[entry.path for entry in found]), live)


def require_seen(drift: Drift, seen: str) -> None:
    """Raise Conflict unless the object still is what somebody decided about, InvalidTransition when nothing differs."""
    if not drift.is_there:
        raise InvalidTransition(
            _("The cluster has exactly what was applied. There is nothing to do."), state=drift.state
        )
    if seen != drift.fingerprint:
        message = _("The object has changed again since you looked at it. Look at the differences, then decide.")
        raise Conflict(message, code="drift_changed", fingerprint=drift.fingerprint)


def revert_drift(*, by: User, exposure: Exposure, seen: str) -> Delivery:
    """Push the approved bytes once more over what was changed outside. `seen` is the fingerprint of what was shown.

    Raises NotPermitted, Conflict `drift_changed` or `superseded`, InvalidTransition, ClusterError. The gate checks the
    certificate, the backends and the host again before anything is written.
    """
    check(may_change(by, exposure))
    drift = read_drift(exposure=exposure)
    require_seen(drift, seen)
    return _push_again(by, exposure, drift)


@transaction.atomic
def _push_again(by: User, exposure: Exposure, drift: Drift) -> Delivery:
    revision_id = exposure.live_revision_id
    exposure = lock_exposure(exposure.pk)
    check(may_change(by, exposure))
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(revision=revision_id).first()
    if delivery is None or exposure.live_revision_id != revision_id:
        raise Conflict(_("A newer revision has taken the place of this one."), code="superseded")
    if delivery.state not in {DeliveryState.LIVE, DeliveryState.FAILED}:
        raise InvalidTransition(_("It is on its way already."), state=delivery.state)
    queue_again(exposure, delivery, overwrite=True)
    record(
        "delivery.revert",
        by=by,
        object_type="exposure",
        object_id=exposure.pk,
        object_name=exposure.host,
        team=exposure.team.name,
        cluster=exposure.cluster.name,
        before={"changed_by": drift.writer.manager if drift.writer else "", "fields": _changed_fields(drift)},
        after={"revision": delivery.revision_id},
    )
    dispatch(DELIVER, delivery.pk)
    return delivery


def desired_object(revision: Revision) -> dict[str, Any]:
    """What was applied for the revision, byte for byte, with its stamp."""
    return stamp(json.loads(revision.rendered), content_hash=revision.content_hash, revision=revision.pk)


def _changed_fields(drift: Drift) -> dict[str, Any]:
    return {entry.path: entry.live for entry in drift.differences}

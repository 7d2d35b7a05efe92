"""Adopts what somebody changed in the cluster: a request like any other, for what the live object says (D6)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.models import ChangeRequest
from apps.approvals.services.submit import open_update
from apps.common.errors import InvalidTransition, PolicyViolation
from apps.common.said import say
from apps.delivery.services import Drift, read_drift, require_seen
from apps.exposures.adoption import Adoption, read_back
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_change
from apps.exposures.selectors import cluster_facts
from apps.exposures.spec import ExposureSpec


def adoption_of(exposure: Exposure, drift: Drift) -> Adoption | None:
    """What the drifted object says as a spec, or what of it cannot be stated; None where there is nothing to adopt."""
    revision = exposure.live_revision
    if revision is None or drift.state != "drifted" or drift.live is None:
        return None
    stated = ExposureSpec.from_json(revision.spec)
    return read_back(drift.live, stated=stated, exposure_id=exposure.pk, cluster=cluster_facts(exposure.cluster))


def open_adoption(*, by: User, exposure: Exposure, seen: str, reason: str = "") -> ChangeRequest:
    """Ask for what the live object says. `seen` is the fingerprint of the drift that was shown.

    Raises NotPermitted, Conflict `drift_changed`, PolicyViolation naming what cannot be stated, ClusterError, and what
    `open_update` raises. Until it is approved nothing is written to the cluster.
    """
    check(may_change(by, exposure))
    drift = read_drift(exposure=exposure)
    require_seen(drift, seen)
    adoption = adoption_of(exposure, drift)
    if adoption is None:
        message = _("The object is gone, so there is nothing to adopt. Bring it back, or delete the exposure.")
        raise InvalidTransition(message, state=drift.state)
    if adoption.spec is None:
        message = _("What was changed in the cluster cannot be stated as an exposure.")
        raise PolicyViolation(message, errors=list(adoption.obstacles))
    return open_update(by=by, exposure=exposure, spec=adoption.spec, reason=reason.strip() or _default_reason(drift))


def _default_reason(drift: Drift) -> str:
    return str(say(_n("Adopts what %(manager)s changed in the cluster."), manager=_author(drift)))


def _author(drift: Drift) -> str:
    return drift.writer.manager if drift.writer else "?"

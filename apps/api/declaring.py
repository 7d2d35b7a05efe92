"""`PUT …/exposures/{host}/`: states what should be and finds out whether that is a creation, a change or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.api.related import newest_request_of
from apps.approvals.models import ChangeRequest
from apps.approvals.services import open_create, open_update
from apps.clusters.models import Cluster
from apps.exposures.models import Exposure
from apps.exposures.spec import ExposureSpec


@dataclass(frozen=True, slots=True)
class Declared:
    """`request` is the one that brings the change, or brought the present state; `created` and `changed` say which."""

    request: ChangeRequest | None
    exposure: Exposure
    created: bool
    changed: bool


def declare(
    *,
    by: User,
    cluster: Cluster,
    namespace: str,
    exposure: Exposure | None,
    spec: ExposureSpec,
    reason: str,
    ask_owner: bool = False,
) -> Declared:
    """Make `exposure`, which is None when there is none at this place yet, as `spec` says."""
    if exposure is None:
        request = open_create(
            by=by, cluster=cluster, namespace=namespace, spec=spec, reason=reason, ask_owner=ask_owner
        )
        return Declared(request, request.exposure, created=True, changed=True)
    newest = newest_request_of(exposure)
    if _stands(exposure, newest, spec):
        return Declared(newest, exposure, created=False, changed=False)
    request = open_update(by=by, exposure=exposure, spec=spec, reason=reason)
    return Declared(request, exposure, created=False, changed=True)


def _stands(exposure: Exposure, newest: ChangeRequest | None, spec: ExposureSpec) -> bool:
    """The same was stated already: it is on its way in an open request, or it is what was approved last."""
    if newest is not None and newest.is_open:
        return newest.operation != "delete" and newest.revision.spec == spec.as_json()
    desired = exposure.desired_revision
    failed = newest is not None and newest.state == "failed" and newest.revision_id == exposure.desired_revision_id
    return desired is not None and not failed and desired.spec == spec.as_json()

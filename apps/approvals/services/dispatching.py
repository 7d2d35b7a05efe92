"""From approved to delivering: the gate that checks everything once more before a delivery row is written (I13)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _n

from apps.approvals.enums import Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.routing import choose_route
from apps.approvals.services.engine import move
from apps.common.actors import POLICY
from apps.common.said import reason, say
from apps.delivery.services import enqueue
from apps.exposures.enums import Operation
from apps.exposures.options import render_options
from apps.exposures.policies import Facts
from apps.exposures.rendering import annotations_of, is_intact
from apps.exposures.selectors import gather_facts
from apps.exposures.services import accept_revision, judge
from apps.exposures.spec import ExposureSpec

Reason = dict[str, Any]


def dispatch_approved(request: ChangeRequest) -> None:
    """Hand an approved request to delivery, or find it out of date and say why. Inside the command's transaction."""
    reason = find_obstacle(request)
    if reason is not None:
        move(request, Verb.OUTDATE, by=POLICY, reason=reason)
        return
    accept_revision(exposure=request.exposure, revision=request.revision)
    enqueue(exposure=request.exposure, revision=request.revision)
    move(request, Verb.DISPATCH, by=POLICY)


def find_obstacle(request: ChangeRequest) -> Reason | None:
    """Why the approved content may not be pushed as it is; none when it may."""
    exposure, revision = request.exposure, request.revision
    if not is_intact(revision, exposure):
        return _reason("content_changed", say(_n("The stored manifest is not the one that was approved.")))
    if exposure.live_revision_id != revision.base_revision_id:
        return _reason("base_moved", say(_n("The exposure has changed since this was asked for.")))
    if revision.operation == Operation.DELETE:
        return None
    facts = current_facts(request)
    return (
        _policy_obstacle(facts)
        or _certificate_obstacle(request, facts)
        or _options_obstacle(request, facts)
        or _stricter_route(request, facts)
    )


def current_facts(request: ChangeRequest) -> Facts:
    exposure = request.exposure
    return gather_facts(
        cluster=exposure.cluster,
        namespace=exposure.namespace,
        team=exposure.team,
        spec=ExposureSpec.from_json(request.revision.spec),
        exposure=exposure,
    )


def _policy_obstacle(facts: Facts) -> Reason | None:
    verdict = judge(facts)
    if verdict.errors:
        first = verdict.errors[0]
        return _reason(first.code, first.message, first.hint)
    if verdict.conflicts:
        return _reason("host_conflict", say(_n("%(host)s is taken."), host=facts.spec.host))
    return None


def _certificate_obstacle(request: ChangeRequest, facts: Facts) -> Reason | None:
    approved = request.revision.facts.get("certificate_fingerprint", "")
    present = facts.certificate.fingerprint_sha256 if facts.certificate else ""
    if approved == present:
        return None
    return _reason("certificate_changed", say(_n("The certificate is not the one that was submitted.")))


def _options_obstacle(request: ChangeRequest, facts: Facts) -> Reason | None:
    """Annotations of one controller mean nothing to another, so an allow-list would silently be gone."""
    if annotations_of(request.revision) == render_options(facts.spec.options, facts.controller):
        return None
    return _reason("controller_changed", say(_n("The ingress class has another controller than when this was asked.")))


def _stricter_route(request: ChangeRequest, facts: Facts) -> Reason | None:
    """Tightening since the submission counts, loosening does not (I18)."""
    route = choose_route(
        facts=facts,
        operation=Operation(request.operation),
        was_ever_live=request.exposure.live_revision_id is not None,
        default_group=settings.PORTICO_APPROVER_GROUP,
    )
    if set(route.because) <= set(request.flow.get("because", [])):
        return None
    return _reason("needs_approval", say(_n("This needs an approval that it did not need when it was submitted.")))


def _reason(code: str, message: str, hint: str = "") -> Reason:
    return reason(code, message, hint or _n("Resubmit to ask again with the present facts."))

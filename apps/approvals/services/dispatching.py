"""From approved to delivering: the gate that checks everything once more before a delivery row is written (I13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.approvals.enums import TEAM, StageState, Verb, Verdict
from apps.approvals.models import ChangeRequest, Decision
from apps.approvals.routing import choose_route
from apps.approvals.services.engine import move
from apps.audit.services import record
from apps.common.actors import POLICY
from apps.common.said import reason, say
from apps.delivery.services import enqueue
from apps.exposures.enums import Operation
from apps.exposures.options import render_options
from apps.exposures.policies import Asker, Facts, Preflight, run_preflight
from apps.exposures.rendering import annotations_of, approved_fingerprint, is_intact
from apps.exposures.selectors import gather_facts
from apps.exposures.services import accept_revision
from apps.exposures.shared_hosts import grant_paths, share_of
from apps.exposures.spec import ExposureSpec

Reason = dict[str, Any]


def dispatch_approved(request: ChangeRequest) -> None:
    """Hand an approved request to delivery, or find it out of date and say why. Inside the command's transaction."""
    reason = find_obstacle(request)
    if reason is not None:
        move(request, Verb.OUTDATE, by=POLICY, reason=reason)
        return
    _note_share(request)
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
    facts = present_facts(request, ask_owner=owner_consented(request))
    return (
        _owner_obstacle(request, facts)
        or _policy_obstacle(request, facts)
        or _options_obstacle(request, facts)
        or _stricter_route(request, facts)
    )


def present_facts(request: ChangeRequest, *, ask_owner: bool, asker: Asker | None = None) -> Facts:
    """What is known now of what is asked for, with the certificate that it was asked with."""
    exposure = request.exposure
    facts = gather_facts(
        cluster=exposure.cluster,
        namespace=exposure.namespace,
        team=exposure.team,
        spec=ExposureSpec.from_json(request.revision.spec),
        exposure=exposure,
        ask_owner=ask_owner,
        asker=asker,
    )
    approved = approved_fingerprint(request.revision)
    return replace(facts, around=replace(facts.around, approved_fingerprint=approved))


def owner_consented(request: ChangeRequest) -> bool:
    """Whether the host's owner agreed in this round to exactly this content (I1), and did not take it back since."""
    given = _consents(request)
    share = share_of(request.exposure)
    if share is not None and share.withdrawn_at is not None:
        given = given.filter(at__gt=share.withdrawn_at)
    return given.exists()


def is_consent_withdrawn(request: ChangeRequest) -> bool:
    """Whether the owner agreed in this round, and took back since what it had granted."""
    return not owner_consented(request) and _consents(request).exists()


def _consents(request: ChangeRequest) -> QuerySet[Decision]:
    stages = request.stages.filter(round=request.round, state=StageState.PASSED, slots__principal__startswith=TEAM)
    return Decision.objects.filter(
        stage__in=stages, verdict=Verdict.APPROVE, content_hash=request.content_hash, round=request.round
    )


def _note_share(request: ChangeRequest) -> None:
    """From now on the guest has exactly the paths of this revision, by the consent it was given here or before."""
    share = None if request.operation == Operation.DELETE else share_of(request.exposure)
    if share is None:
        return
    consented = owner_consented(request)
    spec = ExposureSpec.from_json(request.revision.spec)
    grant_paths(share=share, spec=spec, request_id=request.pk if consented else "")
    record(
        "host.share",
        by=POLICY,
        object_type="exposure",
        object_id=request.exposure.pk,
        object_name=request.exposure.host,
        team=request.exposure.team.name,
        cluster=request.exposure.cluster.name,
        after={"owner": share.owner.name, "paths": [path.path for path in spec.paths], "request": share.request_id},
    )


def _owner_obstacle(request: ChangeRequest, facts: Facts) -> Reason | None:
    """Who agreed, or whose the host was found to be, has to have it still."""
    asked, present = request.revision.facts.get("host_owner", ""), facts.shared.owner if facts.shared else ""
    if asked == present:
        return None
    return _reason("owner_changed", say(_n("%(host)s changed hands since this was asked for."), host=facts.spec.host))


def keep_checks(found: Preflight) -> dict[str, Any]:
    """The preflight as evidence of what was known at this moment."""
    return {"at": timezone.now().isoformat(), "steps": [step.as_stored() for step in found.steps]}


def _policy_obstacle(request: ChangeRequest, facts: Facts) -> Reason | None:
    found = run_preflight(facts)
    request.checks = keep_checks(found)
    if found.errors:
        first = found.errors[0]
        return _reason(first.code, first.message, first.hint)
    if found.conflicts:
        place = facts.spec.host + (found.conflicts[0]["path"] or "")
        return _reason("host_conflict", say(_n("%(host)s is taken."), host=place))
    return None


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

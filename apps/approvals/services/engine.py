"""The core that all commands share: lock, move along the transition table, write the event and the audit row."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import User
from apps.accounts.selectors import acting_members
from apps.approvals.enums import (
    GROUP,
    OPEN_STATES,
    PERSON,
    SETTLED_STATES,
    TEAM,
    TRANSITIONS,
    RequestState,
    SlotState,
    StageMode,
    StageState,
    Verb,
)
from apps.approvals.models import ChangeRequest, RequestEvent, Slot, Stage
from apps.approvals.permissions import author_names, signer_names
from apps.approvals.services.telling import tell_of_event, tell_those_asked
from apps.audit.services import record
from apps.common.actors import Actor
from apps.common.errors import Conflict, InvalidTransition
from apps.common.said import reason, say
from apps.exposures.services import lock_exposure


def lock_request(request: ChangeRequest) -> ChangeRequest:
    """The request and its exposure under lock, freshly read; always in this order (I9)."""
    exposure = lock_exposure(request.exposure_id)
    fresh = (
        ChangeRequest.objects.select_for_update(of=("self",))
        .select_related("revision__base_revision", "submitter")
        .get(pk=request.pk)
    )
    fresh.exposure = exposure
    return fresh


def may_move(request: ChangeRequest, verb: Verb) -> bool:
    return (request.state, verb) in TRANSITIONS


def require_move(request: ChangeRequest, verb: Verb) -> None:
    """Raise InvalidTransition, naming the present state, when the table has no such arrow."""
    if not may_move(request, verb):
        message = _("This is not possible any more: the request is in state “%(state)s”.")
        raise InvalidTransition(message % {"state": request.get_state_display()}, state=request.state)


def require_single(request: ChangeRequest) -> None:
    """Raise Conflict `request_open` when another request for the exposure is open (I11)."""
    other = request.exposure.change_requests.filter(state__in=OPEN_STATES).exclude(pk=request.pk).first()
    if other is not None:
        message = _("Another request for this exposure is open. Finish or withdraw it first.")
        raise Conflict(message, code="request_open", request=other.pk, state=other.state)


def require_standing(request: ChangeRequest) -> None:
    """Raise InvalidTransition when the exposure is gone: an old request must not bring its object back."""
    if request.exposure.deleted_at is not None:
        raise InvalidTransition(_("The exposure has been deleted. Ask for a new one."), state=request.state)


def move(
    request: ChangeRequest,
    verb: Verb,
    *,
    by: Actor,
    comment: str = "",
    reason: dict[str, Any] | None = None,
) -> None:
    """Walk one arrow of the table: state, event, audit row. `reason` explains blocked, stale and failed requests."""
    require_move(request, verb)
    before = request.state
    request.state = TRANSITIONS[(request.state, verb)]
    request.state_reason = reason
    request.lock_version += 1
    request.settled_at = timezone.now() if request.state in SETTLED_STATES else None
    request.save()
    note(request, verb, by=by, before=before, comment=comment)


def note(request: ChangeRequest, verb: Verb, *, by: Actor, before: str, comment: str = "") -> None:
    """One line of the timeline and one of the audit trail."""
    event = RequestEvent.objects.create(
        request=request,
        actor=by.username,
        verb=verb,
        before_state=before,
        after_state=request.state,
        comment=comment,
        content_hash=request.content_hash,
        round=request.round,
    )
    tell_of_event(event, request=request, by=by)
    exposure = request.exposure
    record(
        f"request.{verb}",
        by=by,
        object_type="request",
        object_id=request.pk,
        object_name=exposure.host,
        team=exposure.team.name,
        cluster=exposure.cluster.name,
        before={"state": before},
        after={"state": request.state, "content_hash": request.content_hash, "round": request.round},
        comment=comment,
    )


def open_stages(request: ChangeRequest) -> None:
    """Lay out the pinned flow for the request's present round and make the first stage active."""
    for order, plan in enumerate(request.flow.get("stages", []), start=1):
        stage = Stage.objects.create(
            request=request,
            round=request.round,
            order=order,
            name=plan["name"],
            mode=plan["mode"],
            needed=plan["needed"],
        )
        for principal in plan["candidates"]:
            Slot.objects.create(stage=stage, principal=principal, holder=principal)


def activate_next_stage(request: ChangeRequest) -> Stage | None:
    """The next waiting stage of the round becomes active, or blocked when too few people could sign it (I8)."""
    stage = request.stages.filter(round=request.round, state=StageState.WAITING).order_by("order").first()
    if stage is None:
        return None
    barred = author_names(request) | signer_names(request)
    people = list(eligible_people(stage, without=barred))
    stage.state = StageState.ACTIVE if len(people) >= stage.needed else StageState.BLOCKED
    stage.activated_at = timezone.now()
    stage.save()
    if stage.state == StageState.ACTIVE:
        tell_those_asked(stage, request=request, people=people)
    return stage


def eligible_people(stage: Stage, *, without: set[str]) -> QuerySet[User]:
    """Active users who hold an open slot of the stage and did not write the content, read now (I6)."""
    holders = list(stage.slots.filter(state=SlotState.OPEN).values_list("holder", flat=True))
    asked = Q(approver_groups__name__in=_named(holders, GROUP)) | Q(username__in=_named(holders, PERSON))
    for team in _named(holders, TEAM):
        asked |= Q(pk__in=acting_members(team).order_by().values("pk"))
    return User.objects.filter(asked, is_active=True, is_auditor=False).exclude(username__in=without).distinct()


def _named(holders: list[str], kind: str) -> list[str]:
    return [holder.removeprefix(kind) for holder in holders if holder.startswith(kind)]


def close_open_stages(request: ChangeRequest, state: StageState) -> None:
    """The round is over: what is open or waiting will not be asked any more."""
    unfinished = request.stages.filter(state__in=[StageState.WAITING, StageState.ACTIVE, StageState.BLOCKED])
    Slot.objects.filter(stage__in=unfinished, state=SlotState.OPEN).update(state=SlotState.CANCELLED)
    unfinished.update(state=state, decided_at=timezone.now())


def stage_has_passed(stage: Stage) -> bool:
    """Whether the approvals given in this stage are enough, by its mode. Counted from decisions, never stored."""
    approvals = stage.slots.filter(state=SlotState.APPROVED).count()
    if stage.mode in {StageMode.ALL, StageMode.SEQUENCE, StageMode.PER_GROUP}:
        return not stage.slots.filter(state=SlotState.OPEN, required=True).exists()
    return approvals >= stage.needed


BLOCKED_REASON = "no_approver"


def block(request: ChangeRequest, stage: Stage, *, by: Actor) -> None:
    """Nobody may sign: say so, and wait for a person to mend it. Never pass (I8)."""
    names = ", ".join(slot.principal.partition(":")[2] for slot in stage.slots.all())
    hint = _n("Ask a platform admin to add a member to the group, then resubmit.")
    if stage.owner_team:
        hint = _n("Ask a platform admin to add a developer to that team, then resubmit.")
    explained = reason(BLOCKED_REASON, say(_n("Nobody in %(groups)s may decide on this."), groups=names), hint)
    if request.state == RequestState.PENDING:
        move(request, Verb.BLOCK, by=by, reason=explained)

"""Approve, reject, return: one person's word on exactly the content that person saw."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.enums import SlotState, StageState, Verb, Verdict
from apps.approvals.models import ChangeRequest, Decision, Slot, Stage
from apps.approvals.permissions import author_names, may_decide, slot_for
from apps.approvals.services.dispatching import dispatch_approved
from apps.approvals.services.engine import (
    activate_next_stage,
    block,
    close_open_stages,
    lock_request,
    move,
    require_move,
    stage_has_passed,
)
from apps.approvals.services.withdraw import close_if_never_live
from apps.common.actors import POLICY
from apps.common.errors import InvalidInput, NotPermitted, StaleRevision, Violation
from apps.common.request_context import current_context


@transaction.atomic
def approve(*, by: User, request: ChangeRequest, content_hash: str, comment: str = "") -> ChangeRequest:
    """Sign the active stage. When it was the last one the request goes on to delivery in the same transaction.

    Raises NotPermitted (`self_approval`, `not_permitted`), StaleRevision, InvalidTransition; an identical repeat is a
    no-op. There is no exemption from self-approval for anyone (I4).
    """
    request = lock_request(request)
    if _is_repeat(request, by, Verdict.APPROVE, content_hash):
        return request
    slot = _authorise(request, by, Verb.APPROVE, content_hash)
    _decide(slot, by, Verdict.APPROVE, comment, request)
    stage = slot.stage
    if not stage_has_passed(stage):
        move(request, Verb.APPROVE, by=by, comment=comment)
        return request
    _finish_stage(stage, StageState.PASSED, SlotState.CLOSED)
    _go_on(request, by, comment)
    return request


@transaction.atomic
def reject(*, by: User, request: ChangeRequest, content_hash: str, comment: str) -> ChangeRequest:
    """End the request. One rejection is enough in every mode; what is live stays as it is (I10, I12)."""
    _require_comment(comment)
    request = lock_request(request)
    if _is_repeat(request, by, Verdict.REJECT, content_hash):
        return request
    slot = _authorise(request, by, Verb.REJECT, content_hash)
    _decide(slot, by, Verdict.REJECT, comment, request)
    _finish_stage(slot.stage, StageState.REJECTED, SlotState.CLOSED)
    close_open_stages(request, StageState.CANCELLED)
    close_if_never_live(request)
    move(request, Verb.REJECT, by=by, comment=comment)
    return request


@transaction.atomic
def return_request(*, by: User, request: ChangeRequest, content_hash: str, comment: str) -> ChangeRequest:
    """Hand it back to be changed; the next round starts with a clean slate."""
    _require_comment(comment)
    request = lock_request(request)
    if _is_repeat(request, by, Verdict.RETURN, content_hash):
        return request
    slot = _authorise(request, by, Verb.RETURN, content_hash)
    _decide(slot, by, Verdict.RETURN, comment, request)
    close_open_stages(request, StageState.CANCELLED)
    move(request, Verb.RETURN, by=by, comment=comment)
    return request


def _authorise(request: ChangeRequest, by: User, verb: Verb, content_hash: str) -> Slot:
    """All checks of a decision, under lock, in the order in which their answers help: who, when, what."""
    authors = author_names(request)
    if by.username in authors:
        raise NotPermitted(_("You had a hand in this request, so somebody else decides on it."), code="self_approval")
    require_move(request, verb)
    check(may_decide(by, request, authors=authors))
    if content_hash != request.content_hash:
        message = _("The request has changed since you looked at it. Look again, then decide.")
        raise StaleRevision(message, content_hash=request.content_hash)
    slot = slot_for(by, request)
    if slot is None:
        raise NotPermitted(_("It is not your turn."))
    return slot


def _is_repeat(request: ChangeRequest, by: User, verdict: Verdict, content_hash: str) -> bool:
    """The same word by the same person on the same content in this round: a double click, not a new decision."""
    return Decision.objects.filter(
        stage__request=request, round=request.round, actor=by, verdict=verdict, content_hash=content_hash
    ).exists()


def _decide(slot: Slot, by: User, verdict: Verdict, comment: str, request: ChangeRequest) -> None:
    Decision.objects.create(
        stage=slot.stage,
        slot=slot,
        actor=by,
        verdict=verdict,
        comment=comment,
        content_hash=request.content_hash,
        round=request.round,
        channel=current_context().channel,
    )
    slot.state = SlotState.APPROVED if verdict == Verdict.APPROVE else SlotState.REJECTED
    slot.save(update_fields=["state"])


def _finish_stage(stage: Stage, state: StageState, open_slots: SlotState) -> None:
    stage.state = state
    stage.decided_at = timezone.now()
    stage.save()
    stage.slots.filter(state=SlotState.OPEN).update(state=open_slots)


def _go_on(request: ChangeRequest, by: User, comment: str) -> None:
    """A stage has passed: ask the next one, or the request is approved."""
    following = activate_next_stage(request)
    if following is None:
        move(request, Verb.PASS, by=by, comment=comment)
        dispatch_approved(request)
        return
    move(request, Verb.APPROVE, by=by, comment=comment)
    if following.state == StageState.BLOCKED:
        block(request, following, by=POLICY)


def _require_comment(comment: str) -> None:
    if not comment.strip():
        message = _("Say why.")
        hint = _("The requester needs to know what to change.")
        raise InvalidInput(message, errors=[Violation("comment_required", "comment", message, hint)])

"""The last change of an exposure as a list of steps: asked, decided, pushed, verified, with what is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.approvals.enums import RequestState, StageState, Verdict
from apps.approvals.models import ChangeRequest, Stage
from apps.delivery.enums import DeliveryOperation, DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import Operation
from apps.web.presenters.progress import STEPS_OF, step_word
from apps.web.presenters.progress import steps_of as steps_of_delivery

STILL_TO_COME = frozenset({RequestState.PENDING, RequestState.APPROVED, RequestState.DELIVERING})


class Step(NamedTuple):
    """For the component `step`: an empty kind is still to come."""

    kind: str
    title: str
    text: str = ""
    note: str = ""
    at: str = ""


def steps_of(request: ChangeRequest | None, delivery: Delivery | None) -> list[Step]:
    if request is None:
        return []
    pushed = delivery if delivery is not None and delivery.revision_id == request.revision_id else None
    return [_asked(request), *_decided(request), *_pushed(request, pushed)]


def fold_delivered(steps: list[Step], delivery: Delivery | None) -> tuple[list[Step], list[Step]]:
    """What always shows, and the steps of a delivery that went as it should: nobody needs them any more."""
    count = len(delivery.steps) if delivery is not None and delivery.state == DeliveryState.LIVE else 0
    tail = steps[len(steps) - count :]
    if count == 0 or count >= len(steps) or any(step.kind != "ok" for step in tail):
        return steps, []
    return steps[:-count], tail


def _asked(request: ChangeRequest) -> Step:
    words = {
        Operation.CREATE: _("to publish it"),
        Operation.UPDATE: _("to change it"),
        Operation.DELETE: _("to delete it"),
    }
    text = _("by %(person)s %(what)s") % {
        "person": request.submitter.username,
        "what": words[Operation(request.operation)],
    }
    return Step("ok", _("Asked"), text, request.revision.reason, clock(request.submitted_at))


def _decided(request: ChangeRequest) -> Iterator[Step]:
    stages = [stage for stage in request.stages.all() if stage.round == request.round]
    if not stages:
        yield Step("ok", _("No approval needed"), at=clock(request.submitted_at))
    for stage in stages:
        yield from _stage_steps(stage)


def _stage_steps(stage: Stage) -> Iterator[Step]:
    words = {
        Verdict.APPROVE: ("ok", _("Approved")),
        Verdict.REJECT: ("bad", _("Rejected")),
        Verdict.RETURN: ("wait", _("Returned")),
    }
    for decision in stage.decisions.all():
        kind, title = words[Verdict(decision.verdict)]
        text = _("by %(person)s, for %(group)s") % {"person": decision.actor.username, "group": stage.who}
        yield Step(kind, title, text, decision.comment, clock(decision.at))
    if stage.state in {StageState.ACTIVE, StageState.WAITING}:
        text = _("by %(group)s") % {"group": stage.who}
        yield Step("wait" if stage.state == StageState.ACTIVE else "", _("Approval"), text)
    if stage.state == StageState.BLOCKED:
        yield Step("bad", _("Blocked"), f"· {stage.who}")


def _pushed(request: ChangeRequest, delivery: Delivery | None) -> Iterator[Step]:
    """The delivery's steps as every page words them; before there is one, what is still to come: in short, while
    people have the word."""
    if delivery is not None:
        for step in steps_of_delivery(delivery):
            yield Step(step.kind, step.text, "", step.note, step.time)
    elif request.state == RequestState.PENDING:
        text = _("to %(cluster)s, by itself right after the last approval") % {"cluster": request.exposure.cluster.name}
        yield Step("", _("Delivery"), text)
    elif request.state in STILL_TO_COME:
        operation = DeliveryOperation.DELETE if request.operation == Operation.DELETE else DeliveryOperation.APPLY
        for name in STEPS_OF[operation]:
            yield Step("", step_word(name))


def clock(moment: datetime | None) -> str:
    """Hours, minutes and seconds in the reader's time zone."""
    return timezone.localtime(moment).strftime("%H:%M:%S") if moment else ""

"""Every state × verb × role: who may do what when, and what becomes of the request. Nothing else leads anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.approvals.diagram import render_diagram
from apps.approvals.enums import OPEN_STATES, SETTLED_STATES, TRANSITIONS, RequestState, Verb
from apps.approvals.explain import EXPLANATIONS, explain
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, reject, remind, resubmit, retry, return_request, withdraw
from apps.common.errors import InvalidTransition, NotPermitted, PortalError
from apps.delivery.enums import DeliveryState
from apps.delivery.services import enqueue
from apps.exposures.models import Exposure
from tests.unit.approvals.world import World

Command = Callable[[World, str, ChangeRequest], ChangeRequest]

COMMANDS: dict[str, Command] = {
    Verb.APPROVE: lambda w, who, r: approve(by=w.people[who], request=r, content_hash=r.content_hash),
    Verb.REJECT: lambda w, who, r: reject(by=w.people[who], request=r, content_hash=r.content_hash, comment="No."),
    Verb.RETURN: lambda w, who, r: return_request(
        by=w.people[who], request=r, content_hash=r.content_hash, comment="Change it."
    ),
    Verb.WITHDRAW: lambda w, who, r: withdraw(by=w.people[who], request=r),
    Verb.RESUBMIT: lambda w, who, r: resubmit(by=w.people[who], request=r),
    Verb.RETRY: lambda w, who, r: retry(by=w.people[who], request=r),
    Verb.REMIND: lambda w, who, r: remind(by=w.people[who], request=r),
}
TEAM = {"developer", "colleague", "maintainer"}
APPROVERS = {"approver", "approver2"}
WHO_MAY: dict[str, set[str]] = {
    Verb.APPROVE: APPROVERS,
    Verb.REJECT: APPROVERS,
    Verb.RETURN: APPROVERS,
    Verb.WITHDRAW: TEAM,
    Verb.RESUBMIT: TEAM,
    Verb.RETRY: TEAM,
    Verb.REMIND: TEAM,
}
ROLES = [
    "developer", "colleague", "maintainer", "viewer", "stranger", "approver", "approver2", "platform", "superuser",
    "auditor", "left",
]  # fmt: skip
RESULTS: dict[tuple[str, str], str] = {
    (RequestState.PENDING, Verb.APPROVE): RequestState.DELIVERING,
    (RequestState.PENDING, Verb.REJECT): RequestState.REJECTED,
    (RequestState.PENDING, Verb.RETURN): RequestState.RETURNED,
    (RequestState.PENDING, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.PENDING, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.PENDING, Verb.REMIND): RequestState.PENDING,
    (RequestState.DRAFT, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.APPROVED, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.DELIVERING, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.WITHDRAWN, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.RETURNED, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.RETURNED, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.STALE, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.BLOCKED, Verb.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.BLOCKED, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.FAILED, Verb.RESUBMIT): RequestState.PENDING,
    (RequestState.FAILED, Verb.RETRY): RequestState.DELIVERING,
}


def request_in(world: World, state: str) -> ChangeRequest:
    """A request in `state`, as it would have come there: with its stage, and a delivery where one exists."""
    request = world.ask()
    if state in {RequestState.DELIVERING, RequestState.FAILED}:
        exposure = Exposure.objects.get(pk=request.exposure_id)
        exposure.desired_revision = request.revision
        exposure.save()
        delivery = enqueue(exposure=exposure, revision=request.revision)
        if state == RequestState.FAILED:
            delivery.state = DeliveryState.FAILED
            delivery.save()
    ChangeRequest.objects.filter(pk=request.pk).update(state=state)
    return ChangeRequest.objects.with_relations().get(pk=request.pk)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", sorted(COMMANDS))
@pytest.mark.parametrize("state", sorted(RequestState))
def test_command_by_role_in_state(world: World, state: str, verb: str, role: str) -> None:
    request = request_in(world, state)
    allowed = role in WHO_MAY[verb]
    result = RESULTS.get((state, verb))

    if allowed and result is not None:
        assert COMMANDS[verb](world, role, request).state == result
    else:
        with pytest.raises(PortalError) as refusal:
            COMMANDS[verb](world, role, request)
        assert isinstance(refusal.value, InvalidTransition if allowed else NotPermitted | InvalidTransition)
    stored = ChangeRequest.objects.get(pk=request.pk).state
    assert stored == (result if allowed and result is not None else state)


@pytest.mark.parametrize("role", sorted(set(ROLES) - APPROVERS))
def test_pending_request_is_refused_to_everyone_outside_the_group_as_not_permitted(world: World, role: str) -> None:
    request = world.ask()

    with pytest.raises(NotPermitted):
        approve(by=world.people[role], request=request, content_hash=request.content_hash)


def test_states_are_either_open_or_settled() -> None:
    assert set(RequestState) == OPEN_STATES | SETTLED_STATES
    assert not OPEN_STATES & SETTLED_STATES


def test_every_arrow_is_drawn_in_the_diagram() -> None:
    diagram = render_diagram()
    for (before, verb), after in TRANSITIONS.items():
        assert f"    {before} --> {after}: {verb}\n" in diagram


def test_terminal_states_are_never_left() -> None:
    terminal = {RequestState.DONE, RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.LAPSED}
    assert {before for before, _verb in TRANSITIONS} & terminal == set()


def test_every_state_is_explained_in_a_sentence(world: World) -> None:
    request = world.ask()
    request.state_reason = {"code": "x", "message": "The host has been reserved.", "hint": "Choose another."}
    assert set(EXPLANATIONS) == set(RequestState)
    for state in RequestState:
        request.state = state
        sentence = explain(request)
        assert sentence[0].isupper()
        assert len(sentence) > 20


def test_expected_results_are_those_of_the_transition_table() -> None:
    """The table of results above says nothing that the product's own table does not, and leaves no command out."""
    passed = TRANSITIONS[(RequestState.PENDING, Verb.PASS)]
    walked = {arrow: after for arrow, after in TRANSITIONS.items() if arrow[1] in COMMANDS} | {
        (RequestState.PENDING, Verb.APPROVE): TRANSITIONS[(passed, Verb.DISPATCH)],
        # These two change nothing: a reminder, and the repeat of what was done.
        (RequestState.PENDING, Verb.REMIND): RequestState.PENDING,
        (RequestState.WITHDRAWN, Verb.WITHDRAW): RequestState.WITHDRAWN,
    }
    assert walked == RESULTS

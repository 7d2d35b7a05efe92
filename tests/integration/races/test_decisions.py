"""Two people act on one request at the same instant: one command wins, the other is told what the request is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from apps.approvals.enums import RequestState, Verb, Verdict
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, reject, resubmit, return_request, withdraw
from apps.common.errors import Conflict
from apps.delivery.models import Delivery
from apps.exposures.models import Exposure
from tests.integration.races.contest import ROUNDS, race, refusals, successes
from tests.integration.races.truths import assert_all_truths, decisions_of, verbs_of
from tests.unit.approvals.world import World

APPROVED = [Verb.SUBMIT, Verb.PASS, Verb.DISPATCH]


def pending(world: World, rounds: int = ROUNDS) -> Iterator[ChangeRequest]:
    """Requests that wait for their only approval."""
    for number in range(rounds):
        request = world.ask(f"shop-{number}.example.com")
        assert request.state == RequestState.PENDING
        yield request


def approval(world: World, request: ChangeRequest, who: str = "approver") -> Callable[[], Any]:
    return partial(approve, by=world.people[who], request=request, content_hash=request.content_hash)


def rejection(world: World, request: ChangeRequest, who: str = "approver2") -> Callable[[], Any]:
    return partial(
        reject, by=world.people[who], request=request, content_hash=request.content_hash, comment="Not this one."
    )


def state_of(request: ChangeRequest) -> str:
    request.refresh_from_db()
    return request.state


def delivery_count(request: ChangeRequest) -> int:
    return Delivery.objects.filter(exposure_id=request.exposure_id).count()


def told(answers: list[Any]) -> list[tuple[str, Any]]:
    """The losers' codes and the states that they were told."""
    return [(refusal.code, refusal.fields.get("state")) for refusal in refusals(answers)]


def test_two_approvers_of_the_last_slot_make_one_delivery(world: World) -> None:
    for request in pending(world):
        answers = race(approval(world, request), approval(world, request, "approver2"))

        assert told(answers) == [("invalid_transition", RequestState.DELIVERING)]
        assert state_of(request) == RequestState.DELIVERING
        assert (delivery_count(request), decisions_of(request)) == (1, [Verdict.APPROVE])
        assert verbs_of(request) == APPROVED
    assert_all_truths()


def test_double_click_is_one_decision_and_no_error(world: World) -> None:
    for request in pending(world):
        answers = race(*[approval(world, request)] * 3)

        assert [answer.state for answer in successes(answers)] == [RequestState.DELIVERING] * 3
        assert (delivery_count(request), decisions_of(request)) == (1, [Verdict.APPROVE])
        assert verbs_of(request) == APPROVED
    assert_all_truths()


def test_approval_against_rejection_ends_in_exactly_one_of_them(world: World) -> None:
    for request in pending(world):
        answers = race(approval(world, request), rejection(world, request))

        state = state_of(request)
        assert told(answers) == [("invalid_transition", state)]
        delivered = state == RequestState.DELIVERING
        assert delivered or state == RequestState.REJECTED
        assert delivery_count(request) == int(delivered)
        assert len(decisions_of(request)) == 1
        assert Exposure.objects.active().filter(pk=request.exposure_id).exists() == delivered
    assert_all_truths()


def test_approval_against_withdrawal_never_delivers_what_was_taken_back(world: World) -> None:
    """Approved first and withdrawn before a worker came is fine too: then the delivery is cancelled."""
    for request in pending(world):
        answers = race(approval(world, request), partial(withdraw, by=world.people["colleague"], request=request))

        assert state_of(request) == RequestState.WITHDRAWN
        assert told(answers) in ([], [("invalid_transition", RequestState.WITHDRAWN)])
        assert list(Delivery.objects.filter(exposure_id=request.exposure_id).values_list("state", flat=True)) == (
            [] if refusals(answers) else ["cancelled"]
        )
    assert_all_truths()


def test_approval_against_an_edit_never_approves_unseen_content(world: World) -> None:
    for request in pending(world):
        seen = request.content_hash
        other = world.spec(request.exposure.host, path="/other")
        edit = partial(resubmit, by=world.people["developer"], request=request, spec=other)

        answers = race(approval(world, request), edit)

        [refusal] = refusals(answers)
        assert isinstance(refusal, Conflict)
        after = ChangeRequest.objects.get(pk=request.pk)
        if refusal is answers[0]:
            assert (refusal.code, refusal.fields["content_hash"]) == ("stale_revision", after.content_hash)
            assert (after.state, after.round, delivery_count(after)) == (RequestState.PENDING, 2, 0)
            assert after.content_hash != seen
        else:
            assert told(answers) == [("invalid_transition", RequestState.DELIVERING)]
            assert (after.round, after.content_hash) == (1, seen)
            assert Delivery.objects.get(exposure_id=after.exposure_id).revision_id == after.revision_id
    assert_all_truths()


def test_returning_against_approving_leaves_one_decision(world: World) -> None:
    for request in pending(world):
        back = partial(
            return_request,
            by=world.people["approver2"],
            request=request,
            content_hash=request.content_hash,
            comment="Another path.",
        )

        answers = race(approval(world, request), back)

        state = state_of(request)
        assert told(answers) == [("invalid_transition", state)]
        assert state in {RequestState.DELIVERING, RequestState.RETURNED}
        assert len(decisions_of(request)) == 1
    assert_all_truths()


@pytest.mark.parametrize("verdict", ["reject", "withdraw"])
def test_the_same_end_twice_is_one_event(world: World, verdict: str) -> None:
    for request in pending(world):
        if verdict == "reject":
            command = rejection(world, request)
        else:
            command = partial(withdraw, by=world.people["developer"], request=request)

        answers = race(command, command)

        assert refusals(answers) == []
        assert verbs_of(request) == [Verb.SUBMIT, verdict]
    assert_all_truths()


def test_two_resubmissions_make_one_round_each_and_only_the_newest_counts(world: World) -> None:
    for request in pending(world):
        developer, host = world.people["developer"], request.exposure.host
        edits = [
            partial(resubmit, by=developer, request=request, spec=world.spec(host, path=path)) for path in ("/a", "/b")
        ]

        assert refusals(race(*edits)) == []

        after = ChangeRequest.objects.get(pk=request.pk)
        assert (after.state, after.round, after.revision.number) == (RequestState.PENDING, 3, 3)
        assert [stage.state for stage in after.stages.order_by("round")] == ["cancelled", "cancelled", "active"]
    assert_all_truths()

"""What must hold after any interleaving of commands, read from the rows alone."""

from __future__ import annotations

from collections import Counter

from apps.approvals.enums import OPEN_STATES, TRANSITIONS, RequestState
from apps.approvals.models import ChangeRequest, Decision, RequestEvent
from apps.audit.models import AuditEvent
from apps.audit.services import find_broken_link
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.domains.models import HostClaim
from apps.exposures.models import Exposure, HostShare

# Which states of a delivery agree with which state of its request.
AGREEING: dict[str, set[str | None]] = {
    RequestState.DELIVERING: {
        DeliveryState.QUEUED,
        DeliveryState.RETRYING,
        DeliveryState.APPLYING,
        DeliveryState.APPLIED,
        DeliveryState.VERIFYING,
    },
    RequestState.DONE: {DeliveryState.LIVE},
    RequestState.FAILED: {DeliveryState.FAILED},
    RequestState.STALE: {DeliveryState.FAILED, DeliveryState.SUPERSEDED, None},
    RequestState.WITHDRAWN: {DeliveryState.CANCELLED, None},
}


def assert_all_truths() -> None:
    assert_every_step_is_in_the_table()
    assert_requests_and_deliveries_agree()
    assert_one_open_request_per_exposure()
    assert_hosts_belong_to_the_teams_that_use_them()
    assert_audit_trail_is_one_chain()


def assert_every_step_is_in_the_table() -> None:
    """Each request walked from draft to where it is, arrow by arrow, with no arrow walked twice from one place."""
    for request in ChangeRequest.objects.all():
        state: str = RequestState.DRAFT
        for event in request.events.order_by("id"):
            assert event.before_state == state, list(request.events.values_list("before_state", "verb", "after_state"))
            expected = TRANSITIONS.get((state, event.verb), state)
            assert event.after_state == expected, (state, event.verb)
            state = event.after_state
        assert request.state == state


def assert_requests_and_deliveries_agree() -> None:
    for request in ChangeRequest.objects.select_related("revision__delivery"):
        delivery = Delivery.objects.filter(revision_id=request.revision_id).first()
        state = delivery.state if delivery else None
        assert state in AGREEING.get(request.state, {None}), (request.state, state)


def assert_one_open_request_per_exposure() -> None:
    opened = Counter(ChangeRequest.objects.filter(state__in=OPEN_STATES).values_list("exposure_id", flat=True))
    assert [count for count in opened.values() if count > 1] == []


def assert_hosts_belong_to_the_teams_that_use_them() -> None:
    """An active exposure's host is claimed by its team, a guest's by the team asked; a host that nobody uses is
    free.
    """
    own = set(Exposure.objects.active().filter(share=None).values_list("host", "team_id"))
    asked = set(HostShare.objects.values_list("exposure__host", "owner_id"))
    assert set(HostClaim.objects.values_list("host", "team_id")) == own | asked


def assert_audit_trail_is_one_chain() -> None:
    assert find_broken_link() is None
    sequences = list(AuditEvent.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))


def verbs_of(request: ChangeRequest) -> list[str]:
    return list(RequestEvent.objects.filter(request=request).order_by("id").values_list("verb", flat=True))


def decisions_of(request: ChangeRequest) -> list[str]:
    return list(Decision.objects.filter(stage__request=request).order_by("at").values_list("verdict", flat=True))

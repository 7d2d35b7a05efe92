"""One word for every combination of request, delivery and conditions."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.common.conditions import set_condition
from apps.delivery.enums import DeliveryState
from apps.exposures.models import Exposure
from apps.web.presenters.exposure_state import configuration, exposure_state, pending_note, reachability


def exposure(
    request="", *, operation="update", delivery="", live=True, serving="", desired="rev_1", deleted=False, drift=""
):
    """A row as `with_state` gives it; `serving` is the reason of a False condition, "Answers" for True."""
    row = Exposure(
        live_revision_id="rev_1" if live else None,
        desired_revision_id=desired,
        deleted_at=timezone.now() if deleted else None,
        drift=drift,
    )
    states = {"request_state": request, "request_operation": operation, "delivery_state": delivery}
    row.__dict__.update(states)
    if serving:
        facts = {"reason": serving, "message": "", "now": timezone.now()}
        row.conditions = set_condition([], "Serving", "True" if serving == "Answers" else "False", **facts)
    return row


@pytest.mark.parametrize(
    ("row", "kind", "word"),
    [
        (exposure(RequestState.DONE, serving="Answers"), "ok", "Serving"),
        (exposure(RequestState.DONE, serving="ServiceFails"), "bad", "Service fails"),
        (exposure(RequestState.DONE, serving="NotRouted"), "bad", "Not routed yet"),
        (exposure(RequestState.DONE, serving="Surprise"), "bad", "Not serving"),
        (exposure(RequestState.DONE, serving="NoEntry"), "mute", "Not checked"),
        (exposure(RequestState.PENDING, serving="Answers"), "ok", "Serving"),
        (exposure(RequestState.PENDING, live=False), "wait", "Waiting for approval"),
        (exposure(RequestState.RETURNED, live=False), "wait", "Returned"),
        (exposure(RequestState.BLOCKED, live=False), "bad", "Blocked"),
        (exposure(RequestState.STALE, live=False), "wait", "Out of date"),
        (exposure(RequestState.WITHDRAWN, live=False), "mute", "Not applied"),
        (exposure(RequestState.DELIVERING, live=False), "run", "Applying"),
        (exposure(RequestState.DELIVERING, operation="delete"), "run", "Being removed"),
        (exposure(RequestState.DELIVERING, delivery=DeliveryState.RETRYING), "wait", "Trying again"),
        (exposure(RequestState.FAILED, serving="Answers"), "bad", "Delivery failed"),
        (exposure(live=False), "mute", "Not applied"),
        (exposure(RequestState.DONE, serving="Answers", drift="changed"), "wait", "Changed outside"),
        (exposure(RequestState.DONE, serving="NotRouted", drift="changed"), "bad", "Not routed yet"),
        (exposure(RequestState.DONE, serving="NotRouted", drift="missing"), "bad", "Gone from the cluster"),
        (exposure(RequestState.DONE, serving="Answers", delivery=DeliveryState.QUEUED), "run", "Applying"),
        (exposure(RequestState.DONE, serving="Answers", delivery=DeliveryState.FAILED), "bad", "Delivery failed"),
        (exposure(RequestState.DONE, deleted=True), "mute", "Deleted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_exposure_state_is_one_word(row, kind, word):
    assert exposure_state(row)[:2] == (kind, word)


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("live", [True, False])
def test_every_state_of_a_request_has_words(state, live):
    row = exposure(state, live=live, serving="Answers")
    assert all([*exposure_state(row)[:2], *configuration(row)[:2], *reachability(row)[:2]])


def test_configuration_and_reachability_are_two_answers():
    row = exposure(RequestState.PENDING, serving="NoAnswer")
    assert reachability(row) == ("bad", "Entry does not answer", "")
    assert configuration(row) == ("wait", "Waiting for approval", "")


def test_configuration_of_an_unapplied_change_is_pending():
    assert configuration(exposure(RequestState.STALE, desired="rev_2")) == ("wait", "Change pending", "")


def test_configuration_says_what_was_changed_outside():
    assert configuration(exposure(RequestState.DONE, serving="NotRouted", drift="changed"))[:2] == (
        "wait",
        "Changed outside",
    )


def test_pending_note_tells_a_deletion_from_a_change():
    assert pending_note(exposure(RequestState.PENDING)) == "A change of it waits for an approval."
    assert pending_note(exposure(RequestState.PENDING, operation="delete")) == "Its deletion waits for an approval."
    assert pending_note(exposure(RequestState.DONE)) == ""
    assert pending_note(exposure(RequestState.PENDING, live=False)) == ""

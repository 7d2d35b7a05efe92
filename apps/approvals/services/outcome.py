"""What became of a delivery, written onto its request in the same transaction (docs/adr/0006)."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from apps.approvals.enums import RequestState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.services.engine import move, require_single
from apps.common.actors import DELIVERY
from apps.common.said import reason, say
from apps.delivery.enums import DeliveryState
from apps.delivery.gate import OUTDATING
from apps.delivery.models import Delivery

# What a delivery's new state does to a request in the given state; anything else leaves it as it is.
CONSEQUENCES: dict[tuple[str, str], Verb] = {
    (DeliveryState.LIVE, RequestState.DELIVERING): Verb.COMPLETE,
    (DeliveryState.FAILED, RequestState.DELIVERING): Verb.FAIL,
    (DeliveryState.SUPERSEDED, RequestState.DELIVERING): Verb.OUTDATE,
    (DeliveryState.QUEUED, RequestState.FAILED): Verb.RETRY,
}


def settle_request(delivery: Delivery) -> None:
    """Called by the delivery, which already holds the exposure's lock."""
    request = (
        ChangeRequest.objects.select_for_update(of=("self",))
        .select_related("exposure__cluster", "exposure__team", "revision__author", "submitter")
        .filter(revision_id=delivery.revision_id)
        .first()
    )
    verb = CONSEQUENCES.get((delivery.state, request.state)) if request else None
    if request is None or verb is None:
        return
    if verb == Verb.FAIL and (delivery.reason or {}).get("code") in OUTDATING:
        verb = Verb.OUTDATE
    if verb == Verb.RETRY:
        require_single(request)
    move(request, verb, by=DELIVERY, reason=_reason(delivery))


def _reason(delivery: Delivery) -> dict[str, str] | None:
    if delivery.state == DeliveryState.SUPERSEDED:
        return reason("superseded", say(_n("A newer revision has taken its place.")))
    return delivery.reason

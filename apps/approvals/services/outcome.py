"""What became of a delivery, written onto its request in the same transaction (docs/adr/0006)."""

from __future__ import annotations

from apps.approvals.enums import OPEN_STATES, RequestState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.services.engine import move
from apps.common.actors import DELIVERY
from apps.delivery.enums import DeliveryState
from apps.delivery.gate import OUTDATING
from apps.delivery.models import Delivery


def settle_request(delivery: Delivery) -> None:
    """Called by the delivery, which already holds the exposure's lock."""
    request = (
        ChangeRequest.objects.select_for_update(of=("self",))
        .select_related("exposure__cluster", "exposure__team", "revision__author", "submitter")
        .filter(revision_id=delivery.revision_id)
        .first()
    )
    if request is None:
        return
    if delivery.state == DeliveryState.LIVE and request.state == RequestState.DELIVERING:
        move(request, Verb.COMPLETE, by=DELIVERY)
    elif delivery.state == DeliveryState.FAILED and request.state == RequestState.DELIVERING:
        code = (delivery.reason or {}).get("code", "")
        move(request, Verb.OUTDATE if code in OUTDATING else Verb.FAIL, by=DELIVERY, reason=delivery.reason)
    elif delivery.state == DeliveryState.QUEUED and request.state == RequestState.FAILED:
        move(request, Verb.RETRY, by=DELIVERY)
    elif delivery.state == DeliveryState.SUPERSEDED and request.state in OPEN_STATES:
        reason = {"code": "superseded", "message": "", "hint": ""}
        move(request, Verb.OUTDATE, by=DELIVERY, reason=reason)

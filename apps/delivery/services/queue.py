"""The queue that is a table: enqueue, cancel, retry, and sweep up what a dead worker left."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.audit.services import record
from apps.common.dispatch import dispatch
from apps.common.errors import Conflict, InvalidTransition
from apps.common.request_context import current_context
from apps.delivery.enums import TRANSITIONS, WAITING, DeliveryOperation, DeliveryState
from apps.delivery.models import Delivery
from apps.delivery.outcomes import announce
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure, Revision
from apps.exposures.permissions import may_change
from apps.exposures.services import lock_exposure

DELIVER = "apps.delivery.tasks.deliver"
SWEEP_BATCH = 200


def enqueue(*, exposure: Exposure, revision: Revision) -> Delivery:
    """Queue the push of an approved revision in the caller's transaction; a worker is woken after the commit."""
    operation = DeliveryOperation.DELETE if revision.operation == Operation.DELETE else DeliveryOperation.APPLY
    delivery = Delivery.objects.create(
        exposure=exposure,
        revision=revision,
        cluster=exposure.cluster,
        operation=operation,
        request_id=current_context().request_id,
    )
    dispatch(DELIVER, delivery.pk)
    return delivery


def cancel_waiting(*, revision: Revision) -> bool:
    """Cancel the revision's delivery unless some of it went to the cluster, inside the caller's transaction.

    False: too late.
    """
    waiting = Delivery.objects.filter(revision=revision, state__in=WAITING, was_sent=False)
    return waiting.update(state=DeliveryState.CANCELLED, settled_at=timezone.now()) == 1


def was_ever_sent(exposure: Exposure) -> bool:
    """Whether an object of the exposure may be in the cluster although no delivery of it ended well."""
    return Delivery.objects.filter(exposure=exposure, was_sent=True).exists()


@transaction.atomic
def retry(*, by: User, delivery: Delivery, overwrite: bool = False) -> Delivery:
    """Push a failed delivery once more, the same bytes. `overwrite` takes over fields that others changed since.

    Raises InvalidTransition unless it has failed, Conflict when a newer revision has taken its place.
    """
    exposure = lock_exposure(delivery.exposure_id)
    delivery = (
        Delivery.objects.select_for_update(of=("self",)).select_related("revision", "cluster").get(pk=delivery.pk)
    )
    check(may_change(by, exposure))
    if delivery.state != DeliveryState.FAILED:
        raise InvalidTransition(_("Only a failed delivery can be retried."), state=delivery.state)
    queue_again(exposure, delivery, overwrite=overwrite)
    record(
        "delivery.retry",
        by=by,
        object_type="delivery",
        object_id=delivery.pk,
        object_name=exposure.host,
        team=exposure.team.name,
        cluster=exposure.cluster.name,
        after={"overwrite": overwrite},
    )
    dispatch(DELIVER, delivery.pk)
    return delivery


def queue_again(exposure: Exposure, delivery: Delivery, *, overwrite: bool) -> None:
    """The same bytes once more, inside the caller's transaction and under its locks; the caller dispatches."""
    if DeliveryState.QUEUED not in TRANSITIONS[delivery.state]:
        raise InvalidTransition(_("Nothing can be pushed again in this state."), state=delivery.state)
    if exposure.deleted_at is not None:
        raise InvalidTransition(_("The exposure has been deleted. Ask for a new one."), state=delivery.state)
    if exposure.desired_revision_id != delivery.revision_id:
        raise Conflict(_("A newer revision has taken the place of this one."), code="superseded")
    delivery.state = DeliveryState.QUEUED
    delivery.attempt = 0
    delivery.next_attempt_at = delivery.settled_at = delivery.reason = None
    delivery.overwrite = overwrite
    delivery.request_id = current_context().request_id
    delivery.save()
    announce(delivery)


def sweep() -> int:
    """Free what dead workers left and wake workers for everything due; safe to run anywhere, at any time.

    Returns how many deliveries it woke a worker for.
    """
    now = timezone.now()
    Delivery.objects.abandoned(now).update(
        state=DeliveryState.RETRYING, claim="", lease_until=None, next_attempt_at=now
    )
    due = list(Delivery.objects.due(now).order_by("created_at").values_list("pk", flat=True)[:SWEEP_BATCH])
    for delivery_id in due:
        dispatch(DELIVER, delivery_id)
    return len(due)

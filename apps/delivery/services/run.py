"""One attempt of one delivery: claim, walk the way, settle. No transaction is open while a cluster is called (D3)."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.clusters.models import Cluster
from apps.common.dispatch import dispatch
from apps.common.errors import PortalError
from apps.common.ids import new_id
from apps.common.request_context import request_context
from apps.common.said import reason, restored
from apps.delivery.enums import IN_WORK, WAITING, DeliveryState
from apps.delivery.errors import AttemptsUsedUp
from apps.delivery.models import Delivery
from apps.delivery.outcomes import announce
from apps.delivery.services.journal import Journal, LostClaim
from apps.delivery.services.way import ApplyWay, DeleteWay, Superseded
from apps.exposures.enums import ConditionType
from apps.exposures.services import close_exposure, lock_exposure, mark_live, note_condition
from apps.kube.transport import calls_named

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 20
BACKOFF_CAP_SECONDS = 300.0
# A cluster that hangs may hold this many workers and no more (D4).
PER_CLUSTER = 4


def run_delivery(delivery_id: str) -> None:
    """Take the delivery if it is waiting and due; anything else, e.g. a repeated message, is a quiet no-op."""
    delivery = claim(delivery_id)
    if delivery is None:
        return
    with request_context(request_id=delivery.request_id, channel="system"), calls_named(delivery.request_id):
        _attempt(delivery)


def claim(delivery_id: str) -> Delivery | None:
    """Compare-and-set from waiting to applying. Exactly one worker wins; the claim is its fencing token."""
    token = new_id("claim")
    with transaction.atomic():
        now = timezone.now()
        if not _lock_place(delivery_id, now) or not _take(delivery_id, token, now):
            return None
    return Delivery.objects.select_related("exposure__cluster", "exposure__team", "revision", "cluster").get(
        pk=delivery_id, claim=token
    )


def _lock_place(delivery_id: str, now: datetime) -> bool:
    """Whether the cluster takes one more delivery; its row stays locked, so that no two workers take the last place."""
    clusters = Cluster.objects.select_for_update(of=("self",), no_key=True)
    cluster = clusters.filter(deliveries=delivery_id, paused_at=None).first()
    if cluster is None:
        return False
    in_work = Delivery.objects.filter(cluster=cluster, state__in=IN_WORK, lease_until__gt=now)
    return in_work.count() < PER_CLUSTER


def _take(delivery_id: str, token: str, now: datetime) -> bool:
    # Conditions on the row itself only: after waiting for it PostgreSQL looks at those again, but not at a join.
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    waiting = Delivery.objects.filter(due, pk=delivery_id, state__in=WAITING)
    taken = waiting.update(
        state=DeliveryState.APPLYING,
        claim=token,
        lease_until=now + LEASE,
        attempt=F("attempt") + 1,
        steps=[],
        reason=None,
    )
    return taken == 1


def _attempt(delivery: Delivery) -> None:
    journal = Journal(delivery, lease=LEASE)
    way = DeleteWay if delivery.operation == "delete" else ApplyWay
    try:
        _refuse_endless(delivery)
        way(delivery, journal).walk()
        _settle_live(delivery)
    except LostClaim:
        logger.info("delivery_claim_lost", extra={"delivery": delivery.pk})
    except Superseded:
        _settle(delivery, DeliveryState.SUPERSEDED, None)
    except PortalError as error:
        journal.fail_step(error)
        _after_error(delivery, error)
    finally:
        _wake_next(delivery)


def _refuse_endless(delivery: Delivery) -> None:
    """An attempt that a worker did not live to end never came to `_after_error`, so it is counted here."""
    if delivery.attempt > MAX_ATTEMPTS:
        raise AttemptsUsedUp(_n("It was tried again and again, and no worker came to an end with it."))


def _after_error(delivery: Delivery, error: PortalError) -> None:
    """Transient errors wait and try again; the rest, and the last attempt, end in a reason that a person can act on."""
    explained = reason(error.code, error.message, _hint(error))
    if not getattr(error, "transient", False) or delivery.attempt >= MAX_ATTEMPTS:
        _settle(delivery, DeliveryState.FAILED, explained)
        return
    pause = getattr(error, "retry_after", None) or backoff_seconds(delivery.attempt)
    held = Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim)
    held.update(
        state=DeliveryState.RETRYING,
        reason=explained,
        next_attempt_at=timezone.now() + timedelta(seconds=pause),
        claim="",
        lease_until=None,
    )


def backoff_seconds(attempt: int) -> float:
    """Exponential with full jitter, 1 s to 5 min; the half that is kept avoids retries in a burst."""
    ceiling = min(BACKOFF_CAP_SECONDS, 2.0 ** min(attempt, 10))
    return ceiling / 2 + random.random() * ceiling / 2  # noqa: S311 - jitter, not a secret


@transaction.atomic
def _settle_live(delivery: Delivery) -> None:
    exposure = lock_exposure(delivery.exposure_id)
    if not _close_row(delivery, DeliveryState.LIVE, None):
        return
    if delivery.operation == "delete":
        close_exposure(exposure=exposure)
    else:
        mark_live(exposure=exposure, revision=delivery.revision)
        dispatch("apps.delivery.tasks.check_name", exposure.pk)
    announce(delivery)


@transaction.atomic
def _settle(delivery: Delivery, state: DeliveryState, reason: dict[str, str] | None) -> None:
    exposure = lock_exposure(delivery.exposure_id)
    if not _close_row(delivery, state, reason):
        return
    if state == DeliveryState.FAILED and reason is not None:
        note_condition(exposure, ConditionType.APPLIED, "False", "DeliveryFailed", restored(reason))
        exposure.save()
    announce(delivery)


def _close_row(delivery: Delivery, state: DeliveryState, reason: dict[str, str] | None) -> bool:
    """Settle the row if we still hold it, and bring the instance up to date."""
    held = Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim, state__in=IN_WORK)
    closed = held.update(state=state, reason=reason, settled_at=timezone.now(), claim="", lease_until=None) == 1
    if closed:
        delivery.refresh_from_db(fields=["state", "reason", "settled_at"])
    return closed


def _hint(error: PortalError) -> str:
    """The next step for the person who reads the failure."""
    hints = {
        "apply_conflict": _n("Look at the drift, then retry and overwrite, or ask for a change."),
        "cluster_unreachable": _n("It is tried again by itself. Ask the platform team if it lasts."),
        "cluster_unauthorized": _n("A platform admin must renew the cluster's credential."),
        "cluster_forbidden": _n("A platform admin must extend the portal's rights in the cluster."),
        "cluster_rejected": _n("Read what the cluster says, change the exposure and ask again."),
        "not_ours": _n("An object of this name lacks the exposure's labels: remove it or give them back, then retry."),
    }
    errors = getattr(error, "errors", None)
    return hints.get(error.code) or (errors[0].hint if errors else "") or _n("Retry, or change the exposure.")


def _wake_next(delivery: Delivery) -> None:
    """A place in the cluster is free: wake a worker for the row that waits longest."""
    waiting = Delivery.objects.due(timezone.now()).filter(cluster_id=delivery.cluster_id).order_by("created_at").first()
    if waiting is not None:
        dispatch("apps.delivery.tasks.deliver", waiting.pk)

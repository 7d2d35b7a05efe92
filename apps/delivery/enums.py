"""States of a delivery and which may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    APPLYING = "applying", _("Applying")
    APPLIED = "applied", _("Applied")
    VERIFYING = "verifying", _("Verifying")
    LIVE = "live", _("Live")
    RETRYING = "retrying", _("Retrying")
    FAILED = "failed", _("Failed")
    SUPERSEDED = "superseded", _("Superseded")
    CANCELLED = "cancelled", _("Cancelled")


class DeliveryOperation(models.TextChoices):
    APPLY = "apply", _("Apply")
    DELETE = "delete", _("Delete")


WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.RETRYING})
IN_WORK = frozenset({DeliveryState.APPLYING, DeliveryState.APPLIED, DeliveryState.VERIFYING})
SETTLED = frozenset({DeliveryState.LIVE, DeliveryState.FAILED, DeliveryState.SUPERSEDED, DeliveryState.CANCELLED})

TRANSITIONS: dict[str, frozenset[str]] = {
    DeliveryState.QUEUED: frozenset(
        {DeliveryState.APPLYING, DeliveryState.SUPERSEDED, DeliveryState.CANCELLED, DeliveryState.FAILED}
    ),
    DeliveryState.APPLYING: frozenset({DeliveryState.APPLIED, DeliveryState.RETRYING, DeliveryState.FAILED}),
    DeliveryState.APPLIED: frozenset({DeliveryState.VERIFYING, DeliveryState.RETRYING, DeliveryState.FAILED}),
    DeliveryState.VERIFYING: frozenset({DeliveryState.LIVE, DeliveryState.RETRYING, DeliveryState.FAILED}),
    DeliveryState.RETRYING: frozenset(
        {DeliveryState.APPLYING, DeliveryState.SUPERSEDED, DeliveryState.CANCELLED, DeliveryState.FAILED}
    ),
    DeliveryState.FAILED: frozenset({DeliveryState.QUEUED, DeliveryState.SUPERSEDED}),
    # Only to take back what somebody changed in the cluster since: the same bytes once more (D6).
    DeliveryState.LIVE: frozenset({DeliveryState.QUEUED}),
    DeliveryState.SUPERSEDED: frozenset(),
    DeliveryState.CANCELLED: frozenset(),
}

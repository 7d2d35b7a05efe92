"""Delivery rows: one push of one revision to one cluster. The row *is* the queue entry; Celery only wakes a worker."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from apps.clusters.models import Cluster
from apps.common.ids import PrefixedIdField
from apps.delivery.enums import IN_WORK, SETTLED, WAITING, DeliveryOperation, DeliveryState
from apps.exposures.models import Exposure, Revision


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """Waiting rows whose time has come, in clusters that accept deliveries."""
        return self.filter(
            Q(next_attempt_at=None) | Q(next_attempt_at__lte=now), state__in=WAITING, cluster__paused_at=None
        )

    def abandoned(self, now: datetime) -> DeliveryQuerySet:
        """Rows that a worker claimed and did not finish before its lease ran out."""
        return self.filter(state__in=IN_WORK, lease_until__lt=now)

    def unsettled(self) -> DeliveryQuerySet:
        return self.exclude(state__in=SETTLED)


class Delivery(models.Model):
    """`claim` is the fencing token of the worker that holds the row until `lease_until`.

    `steps`: [{"name", "status", "message", "started_at", "elapsed_ms"}]; `reason`: {"code", "message", "hint"} or null.
    """

    id = PrefixedIdField("dlv")
    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="deliveries")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="delivery")
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="deliveries")
    operation = models.CharField(max_length=10, choices=DeliveryOperation.choices)
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    # Set before the first write to the cluster: from then on the object may be there, whatever became of the attempt.
    was_sent = models.BooleanField(default=False)
    claim = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    reason = models.JSONField(null=True)
    # A person who retries after a conflict may choose to take over fields that somebody else changed (D6).
    overwrite = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="delivery_queue"),
            models.Index(fields=["state", "exposure"], name="delivery_by_state"),
            # The newest of an exposure, without reading its row.
            models.Index(fields=["exposure", "id", "state"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.revision_id}: {self.state}"

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

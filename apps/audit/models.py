"""The audit trail: append-only rows, each carrying the hash of the one before it."""

from __future__ import annotations

from django.db import models

from apps.common.ids import PrefixedIdField


class ChainHead(models.Model):
    """One row that every writer locks, so that the chain has no forks."""

    name = models.CharField(max_length=20, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=71, default="")

    def __str__(self) -> str:
        return f"{self.name}: {self.sequence}"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def newest_first(self) -> AuditEventQuerySet:
        return self.order_by("-sequence")

    def about(self, object_type: str, object_id: str) -> AuditEventQuerySet:
        return self.filter(object_type=object_type, object_id=object_id)


class AuditEvent(models.Model):
    """Who did what to which object. No foreign keys: the log outlives everything it speaks of."""

    id = PrefixedIdField("aud")
    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150, db_index=True)
    actor_id = models.CharField(max_length=40, blank=True)
    on_behalf_of = models.CharField(max_length=150, blank=True)
    verb = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    object_name = models.CharField(max_length=300)
    team = models.CharField(max_length=80, blank=True, db_index=True)
    cluster = models.CharField(max_length=63, blank=True, db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    comment = models.TextField(blank=True)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=45, blank=True)
    token_id = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=71, blank=True)
    hash = models.CharField(max_length=71)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.actor} {self.verb} {self.object_name}"

"""Requests that carried an `Idempotency-Key`, and what they were answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """One (user, key). While `answered_at` is empty the first request still runs.

    Keys and requests are kept as digests, and the answer is sealed with a key derived from the idempotency key itself:
    the answer that made a token holds the token, and nobody may read it from the table.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    sealed_answer = models.BinaryField(null=True)

    class Meta:
        db_table = "api_idempotent_request"
        constraints = [models.UniqueConstraint(fields=["user", "key_digest"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key_digest[:8]}"

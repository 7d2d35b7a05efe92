"""What people were told, what they do not want to be told, and the address of their calendar of certificates.

A notice names its subject by type and public id: this app lies below most of what it speaks of, and an address that
was right when the notice was written need not be right when it is read.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.common.ids import PrefixedIdField
from apps.notices.enums import NoticeKind, SubjectType


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def about(self, subject_type: str, subject_id: str) -> NoticeQuerySet:
        return self.filter(subject_type=subject_type, subject_id=subject_id)


class Notice(models.Model):
    """One thing one person was told. `once_key` keeps it from being told to the same person again."""

    id = PrefixedIdField("ntc")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=24, choices=NoticeKind.choices)
    # {"message", "message_id", "params"} of apps/common/said.py
    sentence = models.JSONField()
    subject_type = models.CharField(max_length=12, choices=SubjectType.choices)
    subject_id = models.CharField(max_length=400)
    once_key = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "once_key"], name="notice_told_once")]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["subject_type", "subject_id"], name="notice_subject"),
            models.Index(fields=["read_at", "created_at"], name="notice_forgotten"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} to {self.recipient_id}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class MutedKind(models.Model):
    """A kind of notice that the person does not want."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="muted_kinds")
    kind = models.CharField(max_length=24, choices=NoticeKind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="kind_muted_once")]

    def __str__(self) -> str:
        return f"{self.kind} not for {self.user_id}"


class CalendarFeed(models.Model):
    """The secret address at which calendars read when the person's certificates expire; only its digest is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"

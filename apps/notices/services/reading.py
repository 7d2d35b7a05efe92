"""Notices are read, become pointless, and are forgotten. None of it is worth a row of the audit trail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common.errors import NotFound
from apps.notices.enums import NoticeKind
from apps.notices.models import Notice
from apps.notices.subjects import Subject

KEPT = timedelta(days=90)
DELETE_BATCH = 1000


def mark_read(*, by: User, notice: Notice) -> Notice:
    """Raises NotFound for a notice of somebody else. A repeat keeps the first moment."""
    if notice.recipient_id != by.pk:
        raise NotFound(_("There is no such notice."), code="notice_not_found")
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=timezone.now())
    notice.refresh_from_db(fields=["read_at"])
    return notice


def mark_all_read(*, by: User) -> int:
    """How many were unread."""
    return Notice.objects.unread().filter(recipient=by).update(read_at=timezone.now())


def dismiss(*, kinds: Collection[NoticeKind], subject: Subject) -> None:
    """Nobody has to be told of this any more, e.g. of a request that was decided: read, for everyone."""
    outdated = Notice.objects.unread().about(subject.type, subject.id).filter(kind__in=kinds)
    outdated.update(read_at=timezone.now())


def forget_old() -> int:
    """Delete what was read and is older than 90 days; how many. What is unread waits for its reader.

    News that are still true then may be told again: a state that lasts so long is worth a second word.
    """
    old = Notice.objects.exclude(read_at=None).filter(created_at__lt=timezone.now() - KEPT).order_by()
    forgotten = 0
    while batch := list(old.values_list("pk", flat=True)[:DELETE_BATCH]):
        forgotten += Notice.objects.filter(pk__in=batch).delete()[0]
    return forgotten

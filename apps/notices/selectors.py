"""Reads of the own notices: nobody, whatever their role, reads those of somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common.errors import NotFound
from apps.common.said import shown
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.models import CalendarFeed, MutedKind, Notice, NoticeQuerySet
from apps.notices.subjects import Subject, seen_by

# More than this many are “99+”: the count needs not be known, so it is not counted.
COUNTED = 100


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as its reader may see it now.

    `known_subject` is None once it is no longer theirs to know; `sentence` withholds it then as well.
    """

    notice: Notice
    known_subject: Subject | None
    sentence: str
    has_page: bool


def list_notices_for(user: User) -> NoticeQuerySet:
    """The person's notices, the newest first."""
    return Notice.objects.filter(recipient=user).order_by("-created_at", "-id")


def get_notice_for(user: User, notice_id: str) -> Notice:
    notice = list_notices_for(user).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound(_("There is no such notice."), code="notice_not_found")
    return notice


def unread_count_for(user: User) -> int:
    """How many notices are unread, at most `COUNTED`: one query on an index that holds nothing but the unread."""
    return Notice.objects.unread().filter(recipient=user).order_by()[:COUNTED].count()


def shown_notices(user: User, notices: Iterable[Notice]) -> list[ShownNotice]:
    """The notices in the reader's language, with what may be opened. Constant in queries."""
    listed = [(notice, subject_of(notice)) for notice in notices]
    seen = seen_by(user, [subject for _notice, subject in listed])
    return [_shown(notice, subject, seen.get(subject)) for notice, subject in listed]


def subject_of(notice: Notice) -> Subject:
    return Subject(SubjectType(notice.subject_type), notice.subject_id)


def was_told(kind: NoticeKind, subject: Subject, once_key: str) -> bool:
    """Whether anybody was told this."""
    notices = Notice.objects.about(subject.type, subject.id)
    return notices.filter(kind=kind, once_key=f"{kind}:{once_key}").exists()


def muted_kinds_of(user: User) -> QuerySet[MutedKind, str]:
    return MutedKind.objects.filter(user=user).values_list("kind", flat=True)


def calendar_feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def _shown(notice: Notice, subject: Subject, has_page: bool | None) -> ShownNotice:
    if has_page is None:
        return ShownNotice(notice, None, _("This was about something that you may no longer see."), has_page=False)
    return ShownNotice(notice, subject, shown(notice.sentence), has_page)

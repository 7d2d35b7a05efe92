"""How a notice looks: its icon, its colour, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

from apps.accounts.models import User
from apps.notices.enums import TOPICS, NoticeKind, SubjectType
from apps.notices.models import Notice
from apps.notices.selectors import COUNTED, ShownNotice, muted_kinds_of, shown_notices
from apps.notices.subjects import Subject

# Icon and state colour; the sentence says the same in words.
LOOKS: dict[str, tuple[str, str]] = {
    NoticeKind.REQUEST_WAITING: ("inbox", "wait"),
    NoticeKind.REQUEST_REMINDER: ("bell", "wait"),
    NoticeKind.REQUEST_COMMENT: ("message-square", "run"),
    NoticeKind.REQUEST_APPROVED: ("circle-check", "ok"),
    NoticeKind.REQUEST_REJECTED: ("circle-x", "bad"),
    NoticeKind.REQUEST_RETURNED: ("undo-2", "wait"),
    NoticeKind.REQUEST_BLOCKED: ("ban", "bad"),
    NoticeKind.REQUEST_STALE: ("history", "wait"),
    NoticeKind.REQUEST_FAILED: ("triangle-alert", "bad"),
    NoticeKind.REQUEST_LIVE: ("globe", "ok"),
    NoticeKind.DELIVERY_FAILED: ("triangle-alert", "bad"),
    NoticeKind.CONSENT_WITHDRAWN: ("undo-2", "wait"),
    NoticeKind.EXPOSURE_DRIFTED: ("git-compare", "wait"),
    NoticeKind.CERTIFICATE_DUE: ("hourglass", "wait"),
    NoticeKind.CERTIFICATE_BROKEN: ("shield", "bad"),
    NoticeKind.CLUSTER_UNREACHABLE: ("cloud-off", "bad"),
    NoticeKind.CLUSTER_REACHABLE: ("server", "ok"),
    NoticeKind.ACCESS_CHANGED: ("users", "run"),
    NoticeKind.TOKEN_EXPIRING: ("key-round", "wait"),
}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """`url` is empty for what has no page, or none that the reader may open."""

    notice: Notice
    sentence: str
    topic: str | Promise
    icon: str
    kind: str
    url: str


class KindChoice(NamedTuple):
    kind: NoticeKind
    label: str | Promise
    is_told: bool


def notice_topics(user: User) -> list[tuple[str | Promise, list[KindChoice]]]:
    """The switches of the profile, by topic."""
    muted = set(muted_kinds_of(user))
    return [
        (topic, [KindChoice(kind, kind.label, kind not in muted) for kind in kinds]) for topic, kinds in TOPICS.items()
    ]


def notice_rows(user: User, notices: Iterable[Notice]) -> list[NoticeRow]:
    return [_row(shown) for shown in shown_notices(user, notices)]


def page_of_notice(shown: ShownNotice) -> str:
    """The address of the page it is about; empty where there is none for the reader."""
    return url_of(shown.known_subject) if shown.known_subject and shown.has_page else ""


def url_of(subject: Subject) -> str:
    """The page of a subject that has one."""
    match subject.type:
        case SubjectType.REQUEST:
            return reverse("web:request_detail", args=[subject.id])
        case SubjectType.EXPOSURE:
            return reverse("web:exposure_detail", args=[subject.id])
        case SubjectType.CERTIFICATE:
            return reverse("web:certificate_detail", args=subject.id.split("/"))
        case SubjectType.CLUSTER:
            return reverse("web:cluster_detail", args=[subject.id])
        case SubjectType.TEAM:
            return reverse("web:team_detail", args=[subject.id])
        case SubjectType.TOKEN:
            return reverse("web:token_list")


def capped(unread: int) -> str:
    """What the bell shows of a count that stops at `COUNTED`."""
    return f"{COUNTED - 1}+" if unread >= COUNTED else str(unread)


def _row(shown: ShownNotice) -> NoticeRow:
    icon, kind = LOOKS[shown.notice.kind]
    return NoticeRow(
        notice=shown.notice,
        sentence=shown.sentence,
        topic=SubjectType(shown.notice.subject_type).label,
        icon=icon,
        kind=kind,
        url=page_of_notice(shown),
    )

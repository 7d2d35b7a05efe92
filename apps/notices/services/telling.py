"""Tells people something, each of them once. Cheap enough to stand inside the transaction that it speaks of.

However many schedules and workers tell the same, the unique key of person and news lets one row in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.common.said import stored
from apps.notices.enums import NoticeKind
from apps.notices.models import Notice
from apps.notices.subjects import Subject

BATCH = 500


@dataclass(frozen=True, slots=True)
class News:
    """`to` are primary keys of users; `sentence` is made by `say`; `once_key` is the same whenever the same is told."""

    to: Collection[int]
    sentence: str
    subject: Subject
    once_key: str


def notify(*, to: Iterable[User], kind: NoticeKind, sentence: str, subject: Subject, once_key: str) -> None:
    """Tell these people, but those who are deactivated or do not want this kind, unless they were told before."""
    notify_all(kind=kind, news=[News({user.pk for user in to}, sentence, subject, once_key)])


def notify_all(*, kind: NoticeKind, news: Sequence[News]) -> None:
    """The same for much at once, e.g. what a schedule found: what was told before costs one read."""
    for start in range(0, len(news), BATCH):
        _notify_batch(kind, news[start : start + BATCH])


def _notify_batch(kind: NoticeKind, news: Sequence[News]) -> None:
    listening = _listening(kind, {pk for one in news for pk in one.to})
    if not listening:
        return
    keys = [_key(kind, one) for one in news]
    known = Notice.objects.filter(recipient__in=listening, once_key__in=keys)
    told = set(known.values_list("recipient_id", "once_key"))
    # Where the same is told twice in one go, the first one counts.
    pairs = reversed(list(zip(news, keys, strict=True)))
    wanted = {(pk, key): one for one, key in pairs for pk in one.to if pk in listening}
    # In one order everywhere: two who insert the same rows wait for each other in a row, never in a circle.
    rows = [_row(pk, kind, key, wanted[pk, key]) for pk, key in sorted(wanted.keys() - told)]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def _listening(kind: NoticeKind, people: set[int]) -> set[int]:
    if not people:
        return set()
    active = User.objects.filter(pk__in=people, is_active=True).exclude(muted_kinds__kind=kind)
    return set(active.values_list("pk", flat=True))


def _key(kind: NoticeKind, one: News) -> str:
    return f"{kind}:{one.once_key}"


def _row(recipient: int, kind: NoticeKind, key: str, one: News) -> Notice:
    return Notice(
        recipient_id=recipient,
        kind=kind,
        sentence=stored(one.sentence),
        subject_type=one.subject.type,
        subject_id=one.subject.id,
        once_key=key,
    )

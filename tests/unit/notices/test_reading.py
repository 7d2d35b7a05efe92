"""Read, made pointless, forgotten; and the one query behind the bell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.common.errors import NotFound
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.models import Notice
from apps.notices.selectors import COUNTED, get_notice_for, list_notices_for, unread_count_for
from apps.notices.services import dismiss, forget_old, mark_all_read, mark_read
from apps.notices.subjects import Subject
from tests import factories

pytestmark = pytest.mark.django_db
REQUEST = {"kind": NoticeKind.REQUEST_WAITING, "subject_type": SubjectType.REQUEST}


def aged(days: int, *, read: bool) -> Notice:
    moment = timezone.now() - timedelta(days=days)
    notice = factories.make_notice(factories.make_user(), read_at=moment if read else None)
    Notice.objects.filter(pk=notice.pk).update(created_at=moment)
    return notice


def test_reading_one_leaves_the_others_and_keeps_the_first_moment():
    ada = factories.make_user("ada")
    first, _second = factories.make_notice(ada), factories.make_notice(ada)
    read_at = mark_read(by=ada, notice=first).read_at
    assert read_at is not None
    assert mark_read(by=ada, notice=first).read_at == read_at
    assert unread_count_for(ada) == 1


def test_notice_of_somebody_else_does_not_exist_for_anybody():
    notice = factories.make_notice(factories.make_user("ada"))
    admin = factories.make_platform_admin()
    with pytest.raises(NotFound):
        get_notice_for(admin, notice.pk)
    with pytest.raises(NotFound):
        mark_read(by=admin, notice=notice)
    assert Notice.objects.get().read_at is None


def test_reading_all_leaves_those_of_others():
    ada, ben = factories.make_user("ada"), factories.make_user("ben")
    for user in (ada, ada, ben):
        factories.make_notice(user)
    assert (mark_all_read(by=ada), mark_all_read(by=ada)) == (2, 0)
    assert (unread_count_for(ada), unread_count_for(ben)) == (0, 1)


def test_list_holds_the_own_notices_newest_first():
    ada = factories.make_user("ada")
    first, second = factories.make_notice(ada), factories.make_notice(ada)
    factories.make_notice(factories.make_user("ben"))
    assert list(list_notices_for(ada)) == [second, first]


def test_dismissing_reads_the_kinds_of_one_subject_for_everyone():
    people = [factories.make_user(), factories.make_user()]
    for user in people:
        factories.make_notice(user, subject_id="req_1", **REQUEST)
        factories.make_notice(user, subject_id="req_2", **REQUEST)
    dismiss(kinds=[NoticeKind.REQUEST_WAITING], subject=Subject(SubjectType.REQUEST, "req_1"))
    dismiss(kinds=[NoticeKind.REQUEST_REMINDER], subject=Subject(SubjectType.REQUEST, "req_2"))
    assert set(Notice.objects.unread().values_list("subject_id", flat=True)) == {"req_2"}


def test_only_what_was_read_is_forgotten_after_ninety_days():
    aged(91, read=True)
    kept = [aged(89, read=True), aged(91, read=False), aged(0, read=True)]
    assert forget_old() == 1
    assert set(Notice.objects.all()) == set(kept)


@pytest.mark.parametrize(("count", "counted"), [(0, 0), (3, 3), (COUNTED + 5, COUNTED)])
def test_unread_are_counted_up_to_a_limit(count, counted):
    ada = factories.make_user("ada")
    for number in range(count):
        factories.make_notice(ada, once_key=str(number))
    factories.make_notice(ada, read_at=timezone.now())
    assert unread_count_for(ada) == counted


def test_unread_count_is_one_query_on_the_index_of_the_unread():
    ada = factories.make_user("ada")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        unread_count_for(ada)
    [query] = [entry["sql"] for entry in queries]
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {query}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "notice_unread" in plan

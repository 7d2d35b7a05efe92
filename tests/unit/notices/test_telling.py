"""Who hears of something, and that each hears of it once."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.common.said import say
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.models import MutedKind, Notice
from apps.notices.services import News, notify, notify_all
from apps.notices.subjects import Subject
from tests import factories

pytestmark = pytest.mark.django_db
KIND = NoticeKind.CLUSTER_REACHABLE
CLUSTER = Subject(SubjectType.CLUSTER, "dev-1")


def tell(*people: User, once_key: str = "outage-1", kind: NoticeKind = KIND) -> None:
    sentence = say("Cluster %(cluster)s answers again.", cluster="dev-1")
    notify(to=people, kind=kind, sentence=sentence, subject=CLUSTER, once_key=once_key)


def told() -> list[str]:
    return sorted(Notice.objects.values_list("recipient__username", flat=True))


def test_notice_keeps_what_is_needed_to_say_it_in_any_language():
    tell(factories.make_user("ada"))
    notice = Notice.objects.get()
    assert (notice.recipient.username, notice.kind, notice.subject_type, notice.subject_id, notice.read_at) == (
        "ada",
        "cluster_reachable",
        "cluster",
        "dev-1",
        None,
    )
    assert notice.sentence == {
        "message": "Cluster dev-1 answers again.",
        "message_id": "Cluster %(cluster)s answers again.",
        "params": {"cluster": "dev-1"},
    }


def test_same_news_reach_a_person_once():
    ada, ben = factories.make_user("ada"), factories.make_user("ben")
    tell(ada, ada)
    tell(ada, ben)
    tell(ada, once_key="outage-2")
    assert told() == ["ada", "ada", "ben"]


def test_same_key_of_another_kind_is_other_news():
    ada = factories.make_user("ada")
    tell(ada)
    tell(ada, kind=NoticeKind.CLUSTER_UNREACHABLE)
    assert told() == ["ada", "ada"]


def test_deactivated_people_are_not_told():
    tell(factories.make_user("left", is_active=False), factories.make_user("ada"))
    assert told() == ["ada"]


def test_muted_kind_is_not_told_and_others_are():
    ada = factories.make_user("ada")
    MutedKind.objects.create(user=ada, kind=KIND)
    tell(ada)
    tell(ada, kind=NoticeKind.CLUSTER_UNREACHABLE)
    assert [notice.kind for notice in Notice.objects.all()] == ["cluster_unreachable"]


def test_first_of_two_that_are_the_same_news_counts():
    ada = factories.make_user("ada")
    first, second = Subject(SubjectType.CLUSTER, "dev-1"), Subject(SubjectType.CLUSTER, "dev-2")
    notify_all(kind=KIND, news=[News({ada.pk}, "One.", first, "same"), News({ada.pk}, "Two.", second, "same")])
    assert Notice.objects.get().subject_id == "dev-1"


@pytest.mark.parametrize("count", [1, 3])
def test_telling_costs_the_same_for_any_number(count, django_assert_num_queries):
    """Who listens, what was told before, the new rows."""
    people = [factories.make_user().pk for _ in range(count)]
    news = [News(people, "Word.", CLUSTER, f"key-{number}") for number in range(count)]
    with django_assert_num_queries(3):
        notify_all(kind=KIND, news=news)
    assert Notice.objects.count() == count * count
    with django_assert_num_queries(2):
        notify_all(kind=KIND, news=news)


def test_nobody_to_tell_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        tell()

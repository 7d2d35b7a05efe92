"""The bell, its menu, the page of notices and the switches of the profile."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.models import Notice
from apps.notices.selectors import COUNTED, muted_kinds_of
from apps.notices.subjects import Subject
from apps.web.presenters.notices import LOOKS, url_of
from tests import factories

pytestmark = pytest.mark.django_db
LIST = reverse("web:notice_list")
BELL = re.compile(
    r'id="bell-count"[^>]*>(?:<b class="num" aria-hidden="true">([^<]+)</b>)?<span class="visually-hidden">([^<]+)<'
)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(client: Client) -> User:
    """Signed in, a member of team web, which sees cluster dev-1."""
    team = factories.make_team("web")
    ada = factories.make_user("ada", team=team)
    factories.make_cluster()
    factories.make_grant(team)
    client.force_login(ada)
    return ada


def told(ada: User, count: int, **fields: str) -> list[Notice]:
    return [factories.make_notice(ada, once_key=f"{fields}{number}", **fields) for number in range(count)]


def bell(text: str) -> tuple[str, str]:
    [found] = BELL.findall(text)
    return found


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, ("", "Notices, 0 unread")),
        (1, ("1", "Notices, 1 unread")),
        (99, ("99", "Notices, 99 unread")),
        (COUNTED + 1, ("99+", "Notices, 100 unread")),
    ],
)
def test_bell_counts_the_unread_on_every_page(client, ada, count, shown):
    told(ada, count)
    assert bell(client.get(reverse("web:profile")).text) == shown


def test_there_is_no_bell_for_nobody(client):
    assert 'id="bell-count"' not in client.get(reverse("account_login")).text


@pytest.mark.parametrize(
    ("known", "is_read_out"), [("0", True), ("1", False), ("2", False), ("", False), ("x", False), ("9" * 50, False)]
)
def test_bell_says_aloud_only_that_there_are_more(client, ada, known, is_read_out):
    told(ada, 1)
    text = client.get(reverse("web:notice_count"), {"known": known}).text
    assert ('data-announce="Notices, 1 unread"' in text) is is_read_out
    assert "known=1" in text


def test_menu_shows_the_latest_ten_and_the_count(client, ada):
    told(ada, 12)
    text = client.get(reverse("web:notice_latest")).text
    assert text.count("<li") == 10
    assert bell(text) == ("12", "Notices, 12 unread")
    assert "Mark all as read" in text


def test_menu_without_notices_says_what_it_is_for(client, ada):
    text = client.get(reverse("web:notice_latest")).text
    assert "Nothing yet." in text
    assert "Mark all as read" not in text


def test_opening_reads_the_notice_and_leads_to_its_subject(client, ada):
    [notice] = told(ada, 1)
    answer = client.post(reverse("web:notice_open", args=[notice.pk]))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("web:cluster_detail", args=["dev-1"]))
    assert Notice.objects.get().is_read


def test_following_a_link_reads_nothing(client, ada):
    [notice] = told(ada, 1)
    names = ("web:notice_open", "web:notice_read")
    assert [client.get(reverse(name, args=[notice.pk])).status_code for name in names] == [405, 405]
    assert not Notice.objects.get().is_read


def test_notice_about_what_one_may_no_longer_see_is_withheld_and_leads_nowhere(client, ada):
    [notice] = told(ada, 1)
    ada.memberships.all().delete()
    text = client.get(LIST).text
    assert "This was about something that you may no longer see." in text
    assert "Cluster dev-1" not in text
    assert reverse("web:notice_open", args=[notice.pk]) not in text
    assert client.post(reverse("web:notice_open", args=[notice.pk])).headers["Location"] == LIST


@pytest.mark.parametrize("name", ["web:notice_open", "web:notice_read"])
def test_notice_of_somebody_else_is_not_there(client, ada, name):
    notice = factories.make_notice(factories.make_user("ben"))
    assert client.post(reverse(name, args=[notice.pk])).status_code == 404
    assert not Notice.objects.get().is_read


def test_reading_one_in_the_list_gives_the_row_and_the_count(client, ada):
    notice, _other = told(ada, 2)
    text = client.post(reverse("web:notice_read", args=[notice.pk]), headers=HTMX).text
    assert f'id="notice-{notice.pk}"' in text
    assert "is-unread" not in text
    assert bell(text) == ("1", "Notices, 1 unread")
    assert 'hx-swap-oob="true"' in text


def test_reading_works_without_javascript(client, ada):
    notice, _other = told(ada, 2)
    assert client.post(reverse("web:notice_read", args=[notice.pk])).headers["Location"] == LIST
    assert client.post(reverse("web:notice_read_all")).headers["Location"] == LIST
    assert Notice.objects.unread().count() == 0


def test_reading_all_in_the_menu_moves_the_focus_and_says_so(client, ada):
    told(ada, 2)
    text = client.post(reverse("web:notice_read_all"), headers=HTMX).text
    assert 'data-focus data-announce="All notices are read."' in text
    assert bell(text) == ("", "Notices, 0 unread")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?unread=true", 2),
        ("?kind=token_expiring", 1),
        ("?unread=true&kind=cluster_reachable", 1),
        ("?kind=x", 3),
    ],
)
def test_list_is_filtered_by_the_address(client, ada, query, count):
    read, _unread = told(ada, 2)
    told(ada, 1, kind=NoticeKind.TOKEN_EXPIRING, subject_type=SubjectType.TOKEN, subject_id="tok_1")
    client.post(reverse("web:notice_read", args=[read.pk]))
    assert client.get(LIST + query).text.count('<li class="news-item') == count


def test_filters_offer_only_kinds_that_occur(client, ada):
    told(ada, 1)
    text = client.get(LIST).text
    assert "A cluster answers again" in text
    assert "An API token of yours expires soon" not in text


def test_empty_lists_say_why(client, ada):
    assert "No notices yet" in client.get(LIST).text
    told(ada, 1, kind=NoticeKind.CLUSTER_REACHABLE)
    Notice.objects.update(read_at="2026-01-01T00:00:00Z")
    assert "You have read everything that fits the filters." in client.get(f"{LIST}?unread=true").text


def test_long_list_has_pages_that_keep_the_filter(client, ada):
    told(ada, 30)
    text = client.get(f"{LIST}?unread=true").text
    assert "1–25 of 30" in text
    assert "unread=true&amp;page=2" in text


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(client, ada, count, django_assert_num_queries):
    """Session, person, bell; kinds, count, keys and rows of the page, and which clusters may be seen."""
    told(ada, count)
    with django_assert_num_queries(9):
        client.get(LIST)


def test_profile_switches_kinds_off_and_on(client, ada):
    kept = [kind for kind in NoticeKind.values if kind != "request_live"]
    answer = client.post(reverse("web:notice_kinds"), {"kinds": kept})
    assert answer.headers["Location"] == reverse("web:profile")
    assert list(muted_kinds_of(ada)) == ["request_live"]
    text = client.get(reverse("web:profile")).text
    boxes = re.findall(r'name="kinds" value="(\w+)" id="[\w-]+"( checked)?', text)
    assert {kind for kind, checked in boxes if not checked} == {"request_live"}
    assert sorted(kind for kind, _checked in boxes) == sorted(NoticeKind.values)


@pytest.mark.parametrize(
    ("subject_type", "subject_id", "address"),
    [
        (SubjectType.REQUEST, "req_1", "/requests/req_1/"),
        (SubjectType.EXPOSURE, "exp_1", "/exposures/exp_1/"),
        (SubjectType.CERTIFICATE, "dev-1/web/shop-tls", "/certificates/dev-1/web/shop-tls/"),
        (SubjectType.CLUSTER, "dev-1", "/clusters/dev-1/"),
        (SubjectType.TEAM, "web", "/teams/web/"),
        (SubjectType.TOKEN, "tok_1", "/tokens/"),
    ],
)
def test_every_subject_has_its_page(subject_type, subject_id, address):
    assert url_of(Subject(subject_type, subject_id)) == address


def test_every_kind_has_its_look():
    assert set(LOOKS) == set(NoticeKind)


def test_nobody_reads_notices_without_signing_in(client):
    names = ("web:notice_list", "web:notice_count", "web:notice_latest")
    assert [client.get(reverse(name)).status_code for name in names] == [302, 302, 302]

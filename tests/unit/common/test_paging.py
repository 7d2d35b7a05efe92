"""Pages that are read by their keys: the same rows in the same order, in as many queries for each page."""

import pytest
from django.core.paginator import Paginator

from apps.accounts.models import Team, User
from apps.common.paging import KeyPaginator, first_rows
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams():
    """Five teams in the order of their titles, which is not that of their ids; each has two members."""
    for name, title in zip("abcde", "31524", strict=True):
        team = factories.make_team(name, title=title)
        factories.make_user(team=team)
        factories.make_user(team=team)
    return Team.objects.filter(memberships__role="developer").distinct().order_by("-title")


def test_pages_hold_what_the_paginator_of_django_holds(teams):
    keyed, plain = KeyPaginator(teams, 2), Paginator(teams, 2)
    numbers = [1, 2, 3]
    assert [list(keyed.page(number)) for number in numbers] == [list(plain.page(number)) for number in numbers]
    assert (keyed.count, keyed.num_pages) == (5, 3)


def test_page_costs_three_queries_however_many_rows(teams, django_assert_num_queries):
    for size in (1, 4):
        with django_assert_num_queries(3):
            page = KeyPaginator(teams, size).get_page(1)
            assert len(page) == size


def test_page_without_rows_reads_none(teams, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(KeyPaginator(teams.filter(name="nobody"), 2).get_page("7")) == []


def test_page_shows_rows_as_asked_in_the_order_of_the_list(teams, django_assert_num_queries):
    paginator = KeyPaginator(teams, 3, shown=Team.objects.only("title").order_by("title"), total=5)
    with django_assert_num_queries(2):
        assert [[team.title for team in paginator.page(number)] for number in (1,)] == [["5", "4", "3"]]
        assert (paginator.count, paginator.num_pages) == (5, 2)


def test_page_leaves_out_a_row_that_is_gone_by_now(teams):
    assert [team.title for team in KeyPaginator(teams, 3, shown=Team.objects.exclude(title="4")).page(1)] == ["5", "3"]


@pytest.mark.parametrize("count", [1, 2, 9])
def test_first_rows_are_those_of_the_list(db, count):
    for name in ("carol", "ada", "bob"):
        factories.make_user(name)
    people = User.objects.order_by("-username")
    assert first_rows(people, count) == list(people[:count])
    assert first_rows(people, count, shown=User.objects.order_by("username")) == list(people[:count])
    assert first_rows(people.filter(username="eve"), count) == []

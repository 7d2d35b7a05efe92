"""The person of a session: told apart from those who decide on nothing, at no cost for the others."""

from __future__ import annotations

import pytest

from apps.accounts.backends import SessionBackend
from apps.accounts.models import User
from apps.accounts.selectors import group_names_of
from tests import factories

pytestmark = pytest.mark.django_db


def loaded(user: User) -> User:
    found = SessionBackend().get_user(user.pk)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("grouped", "auditor", "decides"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_person_decides_as_a_member_of_a_group(grouped, auditor, decides):
    user = factories.make_user("ada", is_auditor=auditor)
    factories.make_approver_group("network", members=[user] if grouped else [])
    assert loaded(user).decides is decides


def test_person_without_groups_costs_one_query(django_assert_num_queries):
    user = factories.make_user("ada")
    with django_assert_num_queries(1):
        SessionBackend().get_user(user.pk)


def test_groups_of_those_who_decide_are_at_hand(django_assert_num_queries):
    user = factories.make_user("ada")
    for name in ("network", "security"):
        factories.make_approver_group(name, members=[user])
    with django_assert_num_queries(2):
        found = loaded(user)
    with django_assert_num_queries(0):
        assert sorted(group_names_of(found)) == ["network", "security"]


def test_person_deactivated_or_unknown_is_nobody():
    user = factories.make_user("ada", is_active=False)
    assert [SessionBackend().get_user(pk) for pk in (user.pk, user.pk + 1)] == [None, None]

"""What people may see: anything else answers as if it did not exist."""

from __future__ import annotations

import pytest

from apps.accounts import selectors
from apps.common.errors import NotFound
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict:
    """Two teams with a grant each, a group, and one person of every kind."""
    web, pay = factories.make_team("web"), factories.make_team("pay")
    people = {
        "ada": factories.make_user("ada", team=web),
        "grace": factories.make_user("grace", team=pay),
        "platform": factories.make_platform_admin("platform"),
        "auditor": factories.make_auditor("auditor"),
    }
    return people | {
        "web": web,
        "grants": [factories.make_grant(web, "dev-1", "web"), factories.make_grant(pay, "dev-1", "pay")],
        "group": factories.make_approver_group("network", members=[people["grace"]]),
    }


EVERYONE = ["ada", "auditor", "grace", "platform"]


SEEN = {
    "ada": {"users": ["ada"], "teams": ["web"], "namespaces": ["web"], "groups": []},
    "grace": {"users": ["grace"], "teams": ["pay"], "namespaces": ["pay"], "groups": ["network"]},
    "platform": {"users": EVERYONE, "teams": ["pay", "web"], "namespaces": ["pay", "web"], "groups": ["network"]},
    "auditor": {"users": EVERYONE, "teams": ["pay", "web"], "namespaces": ["pay", "web"], "groups": ["network"]},
}


@pytest.mark.parametrize("who", SEEN)
def test_lists_for_each_kind_of_person(world, who):
    person = world[who]
    assert SEEN[who] == {
        "users": [user.username for user in selectors.list_users_for(person)],
        "teams": [team.name for team in selectors.list_teams_for(person)],
        "namespaces": [grant.namespace for grant in selectors.list_grants_for(person)],
        "groups": [group.name for group in selectors.list_groups_for(person)],
    }
    assert [team.name for team in selectors.list_team_summaries_for(person)] == SEEN[who]["teams"]


def test_get_for_someone_else_is_not_found(world):
    grace = world["grace"]
    reads = [
        (selectors.get_user_for, "ada", "user_not_found"),
        (selectors.get_team_for, "web", "team_not_found"),
        (selectors.get_grant_for, world["grants"][0].pk, "grant_not_found"),
    ]
    for read, name, code in reads:
        with pytest.raises(NotFound) as caught:
            read(grace, name)
        assert caught.value.code == code
    with pytest.raises(NotFound):
        selectors.get_group_for(world["ada"], "network")


def test_get_for_those_who_may(world):
    assert selectors.get_user_for(world["auditor"], "ada") == world["ada"]
    assert selectors.get_team_for(world["ada"], "web") == world["web"]
    assert selectors.get_grant_for(world["ada"], world["grants"][0].pk) == world["grants"][0]
    assert selectors.get_group_for(world["grace"], "network") == world["group"]


@pytest.mark.parametrize(("search", "found"), [("ADA", ["ada"]), ("example grace", ["grace"]), ("nobody", [])])
def test_list_users_for_finds_all_words(world, search, found):
    world["grace"].email = "grace@example.com"
    world["grace"].save()
    assert [user.username for user in selectors.list_users_for(world["platform"], search=search)] == found


def test_list_team_summaries_count_all_members(world):
    factories.make_user(team=world["web"])
    assert [vars(team)["member_count"] for team in selectors.list_team_summaries_for(world["ada"])] == [2]


def test_group_names_of_leaves_out_who_can_not_decide(world):
    grace, auditor = world["grace"], world["auditor"]
    world["group"].members.add(auditor)
    assert selectors.group_names_of(grace) == ["network"]
    assert selectors.group_names_of(auditor) == []
    grace.is_active = False
    assert selectors.group_names_of(grace) == []


def test_active_group_members_leaves_out_who_can_not_decide(world):
    gone = factories.make_user(is_active=False)
    world["group"].members.add(world["auditor"], gone)
    assert list(selectors.active_group_members("network")) == [world["grace"]]


def test_tokens_are_seen_by_their_owner_only(world):
    token, _plaintext = factories.make_token(world["ada"])
    assert list(selectors.list_tokens_of(world["ada"])) == [token]
    assert selectors.get_token_of(world["ada"], token.public_id) == token
    with pytest.raises(NotFound):
        selectors.get_token_of(world["platform"], token.public_id)


@pytest.mark.parametrize("read", [selectors.get_user, selectors.get_group])
def test_get_without_a_match_is_not_found(read):
    with pytest.raises(NotFound):
        read("nobody")

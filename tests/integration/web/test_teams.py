"""The pages of teams: members, contact and granted namespaces, seen by the right people only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, NamespaceGrant, Team, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    team = factories.make_team("web")
    factories.make_grant(team, "dev-1", "web")
    factories.make_membership(team, factories.make_user("grace"))
    return team


@pytest.fixture
def maintainer(client: Client, team: Team) -> User:
    user = factories.make_user("ada", team=team, role="maintainer")
    client.force_login(user)
    return user


def _detail() -> str:
    return reverse("web:team_detail", args=["web"])


def test_team_list_shows_own_teams_with_all_their_members(client, maintainer):
    factories.make_team("pay")
    response = client.get(reverse("web:team_list"))
    assert [(t.name, t.member_count) for t in response.context["page"].object_list] == [("web", 2)]
    assert "dev-1 / web" in response.text
    assert "New team" not in response.text


def test_team_list_without_teams_says_whom_to_ask(client):
    client.force_login(factories.make_user())
    assert "You are in no team" in client.get(reverse("web:team_list")).text


def test_team_list_costs_the_same_for_one_and_many(client, admin, team, django_assert_num_queries):
    client.get(reverse("web:team_list"))
    with django_assert_num_queries(7):
        client.get(reverse("web:team_list"))
    for name in ("pay", "ops"):
        factories.make_grant(factories.make_team(name), "dev-1", name)
    with django_assert_num_queries(7):
        client.get(reverse("web:team_list"))


def test_team_list_creates_a_team(client, admin):
    response = client.post(reverse("web:team_list"), {"name": "pay", "contact": "#pay"})
    assert response.url == reverse("web:team_detail", args=["pay"])
    assert Team.objects.get().contact == "#pay"


def test_team_list_with_a_taken_name_keeps_what_was_typed(client, admin, team):
    response = client.post(reverse("web:team_list"), {"name": "web", "contact": "#mine"})
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["A team named web exists already."]
    assert 'value="#mine"' in response.text


def test_team_list_is_not_for_maintainers_to_extend(client, maintainer):
    assert client.post(reverse("web:team_list"), {"name": "pay"}).status_code == 403


def test_team_detail_changes_the_contact(client, maintainer, team):
    assert client.post(_detail(), {"title": "Web", "contact": "#web"}).status_code == 302
    team.refresh_from_db()
    assert (team.title, team.contact) == ("Web", "#web")


def test_team_detail_of_another_team_does_not_exist(client, team):
    client.force_login(factories.make_user(team=factories.make_team("pay"), role="maintainer"))
    grant = team.grants.get()
    urls = [
        _detail(),
        reverse("web:member_remove", args=["web", "grace"]),
        reverse("web:grant_revoke", args=["web", grant.pk]),
    ]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    posted = [*urls, reverse("web:member_set", args=["web"]), reverse("web:grant_create", args=["web"])]
    assert {url: client.post(url).status_code for url in posted} == dict.fromkeys(posted, 404)


def test_team_detail_for_a_developer_has_no_forms_but_the_frame(client, team):
    client.force_login(User.objects.get(username="grace"))
    page = client.get(_detail()).text
    assert "Add member" not in page
    assert "Grant namespace" not in page
    assert client.post(_detail(), {"contact": "x"}).status_code == 403


def test_member_set_adds_and_changes(client, maintainer, team):
    factories.make_user("linus")
    url = reverse("web:member_set", args=["web"])
    client.post(url, {"username": " linus ", "role": "viewer"})
    client.post(url, {"username": "linus", "role": "developer"})
    assert Membership.objects.get(user__username="linus").role == "developer"


def test_member_set_with_an_unknown_name_says_so_beside_the_field(client, maintainer, team):
    response = client.post(reverse("web:member_set", args=["web"]), {"username": "nobody", "role": "viewer"})
    assert response.status_code == 422
    assert response.context["member_form"].errors["username"] == ["There is no user nobody."]
    assert 'value="nobody"' in response.text


def test_member_set_by_a_developer_is_refused_with_the_reason(client, team):
    client.force_login(User.objects.get(username="grace"))
    response = client.post(reverse("web:member_set", args=["web"]), {"username": "grace", "role": "maintainer"})
    assert response.status_code == 403
    assert "Only maintainers of team web and platform admins change its members." in response.text


def test_member_remove_asks_then_removes(client, maintainer, team):
    url = reverse("web:member_remove", args=["web", "grace"])
    assert "Remove grace from web?" in client.get(url).text
    assert client.post(url).status_code == 302
    assert [m.user.username for m in team.memberships.all()] == ["ada"]
    assert client.post(url).status_code == 404


def test_grant_create_offers_registered_clusters_only(client, admin, team):
    factories.make_cluster("dev-1")
    url = reverse("web:grant_create", args=["web"])
    assert client.post(url, {"cluster_name": "mars", "namespace": "web"}).status_code == 422
    assert client.post(url, {"cluster_name": "dev-1", "namespace": "shop"}).status_code == 302
    assert NamespaceGrant.objects.filter(team=team, cluster_name="dev-1", namespace="shop").exists()


def test_grant_create_names_the_team_that_has_it(client, admin, team):
    factories.make_cluster("dev-1")
    factories.make_team("pay")
    response = client.post(reverse("web:grant_create", args=["pay"]), {"cluster_name": "dev-1", "namespace": "web"})
    assert response.status_code == 422
    assert response.context["grant_form"].non_field_errors() == [
        "Namespace web of cluster dev-1 is granted to team web already."
    ]


def test_grant_revoke_asks_then_revokes(client, admin, team):
    url = reverse("web:grant_revoke", args=["web", team.grants.get().pk])
    assert "Revoke web of dev-1?" in client.get(url).text
    assert client.post(url).status_code == 302
    assert not team.grants.exists()


def test_grant_revoke_by_a_maintainer_is_refused(client, maintainer, team):
    url = reverse("web:grant_revoke", args=["web", team.grants.get().pk])
    assert client.post(url).status_code == 403
    assert team.grants.exists()


def test_auditor_reads_teams_and_changes_nothing(client, team):
    client.force_login(factories.make_auditor())
    assert client.get(_detail()).status_code == 200
    urls = [_detail(), reverse("web:member_set", args=["web"]), reverse("web:grant_create", args=["web"])]
    assert {url: client.post(url, {"username": "grace"}).status_code for url in urls} == dict.fromkeys(urls, 403)


def test_team_page_shows_limits_and_only_admins_set_them(client, maintainer, team):
    assert "any number" in client.get(_detail()).text
    address = reverse("web:team_limit", args=["web"])
    assert client.post(address, {"exposure_limit": "5"}).status_code == 403
    assert Team.objects.get().exposure_limit is None


def test_admin_sets_and_lifts_limits(client, admin, team):
    address, grant = reverse("web:team_limit", args=["web"]), team.grants.get()
    assert client.post(address, {"exposure_limit": "5"}).url == f"{_detail()}#limits"
    client.post(address, {"exposure_limit": "2", "grant": grant.pk})
    assert (Team.objects.get().exposure_limit, NamespaceGrant.objects.get().exposure_limit) == (5, 2)
    client.post(address, {"exposure_limit": ""})
    assert Team.objects.get().exposure_limit is None


@pytest.mark.parametrize("stated", ["-1", "many", "100001"])
def test_limit_that_is_no_number_is_refused_in_words(client, admin, team, stated):
    response = client.post(reverse("web:team_limit", args=["web"]), {"exposure_limit": stated}, follow=True)
    assert "A limit is a whole number from 0 to 100000" in response.text
    assert Team.objects.get().exposure_limit is None


def test_limit_of_another_teams_namespace_is_not_found(client, admin, team):
    foreign = factories.make_grant(factories.make_team("pay"), "dev-1", "pay")
    address = reverse("web:team_limit", args=["web"])
    assert client.post(address, {"exposure_limit": "2", "grant": foreign.pk}).status_code == 404

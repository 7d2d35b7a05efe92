"""Teams, members, groups and grants: what is refused, stored and recorded."""

from __future__ import annotations

import pytest

from apps.accounts.models import Membership, NamespaceGrant, Team, User
from apps.accounts.services.teams import (
    add_group_member,
    create_group,
    create_team,
    grant_namespace,
    remove_group_member,
    remove_member,
    revoke_grant,
    set_group_members,
    set_member,
    update_team,
)
from apps.audit.models import AuditEvent
from apps.common.errors import Conflict, InvalidInput, NotFound, NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return factories.make_platform_admin("platform")


@pytest.fixture
def team() -> Team:
    return factories.make_team("web", contact="#web")


def test_create_team_stores_and_records(admin):
    team = create_team(by=admin, name="web", title="Web shop", contact="#web")
    assert Team.objects.get() == team
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.team) == ("team.created", team.pk, "web")
    assert event.after == {"name": "web", "title": "Web shop", "contact": "#web"}


@pytest.mark.parametrize("name", ["", "Web", "-web", "web-", "we b", "x" * 64, "wéb", "web\n x"])
def test_create_team_with_a_bad_name_is_invalid(admin, name):
    with pytest.raises(InvalidInput) as caught:
        create_team(by=admin, name=name)
    assert {error.field for error in caught.value.errors} == {"name"}
    assert not Team.objects.exists()


def test_create_team_with_a_taken_name_is_a_conflict(admin, team):
    with pytest.raises(Conflict) as caught:
        create_team(by=admin, name="web")
    assert caught.value.code == "team_name_taken"


def test_create_team_by_a_maintainer_is_not_permitted(team):
    with pytest.raises(NotPermitted):
        create_team(by=factories.make_user(team=team, role="maintainer"), name="pay")


def test_update_team_by_a_maintainer_records_both_sides(team):
    update_team(by=factories.make_user(team=team, role="maintainer"), team=team, contact="#new")
    team.refresh_from_db()
    assert team.contact == "#new"
    event = AuditEvent.objects.get()
    assert (event.before, event.after) == ({"title": "", "contact": "#web"}, {"title": "", "contact": "#new"})


def test_update_team_never_changes_the_name(admin, team):
    with pytest.raises(InvalidInput) as caught:
        update_team(by=admin, team=team, name="other")
    assert [(error.field, error.code) for error in caught.value.errors] == [("name", "immutable")]


def test_set_member_adds_then_changes_the_role(admin, team):
    ada = factories.make_user("ada")
    set_member(by=admin, team=team, user=ada, role="viewer")
    set_member(by=admin, team=team, user=ada, role="maintainer")
    assert [m.role for m in Membership.objects.all()] == ["maintainer"]
    assert [(e.before, e.after) for e in AuditEvent.objects.order_by("sequence")] == [
        (None, {"user": "ada", "role": "viewer"}),
        ({"user": "ada", "role": "viewer"}, {"user": "ada", "role": "maintainer"}),
    ]


def test_set_member_with_an_unknown_role_is_invalid(admin, team):
    with pytest.raises(InvalidInput) as caught:
        set_member(by=admin, team=team, user=factories.make_user(), role="owner")
    assert [(error.field, error.code) for error in caught.value.errors] == [("role", "not_offered")]


def test_set_member_who_is_deactivated_is_a_conflict(admin, team):
    with pytest.raises(Conflict) as caught:
        set_member(by=admin, team=team, user=factories.make_user(is_active=False), role="viewer")
    assert caught.value.code == "user_inactive"


def test_set_member_by_a_developer_is_not_permitted(team):
    with pytest.raises(NotPermitted):
        set_member(by=factories.make_user(team=team), team=team, user=factories.make_user(), role="viewer")


def test_remove_member_removes_and_records(admin, team):
    ada = factories.make_user("ada", team=team)
    remove_member(by=admin, team=team, user=ada)
    assert not Membership.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.verb, event.before, event.after) == (
        "team.member_removed",
        {"user": "ada", "role": "developer"},
        None,
    )


def test_remove_member_who_is_none_is_not_found(admin, team):
    with pytest.raises(NotFound) as caught:
        remove_member(by=admin, team=team, user=factories.make_user())
    assert caught.value.code == "member_not_found"


def test_create_group_stores_and_refuses_a_second(admin):
    group = create_group(by=admin, name="network", title="Network")
    assert AuditEvent.objects.get().after == {"name": "network", "title": "Network"}
    with pytest.raises(Conflict) as caught:
        create_group(by=admin, name=group.name)
    assert caught.value.code == "group_name_taken"


def test_create_group_by_an_auditor_is_not_permitted():
    with pytest.raises(NotPermitted):
        create_group(by=factories.make_auditor(), name="network")


def test_set_group_members_replaces_and_records(admin):
    ada, grace = factories.make_user("ada"), factories.make_user("grace")
    group = factories.make_approver_group("network", members=[ada])
    set_group_members(by=admin, group=group, users=[grace])
    assert list(group.members.all()) == [grace]
    event = AuditEvent.objects.get()
    assert (event.before, event.after) == ({"members": ["ada"]}, {"members": ["grace"]})


def test_set_group_members_without_a_change_records_nothing(admin):
    ada = factories.make_user("ada")
    set_group_members(by=admin, group=factories.make_approver_group("network", members=[ada]), users=[ada])
    assert AuditEvent.objects.count() == 0


def test_set_group_members_keeps_but_never_adds_a_deactivated_person(admin):
    gone = factories.make_user("gone", is_active=False)
    group = factories.make_approver_group("network", members=[gone])
    set_group_members(by=admin, group=group, users=[gone])
    with pytest.raises(Conflict) as caught:
        set_group_members(by=admin, group=group, users=[gone, factories.make_user("other", is_active=False)])
    assert caught.value.code == "user_inactive"
    assert list(group.members.all()) == [gone]


def test_group_members_are_added_and_removed_one_by_one(admin):
    ada, grace = factories.make_user("ada"), factories.make_user("grace")
    group = factories.make_approver_group("network", members=[ada])
    add_group_member(by=admin, group=group, user=grace)
    remove_group_member(by=admin, group=group, user=ada)
    assert list(group.members.all()) == [grace]
    assert [event.after for event in AuditEvent.objects.order_by("sequence")] == [
        {"members": ["ada", "grace"]},
        {"members": ["grace"]},
    ]


def test_group_members_are_no_auditors(admin):
    with pytest.raises(Conflict) as caught:
        add_group_member(by=admin, group=factories.make_approver_group(), user=factories.make_auditor())
    assert caught.value.code == "user_is_auditor"


@pytest.mark.parametrize("change", [add_group_member, remove_group_member])
def test_group_members_are_not_for_others_to_change(change):
    with pytest.raises(NotPermitted):
        change(by=factories.make_user(), group=factories.make_approver_group(), user=factories.make_user())


def test_grant_namespace_stores_and_records(admin, team):
    grant = grant_namespace(by=admin, team=team, cluster_name="dev-1", namespace="web")
    assert NamespaceGrant.objects.get() == grant
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_name, event.team, event.cluster) == ("grant.created", "dev-1/web", "web", "dev-1")
    assert event.after == {"team": "web", "cluster": "dev-1", "namespace": "web"}


def test_grant_namespace_that_is_granted_names_the_team(admin, team):
    factories.make_grant(team, "dev-1", "web")
    with pytest.raises(Conflict) as caught:
        grant_namespace(by=admin, team=factories.make_team("pay"), cluster_name="dev-1", namespace="web")
    assert (caught.value.code, caught.value.fields) == ("namespace_granted", {"team": "web"})
    assert "granted to team web already" in caught.value.message


@pytest.mark.parametrize("namespace", ["", "Web", "kube_system", "x" * 64, "a.b"])
def test_grant_namespace_with_a_bad_name_is_invalid(admin, team, namespace):
    with pytest.raises(InvalidInput) as caught:
        grant_namespace(by=admin, team=team, cluster_name="dev-1", namespace=namespace)
    assert {error.field for error in caught.value.errors} == {"namespace"}


def test_grant_namespace_by_a_maintainer_is_not_permitted(team):
    maintainer = factories.make_user(team=team, role="maintainer")
    with pytest.raises(NotPermitted):
        grant_namespace(by=maintainer, team=team, cluster_name="dev-1", namespace="web")


def test_revoke_grant_removes_and_records_once(admin, team):
    grant = factories.make_grant(team, "dev-1", "web")
    revoke_grant(by=admin, grant=grant)
    assert not NamespaceGrant.objects.exists()
    assert AuditEvent.objects.get().before == {"team": "web", "cluster": "dev-1", "namespace": "web"}
    with pytest.raises(NotFound):
        revoke_grant(by=admin, grant=grant)


def test_revoke_grant_by_an_auditor_is_not_permitted(team):
    with pytest.raises(NotPermitted):
        revoke_grant(by=factories.make_auditor(), grant=factories.make_grant(team))

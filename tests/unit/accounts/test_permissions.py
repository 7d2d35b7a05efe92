"""The truth table: every kind of person against every question of the permission module."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts import permissions
from apps.accounts.enums import Role
from apps.accounts.models import Team, User
from apps.common.actors import SCHEDULER
from apps.common.errors import NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = (
    "viewer",
    "developer",
    "maintainer",
    "maintainer_elsewhere",
    "auditing_maintainer",
    "nobody",
    "approver",
    "auditor",
    "platform_admin",
    "inactive_platform_admin",
    "inactive_maintainer",
)
QUESTIONS: dict[str, Callable[[User, Team], object]] = {
    "may_see_people": lambda user, team: permissions.may_see_people(user),
    "may_manage_people": lambda user, team: permissions.may_manage_people(user),
    "may_manage_members": permissions.may_manage_members,
    "may_edit_team": permissions.may_edit_team,
    "may_see_team": permissions.may_see_team,
    "may_revoke_token": lambda user, team: permissions.may_revoke_token(
        user, factories.make_token(factories.make_user())[0]
    ),
    "may_read_audit": lambda user, team: permissions.may_read_audit(user),
    "may_manage_clusters": lambda user, team: permissions.may_manage_clusters(user),
}
ALLOWED: dict[str, set[str]] = {
    "may_see_people": {"auditor", "auditing_maintainer", "platform_admin"},
    "may_manage_people": {"platform_admin"},
    "may_manage_members": {"maintainer", "platform_admin"},
    "may_edit_team": {"maintainer", "platform_admin"},
    "may_see_team": {"viewer", "developer", "maintainer", "auditor", "auditing_maintainer", "platform_admin"},
    "may_revoke_token": {"platform_admin"},
    "may_read_audit": {"auditor", "auditing_maintainer", "platform_admin"},
    "may_manage_clusters": {"platform_admin"},
}


def make_person(kind: str, team: Team) -> User:
    fields: dict[str, Any] = {
        "auditor": {"is_auditor": True},
        "auditing_maintainer": {"is_auditor": True},
        "platform_admin": {"is_platform_admin": True},
        "inactive_platform_admin": {"is_platform_admin": True, "is_active": False},
        "inactive_maintainer": {"is_active": False},
    }.get(kind, {})
    user = factories.make_user(kind, **fields)
    role = {"auditing_maintainer": "maintainer", "inactive_maintainer": "maintainer"}.get(kind, kind)
    if role in Role.values:
        factories.make_membership(team, user, role=role)
    if kind == "maintainer_elsewhere":
        factories.make_membership(factories.make_team(), user, role=Role.MAINTAINER)
    if kind == "approver":
        factories.make_approver_group(members=[user])
    return user


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_question_for_each_kind_of_person(kind, question):
    team = factories.make_team()
    answer = QUESTIONS[question](make_person(kind, team), team)
    assert bool(answer) is (kind in ALLOWED[question])


def test_table_covers_every_role_and_every_question():
    asked = {name for name, _f in inspect.getmembers(permissions, inspect.isfunction) if name.startswith("may_")}
    assert set(QUESTIONS) == set(ALLOWED) == asked
    assert set(Role.values) <= set(KINDS)


RANKS = [
    (Role.VIEWER, {Role.VIEWER}),
    (Role.DEVELOPER, {Role.VIEWER, Role.DEVELOPER}),
    (Role.MAINTAINER, {Role.VIEWER, Role.DEVELOPER, Role.MAINTAINER}),
]


@pytest.mark.parametrize(("role", "included"), RANKS)
def test_has_role_includes_the_lower_ones(role, included):
    team = factories.make_team()
    user = factories.make_user(team=team, role=role)
    assert {least for least in Role if permissions.has_role(user, team, least)} == included


def test_rank_covers_every_role():
    assert set(permissions.RANK) == set(Role)


def test_role_in_of_an_auditor_is_never_more_than_viewer():
    team = factories.make_team()
    assert permissions.role_in(make_person("auditing_maintainer", team), team) == Role.VIEWER


def test_may_revoke_token_by_its_owner_until_deactivated():
    owner = factories.make_user()
    token, _plaintext = factories.make_token(owner)
    assert permissions.may_revoke_token(owner, token)
    owner.is_active = False
    assert not permissions.may_revoke_token(owner, token)


def test_parts_of_the_system_may_manage_people():
    assert permissions.may_manage_people(SCHEDULER)
    assert permissions.may_manage_members(SCHEDULER, factories.make_team())


def test_check_raises_with_the_reason():
    answer = permissions.may_manage_people(factories.make_user())
    with pytest.raises(NotPermitted) as caught:
        permissions.check(answer)
    assert caught.value.message == "This needs the platform admin role. Ask a platform admin."
    permissions.check(permissions.YES)

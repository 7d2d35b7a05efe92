"""Maintainers hear of zones and namespaces that their team is given or loses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import Team, User
from apps.accounts.services.teams import grant_namespace, revoke_grant
from apps.common.said import shown
from apps.domains.services import grant_zone, revoke_zone
from apps.notices.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db


def give_namespace(team: Team, by: User) -> Callable[[], None]:
    grant = grant_namespace(by=by, team=team, cluster_name="dev-1", namespace="web")
    return lambda: revoke_grant(by=by, grant=grant)


def give_zone(team: Team, by: User) -> Callable[[], None]:
    zone = grant_zone(by=by, name="example.com", team=team, approver_group=factories.make_approver_group())
    return lambda: revoke_zone(by=by, zone=zone)


@pytest.mark.parametrize(
    ("give", "given", "taken"),
    [
        (
            give_namespace,
            "Team web may now act in namespace web of cluster dev-1.",
            "Team web may no longer act in namespace web of cluster dev-1. What is live stays live.",
        ),
        (
            give_zone,
            "Team web may now ask for hosts under example.com.",
            "Team web may no longer ask for hosts under example.com. What is live stays live.",
        ),
    ],
)
def test_maintainers_are_told_but_not_who_did_it(give, given, taken):
    team = factories.make_team("web")
    admin = factories.make_platform_admin("petra")
    factories.make_membership(team, admin, role=Role.MAINTAINER)
    for role in Role.values:
        factories.make_user(role, team=team, role=role)
    factories.make_user("stranger", team=factories.make_team("pay"), role=Role.MAINTAINER)
    take = give(team, admin)
    take()
    notices = Notice.objects.order_by("created_at", "id")
    assert [(notice.recipient.username, shown(notice.sentence)) for notice in notices] == [
        ("maintainer", given),
        ("maintainer", taken),
    ]
    assert {(notice.subject_type, notice.subject_id) for notice in notices} == {("team", "web")}

"""Limits of exposures: platform admins set them, the trail keeps them."""

from __future__ import annotations

import pytest

from apps.accounts.models import NamespaceGrant, Team
from apps.accounts.services.limits import set_grant_limit, set_team_limit
from apps.audit.models import AuditEvent
from apps.common.errors import InvalidInput, NotFound, NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.make_team("web")


def test_team_limit_is_set_and_lifted_with_evidence(team: Team) -> None:
    admin = factories.make_platform_admin()
    set_team_limit(by=admin, team=team, exposure_limit=5)
    assert Team.objects.get().exposure_limit == 5
    set_team_limit(by=admin, team=team, exposure_limit=None)
    assert Team.objects.get().exposure_limit is None
    events = AuditEvent.objects.filter(verb="team.limit_set").order_by("pk")
    assert [(event.before, event.after, event.team) for event in events] == [
        ({"exposure_limit": None}, {"exposure_limit": 5}, "web"),
        ({"exposure_limit": 5}, {"exposure_limit": None}, "web"),
    ]


def test_namespace_limit_is_set_with_evidence(team: Team) -> None:
    grant = factories.make_grant(team)
    set_grant_limit(by=factories.make_platform_admin(), grant=grant, exposure_limit=0)
    assert NamespaceGrant.objects.get().exposure_limit == 0
    event = AuditEvent.objects.get(verb="grant.limit_set")
    assert (event.object_name, event.cluster, event.after) == ("dev-1/web", "dev-1", {"exposure_limit": 0})


def test_limit_below_zero_is_refused(team: Team) -> None:
    with pytest.raises(InvalidInput):
        set_team_limit(by=factories.make_platform_admin(), team=team, exposure_limit=-1)
    assert Team.objects.get().exposure_limit is None


@pytest.mark.parametrize("role", ["viewer", "developer", "maintainer"])
def test_members_set_no_limits(team: Team, role: str) -> None:
    member = factories.make_user(team=team, role=role)
    with pytest.raises(NotPermitted):
        set_team_limit(by=member, team=team, exposure_limit=5)
    with pytest.raises(NotPermitted):
        set_grant_limit(by=member, grant=factories.make_grant(team), exposure_limit=5)


def test_limit_of_a_revoked_grant_is_not_found(team: Team) -> None:
    grant = factories.make_grant(team)
    NamespaceGrant.objects.all().delete()
    with pytest.raises(NotFound):
        set_grant_limit(by=factories.make_platform_admin(), grant=grant, exposure_limit=5)

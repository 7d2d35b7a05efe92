"""Who sees and who changes exposures: role × action, every role of a team and every kind of outsider."""

from __future__ import annotations

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import Team, User
from apps.common.errors import NotFound
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_change, may_expose_for, may_see
from apps.exposures.selectors import get_exposure_for, list_exposures_for
from tests.factories.clusters import make_cluster
from tests.factories.exposures import make_exposure
from tests.factories.people import make_auditor, make_platform_admin, make_team, make_user

TABLE = {
    # who: (sees, changes)
    Role.VIEWER: (True, False),
    Role.DEVELOPER: (True, True),
    Role.MAINTAINER: (True, True),
    "inactive maintainer": (False, False),
    "other team": (False, False),
    "nobody's member": (False, False),
    "platform admin": (True, False),
    "auditor": (True, False),
    "superuser": (False, False),
}


def person(who: str, team: Team) -> User:
    if who in Role.values:
        return make_user(team=team, role=who)
    makers = {
        "inactive maintainer": lambda: make_user(team=team, role=Role.MAINTAINER, is_active=False),
        "other team": lambda: make_user(team=make_team("pay"), role=Role.MAINTAINER),
        "nobody's member": make_user,
        "platform admin": make_platform_admin,
        "auditor": make_auditor,
        "superuser": lambda: make_user(is_superuser=True),
    }
    return makers[who]()


def exposure_of(team: Team) -> Exposure:
    return make_exposure(make_cluster(), team)


def test_every_role_is_in_the_table() -> None:
    assert set(Role.values) <= {str(who) for who in TABLE}


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "sees", "changes"), [(who, *row) for who, row in TABLE.items()])
def test_role_by_action(who: str, sees: bool, changes: bool) -> None:
    team = make_team("web")
    exposure, user = exposure_of(team), person(who, team)

    assert may_see(user, exposure) == sees
    assert bool(may_change(user, exposure)) == changes
    assert bool(may_expose_for(user, team)) == changes
    if not changes:
        assert "web" in may_change(user, exposure).reason


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "sees"), [(who, row[0]) for who, row in TABLE.items() if who != "inactive maintainer"])
def test_lists_and_fetches_agree_with_the_table(who: str, sees: bool) -> None:
    team = make_team("web")
    exposure, user = exposure_of(team), person(who, team)

    assert list(list_exposures_for(user)) == ([exposure] if sees else [])
    if sees:
        assert get_exposure_for(user, exposure.pk) == exposure
    else:
        with pytest.raises(NotFound):
            get_exposure_for(user, exposure.pk)

"""Callers of the API: one per role, all in the scene of `tests/integration`."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from tests.factories import make_auditor, make_platform_admin
from tests.integration.api.calls import Caller
from tests.integration.scenes import Scene


@pytest.fixture
def platform(db: None) -> Caller:
    return Caller(make_platform_admin("platform"))


@pytest.fixture
def auditor(db: None) -> Caller:
    return Caller(make_auditor("auditor"))


@pytest.fixture
def developer(scene: Scene) -> Caller:
    return Caller(scene.developer)


@pytest.fixture
def stranger(scene: Scene) -> Caller:
    return Caller(scene.stranger)


@pytest.fixture
def approver(scene: Scene) -> Caller:
    return Caller(scene.approver)


@pytest.fixture
def everyone(scene: Scene, platform: Caller, auditor: Caller) -> dict[str, Caller]:
    """Role → caller."""
    people: dict[str, User] = {
        "viewer": scene.viewer,
        "developer": scene.developer,
        "stranger": scene.stranger,
        "approver": scene.approver,
    }
    callers = {role: Caller(user) for role, user in people.items()}
    return callers | {"platform": platform, "auditor": auditor}

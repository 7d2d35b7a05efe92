"""As whom most pages are seen: a developer of team *web*, whose namespace of dev-1 has a service and a class."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from tests import factories


@pytest.fixture(autouse=True)
def forgotten_tokens() -> None:
    """User ids repeat from test to test, and the cache of sent forms outlives the database."""
    cache.clear()


@pytest.fixture
def team() -> Team:
    return factories.make_team("web")


@pytest.fixture
def cluster(team: Team) -> Cluster:
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_namespace(cluster)
    factories.make_service(cluster)
    factories.make_ingress_class(cluster)
    return cluster


@pytest.fixture
def developer(client: Client, team: Team) -> User:
    user = factories.make_user("developer", team=team)
    client.force_login(user)
    return user


@pytest.fixture
def admin(client: Client) -> User:
    user = factories.make_platform_admin("platform")
    client.force_login(user)
    return user

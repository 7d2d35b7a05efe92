"""Who may do what with clusters: every role against every action."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import NamespaceGrant
from apps.clusters.permissions import (
    may_change_cluster,
    may_check_cluster,
    may_refresh_cluster,
    may_register_cluster,
    may_see_cluster,
)
from apps.clusters.selectors import get_cluster_for, list_clusters_for
from apps.common.errors import NotFound
from tests.factories.clusters import make_cluster
from tests.factories.people import make_auditor, make_grant, make_platform_admin, make_team, make_user

pytestmark = pytest.mark.django_db

NOTHING = {"register": False, "change": False, "check": False, "refresh": False, "see": False}
TABLE = {
    "stranger": NOTHING,
    "member of a team without a grant here": NOTHING,
    "viewer": NOTHING | {"see": True},
    "developer": NOTHING | {"see": True, "refresh": True},
    "maintainer": NOTHING | {"see": True, "refresh": True},
    "auditor": NOTHING | {"see": True},
    "platform admin": dict.fromkeys(NOTHING, True),
    "inactive platform admin": NOTHING,
    "inactive developer": NOTHING,
}


@pytest.fixture
def cluster():
    return make_cluster()


@pytest.fixture
def people(cluster):
    team, elsewhere = make_team(), make_team()
    make_grant(team, cluster.name)
    make_grant(elsewhere, "another-cluster")
    return {
        "stranger": make_user(),
        "member of a team without a grant here": make_user(team=elsewhere),
        "auditor": make_auditor(),
        "platform admin": make_platform_admin(),
        "inactive platform admin": make_platform_admin(is_active=False),
        "inactive developer": make_user(team=team, is_active=False),
        **{role.value: make_user(team=team, role=role) for role in Role},
    }


def test_table_has_every_role(people):
    assert set(TABLE) == set(people)


@pytest.mark.parametrize("role", TABLE)
def test_actions(role, people, cluster):
    user = people[role]

    answers = {
        "register": bool(may_register_cluster(user)),
        "change": bool(may_change_cluster(user, cluster)),
        "check": bool(may_check_cluster(user, cluster)),
        "refresh": bool(may_refresh_cluster(user, cluster)),
        "see": may_see_cluster(user, cluster),
    }

    assert answers == TABLE[role]


@pytest.mark.parametrize("role", TABLE)
def test_lists_show_what_may_be_seen(role, people, cluster):
    user = people[role]

    assert list(list_clusters_for(user)) == ([cluster] if TABLE[role]["see"] else [])
    if TABLE[role]["see"]:
        assert get_cluster_for(user, cluster.name) == cluster
    else:
        with pytest.raises(NotFound):
            get_cluster_for(user, cluster.name)


def test_nothing_can_be_done_to_a_retired_cluster(people, cluster):
    cluster.retired_at = timezone.now()
    cluster.save()
    admin = people["platform admin"]

    refused = [
        may_change_cluster(admin, cluster),
        may_check_cluster(admin, cluster),
        may_refresh_cluster(admin, cluster),
    ]

    assert [(answer.allowed, answer.reason) for answer in refused] == [(False, "Cluster dev-1 is retired.")] * 3
    assert list(list_clusters_for(admin)) == []


def test_grant_revoked_hides_the_cluster(people, cluster):
    NamespaceGrant.objects.filter(cluster_name=cluster.name).delete()

    assert not may_see_cluster(people["developer"], cluster)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_one_query_for_any_number(count, people, django_assert_num_queries):
    for number in range(count - 1):
        make_cluster(f"more-{number}")

    with django_assert_num_queries(1):
        assert len(list_clusters_for(people["platform admin"])) == count

"""What counts against limits: what is there, by team and by namespace, whoever asked for it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.exposures.usage import usage_of
from tests import factories

pytestmark = pytest.mark.django_db


def test_usage_counts_what_is_there_by_team_and_namespace() -> None:
    team, other = factories.make_team("web", exposure_limit=2), factories.make_team("pay")
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_grant(team, namespace="shop")
    for host, owner, namespace in [("a", team, "web"), ("b", team, "web"), ("c", other, "web"), ("d", other, "pay")]:
        factories.make_exposure(cluster, owner, host=f"{host}.dev.example.net", namespace=namespace)
    factories.make_exposure(cluster, team, host="gone.dev.example.net", deleted_at=timezone.now())

    found = usage_of(team)

    assert [
        (entry.grant.namespace if entry.grant else "", entry.used, entry.limit, entry.is_full) for entry in found
    ] == [
        ("", 2, 2, True),
        ("shop", 0, None, False),
        ("web", 3, None, False),
    ]


def test_usage_costs_the_same_for_one_and_many(django_assert_num_queries) -> None:
    team = factories.make_team("web")
    for number in range(3):
        factories.make_grant(team, namespace=f"web-{number}")
    with django_assert_num_queries(3):
        usage_of(team)

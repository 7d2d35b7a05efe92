"""Troubles of the certificates that live exposures serve: which there are, which go first, and for whose eyes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Team
from apps.clusters.models import Cluster
from apps.exposures.certificate_troubles import troubles_for, troubles_of
from apps.exposures.models import Exposure
from tests import factories

pytestmark = pytest.mark.django_db
HOST = "shop.example.com"
PRINT = ":".join(["AB"] * 32)


@pytest.fixture
def cluster() -> Cluster:
    cluster = factories.make_cluster()
    factories.make_collection(cluster, "Secret")
    return cluster


@pytest.fixture
def web() -> Team:
    return factories.make_team("web")


def serving(cluster: Cluster, team: Team, host: str = HOST, *, fingerprint: str = PRINT) -> Exposure:
    exposure = factories.make_exposure(cluster, team, host=host)
    spec = factories.spec_json(host, tls={"secret_name": "shop-tls"})
    revision = factories.make_revision(exposure, spec=spec, facts={"certificate_fingerprint": fingerprint})
    exposure.live_revision = exposure.desired_revision = revision
    exposure.save()
    return exposure


BROKEN = [{"code": "key_mismatch", "message": "", "hint": ""}]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ({}, None),
        (None, ("gone", True)),
        ({"subject_names": ["other.example.com"]}, ("uncovered", True)),
        ({"reasons": BROKEN, "usable": False}, ("unusable", True)),
        ({"not_after": timezone.now() - DAY}, ("expired", True)),
        ({"fingerprint_sha256": "CD"}, ("changed", False)),
        ({"not_before": timezone.now() - 89 * DAY, "not_after": timezone.now() + DAY}, ("ending", False)),
        ({"is_tls": False, "reasons": [{"code": "not_tls_type"}], "fingerprint_sha256": ""}, ("unusable", True)),
    ],
    ids=["good", "gone", "replaced by another", "broken", "expired", "renewed", "last tenth", "of another type"],
)
def test_trouble_says_what_happened(
    cluster: Cluster, web: Team, secret: dict[str, Any] | None, expected: tuple[str, bool] | None
) -> None:
    exposure = serving(cluster, web)
    if secret is not None:
        factories.make_secret(cluster, **secret)
    found = troubles_of([exposure], timezone.now()).get(exposure.pk)
    assert ((found.code, found.is_grave) if found else None) == expected
    assert found is None or (bool(found.message), bool(found.hint)) == (True, True)


def test_cluster_that_was_never_read_has_no_troubles(web: Team) -> None:
    exposure = serving(factories.make_cluster("dev-2"), web)
    assert troubles_of([exposure], timezone.now()) == {}


def test_grave_ones_come_first_and_those_of_other_teams_do_not_exist(cluster: Cluster, web: Team) -> None:
    factories.make_secret(cluster, subject_names=[HOST, "b.example.com"], fingerprint_sha256="CD")
    serving(cluster, web, "b.example.com")
    serving(cluster, web, "z.example.com")
    serving(cluster, factories.make_team("pay"), "c.example.com")
    ada = factories.make_user("ada", team=web)
    found = troubles_for(ada, timezone.now())
    assert [(trouble.exposure.host, trouble.code) for trouble in found] == [
        ("z.example.com", "uncovered"),
        ("b.example.com", "changed"),
    ]
    assert troubles_for(factories.make_user("nobody"), timezone.now()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_troubles_cost_the_same_for_any_number(
    cluster: Cluster, web: Team, count: int, django_assert_num_queries: Any
) -> None:
    ada = factories.make_user("ada", team=web)
    for number in range(count):
        serving(cluster, web, f"h{number}.example.com")
    with django_assert_num_queries(3):
        assert len(troubles_for(ada, timezone.now())) == count

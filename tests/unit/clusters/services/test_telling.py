"""Silence that lasts is told to platform admins, its end only to those who heard of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import pytest
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.clusters.services.telling import PATIENCE, tell_of_reachability
from apps.common.conditions import find_condition, set_condition
from apps.notices.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db
START = timezone.now()
Status = Literal["True", "False", "Unknown"]


@pytest.fixture
def cluster() -> Cluster:
    for name in ("petra", "paul"):
        factories.make_platform_admin(name)
    factories.make_auditor("ines")
    factories.make_platform_admin("left", is_active=False)
    return factories.make_cluster(reachable=None)


def found(cluster: Cluster, status: Status, *, after: timedelta) -> None:
    """A check found this so long after the start."""
    now: datetime = START + after
    before = find_condition(cluster.conditions, "Reachable")
    cluster.conditions = set_condition(
        cluster.conditions, "Reachable", status, reason="Checked", message="Checked.", now=now
    )
    tell_of_reachability(cluster, before=before, now=now)


def told() -> list[tuple[str, str]]:
    return sorted(Notice.objects.values_list("kind", "recipient__username"))


SILENT = [("cluster_unreachable", "paul"), ("cluster_unreachable", "petra")]
BOTH = [("cluster_reachable", "paul"), ("cluster_reachable", "petra"), *SILENT]


def test_one_failed_check_is_no_outage(cluster):
    found(cluster, "True", after=timedelta(0))
    found(cluster, "False", after=timedelta(seconds=30))
    found(cluster, "True", after=timedelta(seconds=60))
    assert told() == []


def test_lasting_silence_is_told_once_to_every_platform_admin(cluster):
    for seconds in (0, 30, 60, 90, 120):
        found(cluster, "False", after=timedelta(seconds=seconds))
    assert told() == SILENT


def test_end_of_an_outage_is_told_and_the_outage_is_no_longer_unread(cluster):
    found(cluster, "False", after=timedelta(0))
    found(cluster, "False", after=PATIENCE)
    found(cluster, "True", after=PATIENCE * 2)
    found(cluster, "True", after=PATIENCE * 3)
    assert told() == BOTH
    assert set(Notice.objects.unread().values_list("kind", flat=True)) == {"cluster_reachable"}


def test_end_of_silence_that_nobody_heard_of_is_not_told(cluster):
    found(cluster, "False", after=timedelta(0))
    found(cluster, "True", after=PATIENCE * 2)
    assert told() == []


def test_next_outage_is_news(cluster):
    for start in (timedelta(0), timedelta(hours=1)):
        found(cluster, "False", after=start)
        found(cluster, "False", after=start + PATIENCE)
        found(cluster, "True", after=start + PATIENCE * 2)
    assert told() == sorted(BOTH * 2)


def test_cluster_that_was_never_checked_says_nothing(cluster):
    tell_of_reachability(cluster, before=None, now=START)
    found(cluster, "Unknown", after=PATIENCE)
    assert told() == []

"""What is kept of the last checks of a cluster: enough for a line, never more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.clusters.models import CheckSample
from apps.clusters.services import check_cluster
from apps.clusters.services.samples import KEPT, keep_sample
from tests import factories
from tests.integration.sandboxes import registered

pytestmark = pytest.mark.django_db


def test_check_keeps_what_it_found(sandbox):
    cluster = check_cluster(cluster=registered(sandbox))
    sample = CheckSample.objects.get()
    assert (sample.cluster, sample.reachable, sample.latency_ms) == (cluster, True, cluster.latency_ms)
    assert sample.at == cluster.checked_at


def test_check_without_an_answer_is_kept_as_one():
    check_cluster(cluster=factories.make_cluster())
    assert [(sample.reachable, sample.latency_ms) for sample in CheckSample.objects.all()] == [(False, None)]


def test_oldest_samples_are_forgotten_and_those_of_others_stay():
    cluster, other = factories.make_cluster("dev-1"), factories.make_cluster("dev-2", wildcard_domain="")
    start = timezone.now()
    keep_sample(cluster=other, reachable=True, latency_ms=5, now=start - timedelta(days=9))
    for minute in range(KEPT + 3):
        keep_sample(cluster=cluster, reachable=True, latency_ms=minute, now=start + timedelta(minutes=minute))
    assert [sample.latency_ms for sample in cluster.samples.all()] == list(range(3, KEPT + 3))
    assert other.samples.count() == 1

"""Several refreshes of one cluster: one holds the lease, and a late list never undoes what a newer one saw."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.inventory.models import Collection, Ingress, IngressPath, Service
from apps.inventory.services import refresh_inventory
from apps.inventory.services.refresh import LEASE, refresh_kind
from apps.kube.client import ClusterClient
from apps.kube.kinds import INGRESS
from tests.integration.inventory.conftest import HOST
from tests.integration.sandboxes import admin_client, ingress, put, registered, remove

pytestmark = pytest.mark.django_db


@pytest.fixture
def during_list(monkeypatch):
    """Lets something happen once, after the cluster has answered the next list of Ingresses and before it is stored."""

    def once(happen):
        listing, waiting = ClusterClient.list, [happen]

        def slow_list(self, kind, *args, **options):
            answer = listing(self, kind, *args, **options)
            if kind == INGRESS and waiting:
                waiting.pop()()
            return answer

        monkeypatch.setattr(ClusterClient, "list", slow_list)

    return once


def test_second_refresh_is_left_out_while_the_first_runs(filled):
    cluster = registered(filled)
    Collection.objects.create(cluster=cluster, kind="*", attempted_at=timezone.now())

    assert refresh_inventory(cluster=cluster).ran is False
    assert Service.objects.count() == 0


def test_lease_of_a_dead_worker_ends(filled):
    cluster = registered(filled)
    started = timezone.now() - LEASE - timedelta(seconds=1)
    Collection.objects.create(cluster=cluster, kind="*", attempted_at=started)

    assert refresh_inventory(cluster=cluster).ran is True
    assert refresh_inventory(cluster=cluster).ran is True


def test_lease_is_held_while_it_runs_also_after_one_that_ended_by_a_faster_clock(filled, during_list):
    """Or while the worker that takes it was slow: the last one ended after this one had looked at its clock."""
    cluster = registered(filled)
    Collection.objects.create(
        cluster=cluster, kind="*", attempted_at=timezone.now(), observed_at=timezone.now() + timedelta(seconds=5)
    )
    others = []
    during_list(lambda: others.append(refresh_inventory(cluster=cluster).ran))

    assert (refresh_inventory(cluster=cluster).ran, others) == (True, [False])


def test_late_list_does_not_bring_back_what_a_newer_one_saw_go(filled, during_list):
    """Whoever reads one kind in a hurry holds no lease, so its list may be stored after a newer one."""
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)

    def meanwhile():
        remove(filled, ingress("web", "by-hand", HOST))
        refresh_inventory(cluster=cluster)

    during_list(meanwhile)
    with admin_client(filled) as client:
        refresh_kind(cluster=cluster, kind=INGRESS, client=client, max_age=timedelta(0))

    assert (Ingress.objects.count(), IngressPath.objects.count()) == (0, 0)


def test_late_list_that_nobody_overtook_with_a_newer_one_is_stored(filled, during_list):
    cluster = registered(filled)
    refresh_inventory(cluster=cluster)
    put(filled, ingress("web", "comes", "more.example.com"))

    during_list(lambda: refresh_inventory(cluster=cluster))
    with admin_client(filled) as client:
        refresh_kind(cluster=cluster, kind=INGRESS, client=client, max_age=timedelta(0))

    assert sorted(Ingress.objects.values_list("name", flat=True)) == ["by-hand", "comes"]

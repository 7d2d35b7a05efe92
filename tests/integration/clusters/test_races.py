"""Two at once: one name, one wildcard domain, one start of a job."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.clusters.models import Cluster
from apps.clusters.services import register_cluster
from apps.common.errors import Conflict
from apps.common.scheduling import Job, start_due
from tests.factories.people import make_platform_admin
from tests.unit.clusters.registration import fields

pytestmark = pytest.mark.django_db(transaction=True)

RIVALS = 4


def patiently(act: Callable[[], Any]) -> Any:
    """SQLite in memory refuses where a server, or SQLite on disk, waits; trying again is the waiting."""
    for _attempt in range(500):
        try:
            return act()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.01)
    raise TimeoutError


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads got that began at the same moment; the code of a Conflict in place of a result."""
    barrier = Barrier(RIVALS)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return patiently(partial(act, number))
        except Conflict as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RIVALS) as pool:
        return list(pool.map(run, range(RIVALS)))


def test_one_name_is_registered_once():
    admin = make_platform_admin()

    results = at_once(lambda number: register_cluster(by=admin, **fields()))

    assert sorted(map(str, results)) == ["cluster_exists"] * (RIVALS - 1) + ["dev-1"]
    assert (Cluster.objects.count(), AuditEvent.objects.count()) == (1, 1)


def test_one_wildcard_domain_has_one_cluster():
    admin = make_platform_admin()

    results = at_once(
        lambda number: register_cluster(by=admin, **fields(name=f"dev-{number}", wildcard_domain="dev.example.net"))
    )

    assert results.count("wildcard_domain_taken") == RIVALS - 1
    assert (Cluster.objects.count(), AuditEvent.objects.count()) == (1, 1)


def test_job_is_started_by_one_scheduler():
    job, now = Job("job", "tasks.job", timedelta(minutes=1)), timezone.now()
    sent: list[str] = []

    at_once(lambda number: start_due([job], now=now, send=sent.append))

    assert sent == ["tasks.job"]

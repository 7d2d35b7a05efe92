"""A scheduled check that finds a cluster silent, and answering again, tells the platform admins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.clusters import services
from apps.clusters.services import telling
from apps.common.said import shown
from apps.notices.models import Notice
from sandbox.server import SandboxCluster
from tests.integration.sandboxes import registered

pytestmark = pytest.mark.django_db


def test_outage_and_its_end_are_told(sandbox: SandboxCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PATIENCE", timedelta(0))
    cluster = registered(sandbox)
    services.check_cluster(cluster=cluster)
    sandbox.refuse()
    services.check_cluster(cluster=cluster)
    services.check_cluster(cluster=cluster)
    sandbox.clear()
    services.check_cluster(cluster=cluster)
    assert [shown(notice.sentence) for notice in Notice.objects.order_by("created_at", "id")] == [
        "Cluster dev-1 does not answer. What is live there stays; changes wait.",
        "Cluster dev-1 answers again.",
    ]


def test_silence_of_a_moment_is_not_told(sandbox: SandboxCluster) -> None:
    cluster = registered(sandbox)
    services.check_cluster(cluster=cluster)
    sandbox.refuse()
    services.check_cluster(cluster=cluster)
    assert Notice.objects.count() == 0

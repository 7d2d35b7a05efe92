"""The condition `Resolves` of an exposure, and which exposures are checked when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.delivery import tasks
from apps.delivery.models import Delivery
from apps.delivery.services import names, run, run_delivery
from apps.delivery.services.names import check_exposure_name, claim_due_names
from apps.domains.models import NameCheck
from apps.exposures.models import Exposure
from tests import factories
from tests.integration.scenes import Scene
from tests.unit.domains.dns.conftest import serve
from tests.unit.domains.dns.responder import zone

__all__ = ["serve"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster() -> Cluster:
    return factories.make_cluster()


def live(cluster: Cluster, host: str = "shop.example.com") -> Exposure:
    team = factories.make_team(f"team-{Exposure.objects.count()}")
    exposure = factories.make_exposure(cluster, team, host=host)
    exposure.live_revision = exposure.desired_revision = factories.make_revision(exposure)
    exposure.save()
    return exposure


def test_answer_becomes_a_condition_beside_ready(cluster, settings, serve):
    exposure = live(cluster)
    settings.PORTICO_RESOLVERS = f"127.0.0.1:{serve(zone('shop.example.com 60 A 10.0.0.10')).server.port}"
    check_exposure_name(exposure.pk)
    exposure.refresh_from_db()
    [condition] = exposure.conditions
    assert (condition["type"], condition["status"], condition["reason"]) == ("Resolves", "True", "PointsAtEntry")
    assert condition["params"] == {"name": "shop.example.com"}
    assert not exposure.is_ready


def test_host_is_checked_right_after_it_went_live(scene: Scene, monkeypatch):
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(run, "dispatch", lambda *message: sent.append(message))
    request = scene.ask()
    run_delivery(Delivery.objects.get(revision=request.revision_id).pk)
    assert ("apps.delivery.tasks.check_name", request.exposure_id) in sent


def test_deleted_exposure_is_not_checked(cluster):
    exposure = live(cluster)
    Exposure.objects.update(deleted_at=timezone.now())
    assert check_exposure_name(exposure.pk) is None
    assert (claim_due_names(timezone.now()), NameCheck.objects.count()) == ([], 0)


def test_only_live_exposures_are_due(cluster):
    exposure = live(cluster)
    factories.make_exposure(cluster, factories.make_team("other"), host="pending.example.com")
    assert claim_due_names(timezone.now()) == [exposure.pk]
    assert claim_due_names(timezone.now()) == []


def test_checked_exposure_is_due_when_its_time_has_come(cluster):
    exposure = live(cluster)
    check_exposure_name(exposure.pk)
    due_at = NameCheck.objects.get().due_at
    assert claim_due_names(due_at - timedelta(seconds=1)) == []
    assert claim_due_names(due_at) == [exposure.pk]


def test_longest_waiting_comes_first_in_batches(cluster, monkeypatch):
    known, new = live(cluster, "known.example.com"), live(cluster, "new.example.com")
    check_exposure_name(known.pk)
    monkeypatch.setattr(names, "BATCH", 1)
    later = timezone.now() + timedelta(hours=1)
    assert [claim_due_names(later), claim_due_names(later)] == [[new.pk], [known.pk]]


def test_schedule_fans_out_ids_only(cluster, monkeypatch):
    exposure = live(cluster)
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(tasks, "dispatch", lambda *message: sent.append(message))
    tasks.check_names()
    assert sent == [("apps.delivery.tasks.check_name", exposure.pk)]
    tasks.check_name(exposure.pk)
    exposure.refresh_from_db()
    assert [condition["reason"] for condition in exposure.conditions] == ["Off"]

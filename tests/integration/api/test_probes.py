"""Probes: alive without anything, ready only with everything, metrics without people in them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client

from apps.api import probes
from tests.factories import make_change_request, make_cluster, make_delivery, make_exposure, make_revision, make_team


def test_alive_needs_no_database() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert Client().post("/healthz").status_code == 405


@pytest.mark.django_db
def test_ready_when_every_part_answers() -> None:
    response = Client().get("/readyz")
    parts = {"database": "ok", "migrations": "ok", "broker": "ok"}
    assert (response.status_code, response.json()) == (200, {"status": "ok", "parts": parts})


@pytest.mark.django_db
def test_not_ready_names_the_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_pending_migrations", lambda: ["api.0002_next"])
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["migrations"] == "1 migrations are not applied, first api.0002_next"
    assert response.json()["parts"]["database"] == "ok"


@pytest.mark.django_db
def test_not_ready_names_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import Celery

    monkeypatch.setattr(probes, "current_app", Celery(broker="redis://127.0.0.1:1/0", set_as_current=False))
    monkeypatch.setattr(probes, "BROKER_SECONDS", 0.1)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["parts"]["broker"]) == (503, "the broker does not answer")


@pytest.mark.django_db
def test_not_ready_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def cursor(self) -> None:
            raise DatabaseError("password of db: hunter2")

    monkeypatch.setattr(probes, "connection", Broken())
    monkeypatch.setattr(probes, "CHECKS", {"database": probes.check_database})
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["parts"]) == (503, {"database": "the database does not answer"})


@pytest.mark.django_db
def test_metrics_count_requests_and_tell_the_state() -> None:
    revision = make_revision(make_exposure(make_cluster("dev-1"), make_team("web")))
    make_delivery(revision)
    make_change_request(revision.exposure, revision=revision)
    make_cluster("test-1", environment="test", reachable=False)
    Client().get("/healthz")

    text = Client().get("/metrics").content.decode()

    lines = set(text.splitlines())
    assert {
        'portico_deliveries{state="queued"} 1.0',
        'portico_deliveries{state="live"} 0.0',
        'portico_change_requests{state="pending"} 1.0',
        'portico_cluster_reachable{cluster="dev-1"} 1.0',
        'portico_cluster_reachable{cluster="test-1"} 0.0',
        "portico_database_up 1.0",
    } <= lines
    assert 'portico_http_requests_total{method="GET",route="healthz",status="200"}' in text
    assert "portico_http_request_seconds_bucket" in text
    assert revision.author.username not in text

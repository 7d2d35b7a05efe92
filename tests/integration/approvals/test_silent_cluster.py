"""A cluster that takes calls and never answers: whoever asks for a host there waits once, and shortly."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache

from apps.approvals.services import freshness, preview_change
from apps.inventory.services import refresh_inventory
from tests.integration.scenes import Scene


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "PATIENCE_SECONDS", 0.3)


def is_asked(scene: Scene, host: str) -> bool:
    spec = scene.spec(host)
    preview = preview_change(by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec).as_json()
    return preview["server_dry_run"]["ok"] is not None


def test_first_who_asks_waits_no_longer_than_the_patience_and_nobody_after_that(scene: Scene) -> None:
    scene.sandbox.hang()
    started = time.monotonic()

    assert not is_asked(scene, "a.dev.example.net")

    # The gateway alone would wait ten seconds.
    assert time.monotonic() - started < 5
    scene.sandbox.clear()
    assert not is_asked(scene, "a.dev.example.net")


def test_cluster_is_asked_again_after_a_while(scene: Scene) -> None:
    scene.sandbox.hang()
    is_asked(scene, "a.dev.example.net")
    scene.sandbox.clear()

    cache.clear()

    assert is_asked(scene, "a.dev.example.net")


def test_cluster_that_could_be_read_is_asked_again_at_once(scene: Scene) -> None:
    scene.sandbox.hang()
    is_asked(scene, "a.dev.example.net")
    scene.sandbox.clear()

    refresh_inventory(cluster=scene.cluster)

    assert is_asked(scene, "a.dev.example.net")


def test_what_is_sent_meanwhile_is_taken_and_waits_for_the_cluster(scene: Scene) -> None:
    scene.sandbox.hang()
    request = scene.ask("a.dev.example.net")
    scene.sandbox.clear()

    assert request.state == "delivering"

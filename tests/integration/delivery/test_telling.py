"""What somebody changes in the cluster is told to those who act for the team, once for each departure."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.enums import Role
from apps.common.said import shown
from apps.delivery.services import check_drift
from apps.delivery.services.drift_notes import note_drifts
from apps.exposures.models import Exposure
from apps.inventory.services import refresh_inventory
from apps.kube.kinds import INGRESS
from apps.notices.models import Notice
from tests.factories.people import make_user
from tests.integration.sandboxes import admin_client, ingress, put, remove
from tests.integration.scenes import Scene

CHANGED = "shop.dev.example.net on dev-1 is no longer as it was approved: somebody changed it in the cluster."
MISSING = "shop.dev.example.net is gone from dev-1: somebody deleted its Ingress in the cluster."


@pytest.fixture
def exposure(scene: Scene) -> Exposure:
    make_user("boss", team=scene.web, role=Role.MAINTAINER)
    return scene.publish()


def look(scene: Scene) -> None:
    refresh_inventory(cluster=scene.cluster)
    note_drifts(scene.cluster.pk)


def changed(scene: Scene, exposure: Exposure) -> None:
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/other", ingressClassName="traefik"))


def removed(scene: Scene, exposure: Exposure) -> None:
    remove(scene.sandbox, ingress("web", exposure.object_name, exposure.host))


def admin_get(scene: Scene, exposure: Exposure) -> dict[str, Any]:
    """The live object as somebody would apply it again."""
    with admin_client(scene.sandbox) as client:
        live = client.get(INGRESS, exposure.namespace, exposure.object_name)
    kept = {name: live["metadata"][name] for name in ("namespace", "name", "labels", "annotations")}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": kept, "spec": live["spec"]}


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind="exposure_drifted").order_by("recipient__username", "created_at", "id")
    return [(row.recipient.username, shown(row.sentence)) for row in rows]


def unread() -> int:
    return Notice.objects.unread().filter(kind="exposure_drifted").count()


def test_untouched_exposure_is_no_news(scene: Scene, exposure: Exposure) -> None:
    look(scene)
    check_drift(exposure=exposure)
    assert told() == []


def test_change_is_told_once_however_it_is_found(scene: Scene, exposure: Exposure) -> None:
    changed(scene, exposure)
    look(scene)
    check_drift(exposure=exposure)
    look(scene)
    assert told() == [("boss", CHANGED), ("colleague", CHANGED), ("developer", CHANGED)]
    assert set(Notice.objects.filter(kind="exposure_drifted").values_list("subject_id", flat=True)) == {exposure.pk}


def test_deletion_after_a_change_is_news_again(scene: Scene, exposure: Exposure) -> None:
    changed(scene, exposure)
    look(scene)
    removed(scene, exposure)
    look(scene)
    assert [sentence for name, sentence in told() if name == "boss"] == [CHANGED, MISSING]


def test_what_was_mended_is_no_longer_unread(scene: Scene, exposure: Exposure) -> None:
    live = admin_get(scene, exposure)
    changed(scene, exposure)
    look(scene)
    assert unread() == 3
    put(scene.sandbox, live)
    check_drift(exposure=exposure)
    assert (unread(), len(told())) == (0, 3)

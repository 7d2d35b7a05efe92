"""What was changed behind the portal's back: noted without a call, shown with its author, taken back on purpose."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.common.errors import Conflict, InvalidTransition, NotPermitted
from apps.common.said import shown_reason
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.delivery.services import check_drift, read_drift, retry, revert_drift, run_delivery
from apps.delivery.services.drift_notes import check_known_drift, note_drifts
from apps.exposures.enums import DriftKind
from apps.exposures.models import Exposure
from apps.exposures.services import accept_revision
from apps.inventory.models import Ingress
from apps.inventory.services import refresh_inventory
from tests import factories
from tests.integration.sandboxes import ingress, put, remove
from tests.integration.scenes import Scene


def published(scene: Scene, host: str = "shop.dev.example.net") -> Exposure:
    exposure = scene.publish(host)
    exposure.refresh_from_db()
    return exposure


def changed(scene: Scene, exposure: Exposure, path: str = "/hacked") -> None:
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, path, ingressClassName="traefik"))


def known(exposure: Exposure) -> str:
    return str(Exposure.objects.get(pk=exposure.pk).drift)


def noted(scene: Scene) -> int:
    refresh_inventory(cluster=scene.cluster)
    return note_drifts(scene.cluster.pk)


def test_what_was_just_applied_is_known_to_be_in_sync(scene: Scene) -> None:
    exposure = published(scene)
    condition = exposure.condition("InSync")
    assert condition is not None
    assert (condition["status"], condition["reason"], exposure.drift) == ("True", "AsApplied", "")


def test_inventory_shows_what_was_changed_and_what_is_gone(scene: Scene) -> None:
    edited, deleted, fine = (published(scene, f"{name}.dev.example.net") for name in ("a", "b", "c"))
    changed(scene, edited)
    remove(scene.sandbox, ingress("web", deleted.object_name, deleted.host))

    assert noted(scene) == 2

    assert [known(one) for one in (edited, deleted, fine)] == ["changed", "missing", ""]
    assert noted(scene) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", {}),
        ("annotations", {}),
        ("tls", [{"hosts": ["x"], "secret_name": "x"}]),
        ("ingress_class_name", "other"),
    ],
)
def test_inventory_compares_every_field_it_keeps(scene: Scene, field: str, value: Any) -> None:
    exposure = published(scene)
    refresh_inventory(cluster=scene.cluster)
    Ingress.objects.filter(name=exposure.object_name).update(**{field: value})
    note_drifts(scene.cluster.pk)
    assert known(exposure) == DriftKind.CHANGED


def test_inventory_that_is_older_than_the_last_change_says_nothing(scene: Scene) -> None:
    exposure = published(scene)
    Ingress.objects.all().delete()
    assert note_drifts(scene.cluster.pk) == 0
    assert known(exposure) == ""


def test_exposure_with_a_delivery_under_way_is_left_to_it(scene: Scene) -> None:
    exposure = published(scene)
    Delivery.objects.update(state=DeliveryState.APPLYING)
    changed(scene, exposure)
    assert noted(scene) == 0


def test_all_clear_comes_from_the_cluster_only(scene: Scene) -> None:
    exposure = published(scene)
    Exposure.objects.filter(pk=exposure.pk).update(drift=DriftKind.CHANGED)
    assert noted(scene) == 1
    assert known(exposure) == DriftKind.CHANGED
    check_known_drift(exposure.pk)
    assert known(exposure) == ""


def test_looking_keeps_what_was_seen_with_its_author(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)

    assert check_drift(exposure=exposure).state == "drifted"

    condition = Exposure.objects.get(pk=exposure.pk).condition("InSync")
    assert condition is not None
    assert condition["message"].startswith("kubectl changed the object in the cluster: spec.rules.0")


def test_revert_pushes_the_approved_bytes_over_what_was_seen(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)

    delivery = revert_drift(by=scene.developer, exposure=exposure, seen=read_drift(exposure=exposure).fingerprint)
    run_delivery(delivery.pk)

    assert read_drift(exposure=exposure).state == "in_sync"
    assert known(exposure) == ""
    event = AuditEvent.objects.get(verb="delivery.revert")
    assert (event.actor, event.before, event.after) == (
        "developer",
        {"changed_by": "kubectl", "fields": {"spec.rules.0.http.paths.0.path": "/hacked"}},
        {"revision": exposure.live_revision_id},
    )
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.LIVE


SNIPPET = "nginx.ingress.kubernetes.io/server-snippet"
NOTE = "meta.helm.sh/release-name"


def added(scene: Scene, exposure: Exposure, **fields: Any) -> None:
    """What somebody adds without changing anything that is ours."""
    metadata = {"namespace": "web", "name": exposure.object_name} | fields.pop("metadata", {})
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress"}
    put(scene.sandbox, {**kind, "metadata": metadata, **fields})


ADDED = [
    ({"metadata": {"annotations": {SNIPPET: "deny all;"}}}, f"metadata.annotations.{SNIPPET}"),
    ({"spec": {"defaultBackend": {"service": {"name": "docs", "port": {"number": 80}}}}}, "spec.defaultBackend"),
]


@pytest.mark.parametrize(("fields", "path"), ADDED, ids=["annotation", "default backend"])
def test_revert_takes_out_what_somebody_added(scene: Scene, fields: dict[str, Any], path: str) -> None:
    exposure = published(scene)
    added(scene, exposure, **fields)
    drift = read_drift(exposure=exposure)
    assert [one.path for one in drift.differences] == [path]

    run_delivery(revert_drift(by=scene.developer, exposure=exposure, seen=drift.fingerprint).pk)

    assert read_drift(exposure=exposure).state == "in_sync"
    assert Delivery.objects.get(revision=exposure.live_revision_id).state == DeliveryState.LIVE


def test_inventory_shows_an_annotation_that_somebody_added(scene: Scene) -> None:
    exposure = published(scene)
    added(scene, exposure, metadata={"annotations": {SNIPPET: "deny all;"}})
    assert noted(scene) == 1
    assert known(exposure) == "changed"


def test_note_of_a_tool_is_no_drift_and_survives_a_change(scene: Scene) -> None:
    exposure = published(scene)
    added(scene, exposure, metadata={"annotations": {NOTE: "shop"}})
    assert (noted(scene), read_drift(exposure=exposure).state) == (0, "in_sync")


@pytest.mark.parametrize(("fields", "path"), ADDED, ids=["annotation", "default backend"])
def test_change_is_not_pushed_over_what_somebody_added(scene: Scene, fields: dict[str, Any], path: str) -> None:
    """It stops before anything is written, names what is in the way, and goes on once somebody says so."""
    exposure = published(scene)
    added(scene, exposure, **fields)
    delivery = Delivery.objects.get(revision=exposure.live_revision_id)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.QUEUED, claim="")

    run_delivery(delivery.pk)

    delivery.refresh_from_db()
    told = shown_reason(delivery.reason) or {}
    assert (delivery.state, told.get("code")) == (DeliveryState.FAILED, "apply_conflict")
    assert path in told["message"]
    assert [one.path for one in read_drift(exposure=exposure).differences] == [path]

    run_delivery(retry(by=scene.developer, delivery=delivery, overwrite=True).pk)
    assert read_drift(exposure=exposure).state == "in_sync"


def test_revert_brings_back_what_was_deleted(scene: Scene) -> None:
    exposure = published(scene)
    remove(scene.sandbox, ingress("web", exposure.object_name, exposure.host))
    delivery = revert_drift(by=scene.developer, exposure=exposure, seen=read_drift(exposure=exposure).fingerprint)
    run_delivery(delivery.pk)
    assert read_drift(exposure=exposure).state == "in_sync"


def test_revert_acts_on_nothing_but_what_was_shown(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)
    seen = read_drift(exposure=exposure).fingerprint
    changed(scene, exposure, "/again")

    with pytest.raises(Conflict) as refusal:
        revert_drift(by=scene.developer, exposure=exposure, seen=seen)

    assert refusal.value.code == "drift_changed"
    assert Delivery.objects.get().state == DeliveryState.LIVE


def test_revert_of_nothing_is_refused(scene: Scene) -> None:
    exposure = published(scene)
    with pytest.raises(InvalidTransition):
        revert_drift(by=scene.developer, exposure=exposure, seen=read_drift(exposure=exposure).fingerprint)


def test_revert_is_for_those_who_may_change_the_exposure(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)
    seen = read_drift(exposure=exposure).fingerprint
    for person in (scene.viewer, scene.approver, factories.make_platform_admin("root")):
        with pytest.raises(NotPermitted):
            revert_drift(by=person, exposure=exposure, seen=seen)


def test_revert_does_not_overtake_a_newer_revision(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)
    newer = factories.make_revision(exposure)
    accept_revision(exposure=exposure, revision=newer)

    with pytest.raises(Conflict) as refusal:
        revert_drift(by=scene.developer, exposure=exposure, seen=read_drift(exposure=exposure).fingerprint)

    assert refusal.value.code == "superseded"


def test_second_revert_at_once_is_refused(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)
    seen = read_drift(exposure=exposure).fingerprint
    revert_drift(by=scene.developer, exposure=exposure, seen=seen)
    with pytest.raises(InvalidTransition):
        revert_drift(by=scene.developer, exposure=exposure, seen=seen)


def test_revert_that_fails_can_be_repeated(scene: Scene) -> None:
    exposure = published(scene)
    changed(scene, exposure)
    seen = read_drift(exposure=exposure).fingerprint
    Delivery.objects.update(state=DeliveryState.FAILED, settled_at=timezone.now())
    delivery = revert_drift(by=scene.developer, exposure=exposure, seen=seen)
    run_delivery(delivery.pk)
    assert read_drift(exposure=exposure).state == "in_sync"

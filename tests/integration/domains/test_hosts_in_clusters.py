"""Hosts against a cluster that others write to, and what becomes of a host when its exposure ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.services import open_delete
from apps.common.errors import Conflict, PortalError
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from apps.delivery.services.run import MAX_ATTEMPTS
from apps.domains.models import HostClaim
from apps.exposures.host_uses import SERVER_ALIAS
from apps.exposures.spec import PathSpec
from apps.inventory.services import refresh_inventory
from tests.integration.sandboxes import ingress, put
from tests.integration.scenes import Scene


def by_hand(host: str, *paths: str, namespace: str = "pay", **annotations: str) -> dict[str, Any]:
    manifest = ingress(namespace, "by-hand", host, *paths)
    manifest["metadata"]["annotations"] = annotations
    return manifest


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [
        (by_hand("shop.example.com"), "live_object"),
        (by_hand("shop.example.com", "/somewhere/else"), "live_object"),
        (by_hand("*.example.com"), "wildcard"),
        (by_hand("ledger.example.org", **{SERVER_ALIAS: "shop.example.com"}), "live_object"),
        (by_hand("ledger.example.org", **{SERVER_ALIAS: "*.example.com"}), "wildcard"),
    ],
    ids=["exact", "other path", "wildcard", "alias", "wildcard alias"],
)
def test_host_that_another_team_took_by_hand_is_refused_with_its_contact(
    scene: Scene, manifest: dict[str, Any], kind: str
) -> None:
    put(scene.sandbox, manifest)
    refresh_inventory(cluster=scene.cluster)

    with pytest.raises(Conflict) as refusal:
        scene.ask("shop.example.com")

    assert refusal.value.code == "host_conflict"
    [conflict] = refusal.value.fields["conflicts"]
    assert (conflict["kind"], conflict["owner"]) == (kind, {"team": "pay", "contact": "#team-pay"})
    assert (conflict["path"], conflict["exposure"]) == (None, None)


@pytest.mark.parametrize(("path", "refused"), [("/", True), ("/api", False)])
def test_own_object_made_by_hand_is_in_the_way_on_the_same_path_only(scene: Scene, path: str, refused: bool) -> None:
    put(scene.sandbox, by_hand("shop.example.com", namespace="web"))
    refresh_inventory(cluster=scene.cluster)
    try:
        scene.ask("shop.example.com", paths=(PathSpec(path, "Prefix", "shop", "http"),))
        kinds = []
    except Conflict as refusal:
        kinds = [conflict["kind"] for conflict in refusal.fields["conflicts"]]
    assert kinds == (["path"] if refused else [])


def test_default_rule_without_a_host_claims_nothing(scene: Scene) -> None:
    manifest = by_hand("", namespace="pay")
    del manifest["spec"]["rules"][0]["host"]
    put(scene.sandbox, manifest)
    refresh_inventory(cluster=scene.cluster)
    assert scene.ask("shop.example.com").state == RequestState.PENDING


def test_deletion_frees_the_host_once_it_is_done(scene: Scene) -> None:
    request = open_delete(by=scene.developer, exposure=scene.publish(), reason="Over.")
    assert HostClaim.objects.get().team == scene.web

    run_delivery(request.revision.delivery.pk)

    assert not HostClaim.objects.exists()


@pytest.mark.parametrize("attempt", [0, MAX_ATTEMPTS - 1], ids=["to be tried again", "given up"])
def test_deletion_that_fails_keeps_the_host(scene: Scene, attempt: int) -> None:
    exposure = scene.publish()
    request = open_delete(by=scene.developer, exposure=exposure, reason="Over.")
    Delivery.objects.filter(revision=request.revision).update(attempt=attempt)
    scene.sandbox.status(503)

    run_delivery(request.revision.delivery.pk)

    state = DeliveryState.FAILED if attempt else DeliveryState.RETRYING
    assert Delivery.objects.get(revision=request.revision).state == state
    assert HostClaim.objects.get().host == exposure.host
    exposure.refresh_from_db()
    assert exposure.deleted_at is None


def test_host_is_freed_once_the_failed_deletion_succeeds(scene: Scene) -> None:
    request = open_delete(by=scene.developer, exposure=scene.publish(), reason="Over.")
    scene.sandbox.status(503)
    run_delivery(request.revision.delivery.pk)
    scene.sandbox.clear()
    Delivery.objects.filter(revision=request.revision).update(next_attempt_at=timezone.now())

    run_delivery(request.revision.delivery.pk)

    assert not HostClaim.objects.exists()


def test_host_of_a_refused_request_is_not_claimed(scene: Scene) -> None:
    put(scene.sandbox, by_hand("shop.example.com"))
    refresh_inventory(cluster=scene.cluster)
    with pytest.raises(PortalError):
        scene.ask("shop.example.com")
    assert not HostClaim.objects.exists()

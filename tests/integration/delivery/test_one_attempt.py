"""One attempt of a delivery against a sandbox cluster: what goes wrong there, and what people are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, retry
from apps.clusters.services import pause_cluster, resume_cluster
from apps.clusters.services.clients import client_for
from apps.common.said import shown, spoken
from apps.delivery.enums import DeliveryState
from apps.delivery.gate import find_change_of_certificate
from apps.delivery.models import Delivery
from apps.delivery.services import read_drift, run_delivery, sweep
from apps.delivery.services.run import MAX_ATTEMPTS, claim
from apps.exposures.models import Exposure, Revision
from apps.exposures.services import lock_exposure
from apps.inventory.models import Collection, Ingress
from apps.kube.kinds import INGRESS, SECRET
from testbed.objects import service, tls_secret
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import admin_client, ingress, put, remove
from tests.integration.scenes import AUTHORITY, Scene, opaque_secret


def attempt(request: ChangeRequest) -> Delivery:
    delivery = Delivery.objects.get(revision=request.revision_id)
    run_delivery(delivery.pk)
    delivery.refresh_from_db()
    request.refresh_from_db()
    return delivery


def inventory_read(*, seconds_ago: int) -> None:
    Collection.objects.filter(kind="Ingress").update(observed_at=timezone.now() - timedelta(seconds=seconds_ago))


def code_of(delivery: Delivery) -> str:
    return (delivery.reason or {}).get("code", "")


def make_due(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=timezone.now())


def test_steps_tell_the_way_in_order(scene: Scene) -> None:
    delivery = attempt(scene.ask())

    assert [(step["name"], step["status"]) for step in delivery.steps] == [
        ("gate", "passed"),
        ("plan", "passed"),
        ("apply", "passed"),
        ("read_back", "passed"),
        ("admitted", "warning"),
        ("serving", "warning"),
    ]
    assert (delivery.attempt, delivery.claim, delivery.lease_until) == (1, "", None)


def test_gate_closes_when_somebody_took_the_host_behind_the_portals_back(scene: Scene) -> None:
    request = scene.ask()
    put(scene.sandbox, ingress("pay", "theirs", "shop.dev.example.net"))
    inventory_read(seconds_ago=5)

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "host_conflict")
    assert request.state == RequestState.STALE
    assert [step["name"] for step in delivery.steps] == ["gate"]


def test_gate_lists_ingresses_once_for_a_burst(scene: Scene) -> None:
    first, second = scene.ask(), scene.ask("docs.dev.example.net")
    put(scene.sandbox, ingress("pay", "theirs", "theirs.dev.example.net"))
    inventory_read(seconds_ago=0)
    assert attempt(first).state == DeliveryState.LIVE
    assert not Ingress.objects.filter(name="theirs").exists()

    inventory_read(seconds_ago=5)
    assert attempt(second).state == DeliveryState.LIVE
    assert Ingress.objects.filter(name="theirs").exists()


HTTP = {"name": "http", "port": 80}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ports": [{"name": "grpc", "port": 80}]}, "port_not_found"),
        ({"ports": [HTTP | {"protocol": "UDP"}]}, "port_not_found"),
        ({"ports": [HTTP], "type": "ExternalName", "externalName": "kubernetes.default.svc"}, "service_not_allowed"),
        (None, "service_not_found"),
    ],
)
def test_gate_closes_when_the_backend_is_gone(scene: Scene, change: dict[str, Any] | None, code: str) -> None:
    request = scene.ask()
    remove(scene.sandbox, service("web", "shop"))
    if change is not None:
        put(scene.sandbox, service("web", "shop") | {"spec": change})

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, code)
    assert request.state == RequestState.STALE


def test_unreachable_cluster_is_tried_again_later_and_succeeds_then(scene: Scene) -> None:
    request = scene.ask()
    scene.sandbox.refuse()

    delivery = attempt(request)

    assert (delivery.state, request.state) == (DeliveryState.RETRYING, RequestState.DELIVERING)
    assert delivery.next_attempt_at is not None
    assert delivery.next_attempt_at > timezone.now()
    scene.sandbox.clear()
    make_due(delivery)
    assert attempt(request).state == DeliveryState.LIVE
    assert request.state == RequestState.DONE


def test_last_attempt_ends_in_a_named_failure_that_a_person_can_retry(scene: Scene) -> None:
    request = scene.ask()
    scene.sandbox.status(503)
    Delivery.objects.update(attempt=MAX_ATTEMPTS - 1)

    delivery = attempt(request)

    assert (delivery.state, request.state) == (DeliveryState.FAILED, RequestState.FAILED)
    assert code_of(delivery) == "cluster_fault"
    scene.sandbox.clear()
    assert retry(by=scene.developer, request=request).state == RequestState.DELIVERING
    assert attempt(request).state == DeliveryState.LIVE


def test_worker_that_died_leaves_a_row_that_the_sweeper_frees(scene: Scene) -> None:
    request = scene.ask()
    held = claim(request.revision.delivery.pk)
    assert held is not None
    assert claim(held.pk) is None
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert sweep() == 1

    assert attempt(request).state == DeliveryState.LIVE


def test_worker_that_lost_its_claim_writes_nothing_more(scene: Scene) -> None:
    from apps.delivery.services.run import _attempt

    request = scene.ask()
    zombie = claim(request.revision.delivery.pk)
    assert zombie is not None
    Delivery.objects.update(claim="claim_of_another", lease_until=timezone.now() + timedelta(seconds=60))

    _attempt(zombie)

    row = Delivery.objects.get(pk=zombie.pk)
    assert (row.state, row.claim) == (DeliveryState.APPLYING, "claim_of_another")
    with admin_client(scene.sandbox) as client:
        assert client.list(INGRESS, "web").items == []


def test_repeated_message_applies_once(scene: Scene) -> None:
    request = scene.ask()
    first = attempt(request)
    with admin_client(scene.sandbox) as client:
        before = client.list(INGRESS, "web").items

        assert attempt(request).attempt == first.attempt
        assert client.list(INGRESS, "web").items == before


def test_paused_cluster_takes_nothing_until_it_is_resumed(scene: Scene) -> None:
    admin = make_platform_admin("boss")
    pause_cluster(by=admin, cluster=scene.cluster, reason="Upgrade.")
    request = scene.ask()

    assert attempt(request).state == DeliveryState.QUEUED
    resume_cluster(by=admin, cluster=scene.cluster)
    assert attempt(request).state == DeliveryState.LIVE


def test_object_of_somebody_else_under_our_name_is_left_alone(scene: Scene) -> None:
    request = scene.ask()
    exposure = Exposure.objects.get(pk=request.exposure_id)
    foreign = ingress("web", exposure.object_name, "other.example.net")
    put(scene.sandbox, foreign)

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "not_ours")
    with admin_client(scene.sandbox) as client:
        assert client.get(INGRESS, "web", exposure.object_name)["spec"]["rules"][0]["host"] == "other.example.net"


def test_certificate_swapped_after_the_approval_is_not_pushed(scene: Scene) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    put(scene.sandbox, tls_secret("web", "shop-tls", AUTHORITY.issue(["shop.example.com"])))

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "certificate_changed")
    assert request.state == RequestState.STALE


def test_certificate_swapped_during_the_push_is_seen_after_it(scene: Scene) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    delivery, client = attempt(request), client_for(scene.cluster)
    assert delivery.state == DeliveryState.LIVE
    assert find_change_of_certificate(delivery, client) == ""

    put(scene.sandbox, tls_secret("web", "shop-tls", AUTHORITY.issue(["shop.example.com"])))
    changed = spoken(find_change_of_certificate(delivery, client))
    assert changed == "The certificate in shop-tls is not the one that was approved."

    remove(scene.sandbox, tls_secret("web", "shop-tls", AUTHORITY.issue(["shop.example.com"])))
    assert spoken(find_change_of_certificate(delivery, client)) == changed


def test_secret_replaced_by_one_without_certificate_is_not_pushed(scene: Scene) -> None:
    """The incident behind the product, tried at the last moment."""
    request = scene.ask("shop.example.com", tls="shop-tls")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    good = tls_secret("web", "shop-tls", AUTHORITY.issue(["shop.example.com"]))
    remove(scene.sandbox, good)
    put(scene.sandbox, opaque_secret("web", "shop-tls", "ca.crt"))

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "secret_not_offered")
    with admin_client(scene.sandbox) as client:
        assert client.list(INGRESS, "web").items == []
        assert client.get(SECRET, "web", "shop-tls")["type"] == "Opaque"


def test_tampered_bytes_are_refused(scene: Scene) -> None:
    request = scene.ask()
    exposure = Exposure.objects.get(pk=request.exposure_id)
    forged = Revision.objects.create(
        exposure=exposure,
        number=2,
        operation="create",
        spec=request.revision.spec,
        rendered=request.revision.rendered.replace('"path":"/"', '"path":"/admin"'),
        renderer_version=request.revision.renderer_version,
        content_hash=request.content_hash,
        author=scene.developer,
        facts=request.revision.facts,
    )
    Delivery.objects.update(revision=forged)
    Exposure.objects.update(desired_revision=forged)

    run_delivery(Delivery.objects.get().pk)

    delivery = Delivery.objects.get()
    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "content_changed")


def test_edit_behind_the_portals_back_is_reported_with_its_author(scene: Scene) -> None:
    exposure = scene.publish()
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/hacked", ingressClassName="traefik"))

    drift = read_drift(exposure=exposure)

    assert drift.state == "drifted"
    assert drift.writer is not None
    assert drift.writer.manager == "kubectl"
    assert [entry.path for entry in drift.differences] == ["spec.rules.0.http.paths.0.path"]


def test_change_over_an_edit_by_others_fails_by_name_and_is_forced_only_on_request(scene: Scene) -> None:
    from apps.approvals.services import open_update
    from apps.exposures.spec import PathSpec

    exposure = scene.publish()
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/hacked", ingressClassName="traefik"))
    change = scene.spec(paths=(PathSpec("/new", "Prefix", "shop", "http"),))
    request = open_update(by=scene.developer, exposure=exposure, spec=change)

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "apply_conflict")
    retry(by=scene.developer, request=request, overwrite=True)
    assert attempt(request).state == DeliveryState.LIVE
    exposure.refresh_from_db()
    assert read_drift(exposure=exposure).state == "in_sync"


def test_older_revision_is_superseded_not_pushed(scene: Scene) -> None:
    request = scene.ask()
    Exposure.objects.update(desired_revision=None)

    assert attempt(request).state == DeliveryState.SUPERSEDED
    assert request.state == RequestState.STALE


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_cluster_is_called(
    transactional_db: None, sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D3, asked at the gateway's door with the real commit behaviour of the database."""
    from django.db import connection

    from apps.kube.transport import Transport
    from tests.integration.scenes import make_scene

    scene = make_scene(sandbox)  # type: ignore[arg-type]
    seen: list[bool] = []
    original = Transport.request

    def watched(self: Transport, *args: object, **kwargs: object) -> object:
        seen.append(connection.in_atomic_block)
        return original(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Transport, "request", watched)

    delivery = attempt(scene.ask())

    assert delivery.state == DeliveryState.LIVE
    assert seen
    assert not any(seen)


def test_lock_is_taken_on_the_exposure_itself(scene: Scene) -> None:
    from django.db import transaction

    exposure = scene.publish()
    with transaction.atomic():
        assert lock_exposure(exposure.pk).pk == exposure.pk


def test_what_something_else_changes_at_once_is_found_when_read_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D5: a rival that rewrites the object right after our apply."""
    from apps.kube.client import ClusterClient

    request = scene.ask()
    exposure = Exposure.objects.get(pk=request.exposure_id)
    original = ClusterClient.apply

    def apply_with_a_rival(self: ClusterClient, manifest: dict, **options: object) -> dict:
        applied = original(self, manifest, **options)  # type: ignore[arg-type]
        if options.get("field_manager") == "portico":
            put(
                scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/rival", ingressClassName="traefik")
            )
        return applied

    monkeypatch.setattr(ClusterClient, "apply", apply_with_a_rival)

    delivery = attempt(request)

    assert (delivery.state, code_of(delivery)) == (DeliveryState.FAILED, "read_back_differs")
    assert "kubectl" in shown(delivery.reason)
    exposure.refresh_from_db()
    assert exposure.live_revision is None

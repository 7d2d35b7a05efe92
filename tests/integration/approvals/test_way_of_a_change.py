"""From a wish to a live object: with and without a human, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.services import approve, open_delete, open_update, reject, resubmit, return_request, withdraw
from apps.common.errors import Conflict, InvalidTransition, NotPermitted, PolicyViolation, StaleRevision
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from apps.domains.models import HostClaim
from apps.exposures.models import Exposure
from apps.exposures.spec import PathSpec
from apps.inventory.models import Collection
from apps.inventory.services import refresh_inventory
from apps.kube.kinds import INGRESS
from testbed.objects import service
from tests.integration.sandboxes import admin_client, ingress, put, remove
from tests.integration.scenes import Scene


def deliver(request_id: str) -> Delivery:
    delivery = Delivery.objects.get(revision__change_requests=request_id)
    run_delivery(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def let_age() -> None:
    """As if the last refresh had been half a minute ago."""
    then = timezone.now() - timedelta(seconds=30)
    Collection.objects.update(attempted_at=then, observed_at=then)


def live_object(scene: Scene, exposure: Exposure) -> dict:
    with admin_client(scene.sandbox) as client:
        return client.get(INGRESS, exposure.namespace, exposure.object_name)


def test_wildcard_http_in_dev_goes_live_without_a_human(scene: Scene) -> None:
    request = scene.ask()
    assert (request.state, request.flow["because"]) == (RequestState.DELIVERING, [])

    delivery = deliver(request.pk)

    assert delivery.state == DeliveryState.LIVE, (delivery.reason, delivery.steps)
    exposure = Exposure.objects.get(pk=request.exposure_id)
    request.refresh_from_db()
    assert request.state == RequestState.DONE
    assert exposure.live_revision_id == request.revision_id == exposure.desired_revision_id
    assert (exposure.generation, exposure.observed_generation) == (1, 1)
    manifest = live_object(scene, exposure)
    assert manifest["spec"] == {
        "ingressClassName": "traefik",
        "rules": [
            {
                "host": "shop.dev.example.net",
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "shop", "port": {"name": "http"}}},
                        }
                    ]
                },
            }
        ],
    }
    assert manifest["metadata"]["annotations"] == {
        "portico.dev/content-hash": request.content_hash,
        "portico.dev/revision": request.revision_id,
    }


def test_custom_host_with_https_waits_for_an_approver_and_then_goes_live(scene: Scene) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    assert request.state == RequestState.PENDING
    assert request.flow["because"] == ["https", "custom_host"]
    assert not Delivery.objects.exists()

    approve(by=scene.approver, request=request, content_hash=request.content_hash, comment="Fine.")
    delivery = deliver(request.pk)

    assert delivery.state == DeliveryState.LIVE, (delivery.reason, delivery.steps)
    exposure = Exposure.objects.get(pk=request.exposure_id)
    assert live_object(scene, exposure)["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}]


def test_rejecting_frees_the_host_and_leaves_the_cluster_alone(scene: Scene) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")

    reject(by=scene.approver, request=request, content_hash=request.content_hash, comment="Not now.")

    request.refresh_from_db()
    assert request.state == RequestState.REJECTED
    assert not HostClaim.objects.exists()
    assert not Exposure.objects.active().exists()
    assert scene.ask("shop.example.com", tls="shop-tls").state == RequestState.PENDING


def test_rejecting_a_change_keeps_what_is_live(scene: Scene) -> None:
    request = scene.ask("shop.example.com")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    deliver(request.pk)
    exposure = Exposure.objects.get(pk=request.exposure_id)
    before = live_object(scene, exposure)

    change = open_update(by=scene.developer, exposure=exposure, spec=scene.spec("shop.example.com", tls="shop-tls"))
    reject(by=scene.approver, request=change, content_hash=change.content_hash, comment="No.")

    exposure.refresh_from_db()
    assert exposure.live_revision_id == request.revision_id
    assert exposure.deleted_at is None
    assert live_object(scene, exposure) == before


def test_returned_request_is_resubmitted_in_a_new_round_with_a_clean_slate(scene: Scene) -> None:
    request = scene.ask("shop.example.com")
    seen = request.content_hash
    return_request(by=scene.approver, request=request, content_hash=seen, comment="HTTPS, please.")

    again = resubmit(by=scene.developer, request=request, spec=scene.spec("shop.example.com", tls="shop-tls"))

    assert (again.state, again.round) == (RequestState.PENDING, 2)
    assert again.content_hash != seen
    with pytest.raises(StaleRevision):
        approve(by=scene.approver, request=again, content_hash=seen)
    approve(by=scene.approver, request=again, content_hash=again.content_hash)
    assert deliver(again.pk).state == DeliveryState.LIVE


def test_withdrawing_a_pending_request_frees_the_host(scene: Scene) -> None:
    request = scene.ask("shop.example.com")

    assert withdraw(by=scene.colleague, request=request).state == RequestState.WITHDRAWN
    assert not HostClaim.objects.exists()


def test_withdrawing_before_a_worker_came_cancels_the_delivery(scene: Scene) -> None:
    request = scene.ask()

    withdraw(by=scene.developer, request=request)

    delivery = deliver(request.pk)
    assert delivery.state == DeliveryState.CANCELLED
    assert not Exposure.objects.active().exists()


def test_update_on_the_wildcard_changes_the_object_and_raises_the_generation(scene: Scene) -> None:
    exposure = scene.publish()

    paths = (PathSpec("/api", "Prefix", "shop", 80),)
    request = open_update(by=scene.developer, exposure=exposure, spec=scene.spec(paths=paths))
    deliver(request.pk)

    exposure.refresh_from_db()
    assert (exposure.generation, exposure.observed_generation) == (2, 2)
    path = live_object(scene, exposure)["spec"]["rules"][0]["http"]["paths"][0]
    assert (path["path"], path["backend"]["service"]["port"]) == ("/api", {"number": 80})


def test_delete_removes_the_object_and_frees_the_host(scene: Scene) -> None:
    exposure = scene.publish()

    request = open_delete(by=scene.developer, exposure=exposure, reason="Over.")
    assert deliver(request.pk).state == DeliveryState.LIVE

    exposure.refresh_from_db()
    request.refresh_from_db()
    assert request.state == RequestState.DONE
    assert exposure.deleted_at is not None
    assert not HostClaim.objects.exists()
    with admin_client(scene.sandbox) as client:
        assert client.list(INGRESS, "web").items == []


def test_second_request_for_an_exposure_is_refused_with_the_open_one(scene: Scene) -> None:
    request = scene.ask("shop.example.com")

    with pytest.raises(Conflict) as refusal:
        open_update(by=scene.developer, exposure=request.exposure, spec=scene.spec("shop.example.com", tls="shop-tls"))

    assert (refusal.value.code, refusal.value.fields["request"]) == ("request_open", request.pk)


def test_secret_that_is_no_certificate_is_refused_by_name(scene: Scene) -> None:
    with pytest.raises(PolicyViolation) as refusal:
        scene.ask("shop.example.com", tls="client-ca")

    assert [(v.code, v.field) for v in refusal.value.errors] == [("secret_not_offered", "tls.secret_name")]
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("who", ["developer", "colleague", "viewer", "stranger"])
def test_nobody_outside_the_group_approves(scene: Scene, who: str) -> None:
    request = scene.ask("shop.example.com")

    with pytest.raises(NotPermitted):
        approve(by=getattr(scene, who), request=request, content_hash=request.content_hash)


def test_member_of_the_group_who_submitted_cannot_approve_not_even_as_superuser(scene: Scene) -> None:
    request = scene.ask("shop.example.com")
    scene.network.members.add(scene.developer)
    scene.developer.is_superuser = scene.developer.is_platform_admin = True
    scene.developer.save()

    with pytest.raises(NotPermitted) as refusal:
        approve(by=scene.developer, request=request, content_hash=request.content_hash)

    assert refusal.value.code == "self_approval"


def test_same_approval_twice_is_one_decision_and_another_verdict_is_too_late(scene: Scene) -> None:
    request = scene.ask("shop.example.com")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)

    again = approve(by=scene.approver, request=request, content_hash=request.content_hash)

    assert again.state == RequestState.DELIVERING
    assert Delivery.objects.count() == 1
    with pytest.raises(InvalidTransition) as refusal:
        reject(by=scene.approver2, request=request, content_hash=request.content_hash, comment="No.")
    assert refusal.value.fields["state"] == RequestState.DELIVERING


def test_group_whose_only_member_is_the_submitter_blocks(scene: Scene) -> None:
    scene.network.members.set([scene.developer])

    request = scene.ask("shop.example.com")

    assert request.state == RequestState.BLOCKED
    assert request.state_reason is not None
    assert request.state_reason["code"] == "no_approver"
    scene.network.members.add(scene.approver)
    assert resubmit(by=scene.developer, request=request).state == RequestState.PENDING


def test_service_made_a_moment_ago_is_found_before_refusing(scene: Scene) -> None:
    let_age()
    put(scene.sandbox, service("web", "brand-new"))

    request = scene.ask(paths=(PathSpec("/", "Prefix", "brand-new", "http"),))

    assert request.state == RequestState.DELIVERING


def test_object_made_by_hand_that_is_gone_again_is_no_conflict(scene: Scene) -> None:
    manifest = ingress("web", "by-hand", "shop.dev.example.net", ingressClassName="traefik")
    put(scene.sandbox, manifest)
    refresh_inventory(cluster=scene.cluster)
    let_age()
    with pytest.raises(Conflict):
        scene.ask()

    let_age()
    remove(scene.sandbox, manifest)

    assert scene.ask().state == RequestState.DELIVERING


def test_host_of_an_exposure_cannot_change(scene: Scene) -> None:
    exposure = scene.publish()

    with pytest.raises(PolicyViolation) as refusal:
        open_update(by=scene.developer, exposure=exposure, spec=scene.spec("other.dev.example.net"))

    assert [(v.code, v.field) for v in refusal.value.errors] == [("host_fixed", "host")]

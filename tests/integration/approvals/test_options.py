"""Options on their way to the cluster: written, taken away again, and held up when the controller is another one."""

from __future__ import annotations

from typing import Any

import pytest

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, open_delete, open_update
from apps.delivery.services import run_delivery
from apps.exposures.models import Exposure
from apps.inventory.models import IngressClass
from apps.inventory.services import refresh_inventory
from apps.kube.kinds import INGRESS
from testbed.objects import ingress_class
from tests.integration.sandboxes import admin_client, put
from tests.integration.scenes import Scene

OURS = {"portico.dev/content-hash", "portico.dev/revision"}
RISKY = {"cors_allow_origins": ["https://a.example.com"], "cors_allow_credentials": True}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The cluster has a class of ingress-nginx beside its default."""
    put(scene.sandbox, ingress_class("nginx"))
    refresh_inventory(cluster=scene.cluster)
    return scene


def ask(scene: Scene, options: dict[str, Any]) -> ChangeRequest:
    return scene.ask(options=options, ingress_class_name="nginx")


def deliver(request: ChangeRequest) -> Exposure:
    run_delivery(request.revision.delivery.pk)
    return Exposure.objects.get(pk=request.exposure_id)


def options_in_the_cluster(scene: Scene, exposure: Exposure) -> dict[str, str]:
    with admin_client(scene.sandbox) as client:
        annotations = client.get(INGRESS, exposure.namespace, exposure.object_name)["metadata"]["annotations"]
    return {key: value for key, value in annotations.items() if key not in OURS}


def test_options_are_written_changed_and_taken_away(scene: Scene) -> None:
    exposure = deliver(ask(scene, {"read_timeout": "5m", "rate_limit": 50}))
    prefix = "nginx.ingress.kubernetes.io/"
    assert options_in_the_cluster(scene, exposure) == {f"{prefix}proxy-read-timeout": "300", f"{prefix}limit-rps": "50"}

    spec = scene.spec(options={"rate_limit": 60}, ingress_class_name="nginx")
    exposure = deliver(open_update(by=scene.developer, exposure=exposure, spec=spec))
    assert options_in_the_cluster(scene, exposure) == {f"{prefix}limit-rps": "60"}

    spec = scene.spec(ingress_class_name="nginx")
    exposure = deliver(open_update(by=scene.developer, exposure=exposure, spec=spec))
    assert options_in_the_cluster(scene, exposure) == {}


def test_opening_an_allow_list_that_is_live_needs_a_human(scene: Scene) -> None:
    exposure = deliver(ask(scene, {"allow_networks": ["10.1.0.0/16"]}))
    narrower = scene.spec(options={"allow_networks": ["10.1.2.0/24"]}, ingress_class_name="nginx")
    exposure = deliver(open_update(by=scene.developer, exposure=exposure, spec=narrower))

    without = scene.spec(ingress_class_name="nginx")
    request = open_update(by=scene.developer, exposure=exposure, spec=without)

    assert (request.state, request.flow["because"]) == (RequestState.PENDING, ["options"])
    assert request.risk_facts["options"] == ["allow_networks"]


@pytest.mark.parametrize(
    ("controller", "code"),
    [
        ("traefik.io/ingress-controller", "option_not_allowed"),
        ("haproxy-ingress.github.io/controller", "controller_changed"),
    ],
)
def test_approved_options_are_not_pushed_to_another_controller(scene: Scene, controller: str, code: str) -> None:
    request = ask(scene, RISKY)
    assert request.state == RequestState.PENDING
    IngressClass.objects.filter(name="nginx").update(controller=controller)

    approve(by=scene.approver, request=request, content_hash=request.content_hash, comment="Fine.")

    request.refresh_from_db()
    assert (request.state, (request.state_reason or {})["code"]) == (RequestState.STALE, code)


def test_deletion_goes_through_whatever_the_controller_is_now(scene: Scene) -> None:
    exposure = deliver(ask(scene, {"rate_limit": 50}))
    IngressClass.objects.filter(name="nginx").update(controller="example.com/unheard-of")

    exposure = deliver(open_delete(by=scene.developer, exposure=exposure))

    assert exposure.deleted_at is not None

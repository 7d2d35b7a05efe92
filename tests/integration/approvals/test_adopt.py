"""Adopting what somebody changed in the cluster: a request for exactly that, judged like every other."""

from __future__ import annotations

import pytest

from apps.approvals.services import open_adoption
from apps.common.errors import Conflict, InvalidTransition, NotPermitted, PolicyViolation
from apps.delivery.services import read_drift, run_delivery
from apps.exposures.models import Exposure
from tests.integration.sandboxes import ingress, put, remove
from tests.integration.scenes import Scene


@pytest.fixture
def exposure(scene: Scene) -> Exposure:
    """Live, and changed with kubectl since."""
    exposure = scene.publish()
    exposure.refresh_from_db()
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/new", ingressClassName="traefik"))
    return exposure


def seen(exposure: Exposure) -> str:
    return read_drift(exposure=exposure).fingerprint


def test_adopting_asks_for_what_the_cluster_has(scene: Scene, exposure: Exposure) -> None:
    request = open_adoption(by=scene.developer, exposure=exposure, seen=seen(exposure))

    assert [path["path"] for path in request.revision.spec["paths"]] == ["/new"]
    assert request.revision.reason == "Adopts what kubectl changed in the cluster."
    run_delivery(request.revision.delivery.pk)
    exposure.refresh_from_db()
    assert (read_drift(exposure=exposure).state, exposure.drift) == ("in_sync", "")


def test_adopting_keeps_the_reason_that_was_given(scene: Scene, exposure: Exposure) -> None:
    request = open_adoption(by=scene.developer, exposure=exposure, seen=seen(exposure), reason="The path moved.")
    assert request.revision.reason == "The path moved."


def test_adopting_names_what_cannot_be_stated(scene: Scene, exposure: Exposure) -> None:
    more = ingress("web", exposure.object_name, exposure.host, ingressClassName="traefik")
    more["spec"]["rules"].append({"host": "more.example.com"})
    put(scene.sandbox, more)

    with pytest.raises(PolicyViolation) as refusal:
        open_adoption(by=scene.developer, exposure=exposure, seen=seen(exposure))

    assert [error.field for error in refusal.value.errors] == ["spec.rules"]
    assert exposure.change_requests.count() == 1


def test_adopting_is_judged_like_every_change(scene: Scene, exposure: Exposure) -> None:
    other = ingress("web", exposure.object_name, exposure.host, ingressClassName="traefik")
    other["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] = "ledger"
    put(scene.sandbox, other)

    with pytest.raises(PolicyViolation) as refusal:
        open_adoption(by=scene.developer, exposure=exposure, seen=seen(exposure))

    assert [error.code for error in refusal.value.errors] == ["service_not_found"]


def test_adopting_acts_on_nothing_but_what_was_shown(scene: Scene, exposure: Exposure) -> None:
    looked_at = seen(exposure)
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/newer", ingressClassName="traefik"))
    with pytest.raises(Conflict) as refusal:
        open_adoption(by=scene.developer, exposure=exposure, seen=looked_at)
    assert refusal.value.code == "drift_changed"


def test_adopting_what_is_gone_is_refused(scene: Scene, exposure: Exposure) -> None:
    remove(scene.sandbox, ingress("web", exposure.object_name, exposure.host))
    with pytest.raises(InvalidTransition):
        open_adoption(by=scene.developer, exposure=exposure, seen=seen(exposure))


def test_adopting_is_for_those_who_may_change_the_exposure(scene: Scene, exposure: Exposure) -> None:
    with pytest.raises(NotPermitted):
        open_adoption(by=scene.viewer, exposure=exposure, seen=seen(exposure))

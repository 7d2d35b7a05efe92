"""Moving exposures to another certificate by change requests, and retiring the one that nothing uses any more."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, move_exposures, retire_certificate, uses_of, withdraw
from apps.audit.models import AuditEvent
from apps.clusters.services import rekey_cluster
from apps.common.errors import Conflict, InvalidInput, NotFound, NotPermitted
from apps.delivery.services import run_delivery, upload_certificate
from apps.exposures.models import Exposure
from apps.inventory.models import Secret
from apps.kube.errors import Forbidden, ObjectNotFound
from apps.kube.kinds import SECRET
from apps.kube.permissions import REQUIRED_RULES
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import admin_client, ingress, put
from tests.integration.scenes import AUTHORITY, Scene

HOSTS = ["shop.example.com", "www.shop.example.com"]


def upload(scene: Scene, names: list[str] | None = None, name: str = "shop-tls") -> Secret:
    leaf = AUTHORITY.issue(names or HOSTS)
    pair = {"certificate": leaf.certificate_pem, "private_key": leaf.private_key_pem}
    return upload_certificate(by=scene.developer, cluster=scene.cluster, namespace="web", name=name, **pair)


def settle(scene: Scene, request: ChangeRequest) -> Exposure:
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    request.refresh_from_db()
    run_delivery(request.revision.delivery.pk)
    return Exposure.objects.with_relations().get(pk=request.exposure_id)


def retire(scene: Scene, secret: Secret, **changes: Any) -> None:
    wish = {"by": scene.developer, "cluster": scene.cluster, "namespace": "web", "name": secret.name}
    retire_certificate(**{"confirm": secret.name, **wish, **changes})


@pytest.fixture
def two(scene: Scene) -> list[Exposure]:
    """Two exposures that are live with shop-tls."""
    return [settle(scene, scene.ask(host, tls="shop-tls")) for host in HOSTS]


def test_each_exposure_gets_its_own_request_through_the_ordinary_approval(scene: Scene, two: list[Exposure]) -> None:
    new = upload(scene)
    moves = move_exposures(by=scene.developer, exposures=two, to=new, reason="Renewed.")
    requests = [move.request for move in moves]
    assert [request.state if request else "" for request in requests] == ["pending", "pending"]
    assert [request.revision.spec["tls"] for request in requests if request] == [{"secret_name": new.name}] * 2
    first = requests[0]
    assert first is not None
    moved = settle(scene, first)
    assert moved.live_revision is not None
    assert moved.live_revision.facts["certificate_fingerprint"] == new.fingerprint_sha256
    assert uses_of(scene.cluster, "web", "shop-tls") == ["www.shop.example.com"]


def test_what_is_refused_for_one_does_not_stop_the_others(scene: Scene, two: list[Exposure]) -> None:
    narrow = upload(scene, ["www.shop.example.com"])
    again = move_exposures(by=scene.developer, exposures=two, to=narrow)
    assert [(move.code, move.request is not None) for move in again] == [("certificate_not_usable", False), ("", True)]
    repeated = move_exposures(by=scene.developer, exposures=[two[1]], to=narrow)
    assert [move.code for move in repeated] == ["request_open"]
    assert repeated[0].problem.startswith("A request for www.shop.example.com is open already.")
    same = move_exposures(by=scene.developer, exposures=[two[0]], to=Secret.objects.get(name="shop-tls"))
    assert [move.code for move in same] == ["unchanged"]
    with pytest.raises(NotPermitted):
        move_exposures(by=scene.viewer, exposures=[two[0]], to=narrow)


def test_certificate_is_retired_once_nothing_uses_it(scene: Scene) -> None:
    old, new = upload(scene), upload(scene)
    exposure = settle(scene, scene.ask(HOSTS[0], tls=old.name))
    with pytest.raises(Conflict) as used:
        retire(scene, old)
    assert (used.value.code, used.value.fields["used_by"]) == ("certificate_in_use", [HOSTS[0]])

    [move] = move_exposures(by=scene.developer, exposures=[exposure], to=new)
    assert move.request is not None
    settle(scene, move.request)
    retire(scene, old)
    with admin_client(scene.sandbox) as client, pytest.raises(ObjectNotFound):
        client.get(SECRET, "web", old.name)
    assert not Secret.objects.filter(name=old.name).exists()
    event = AuditEvent.objects.newest_first()[0]
    assert (event.verb, event.object_name, event.before) == (
        "certificate.retired",
        f"web/{old.name}",
        {"fingerprint_sha256": old.fingerprint_sha256},
    )


def test_open_request_keeps_its_certificate(scene: Scene) -> None:
    new = upload(scene)
    request = scene.ask(HOSTS[0], tls=new.name)
    with pytest.raises(Conflict):
        retire(scene, new)
    withdraw(by=scene.developer, request=request)
    retire(scene, new)


def test_live_ingress_that_the_portal_does_not_know_yet_keeps_its_certificate(scene: Scene) -> None:
    secret = upload(scene)
    foreign = ingress("web", "by-hand", "hand.example.com")
    foreign["spec"]["tls"] = [{"hosts": ["hand.example.com"], "secretName": secret.name}]
    put(scene.sandbox, foreign)
    with pytest.raises(Conflict) as caught:
        retire(scene, secret)
    assert caught.value.fields["used_by"] == ["by-hand"]


def test_only_what_the_portal_wrote_is_deleted(scene: Scene) -> None:
    with pytest.raises(Conflict) as caught:
        retire(scene, Secret.objects.get(name="shop-tls"))
    assert caught.value.code == "certificate_not_ours"
    assert "kubectl delete secret shop-tls -n web" in caught.value.message
    with admin_client(scene.sandbox) as client:
        assert client.get(SECRET, "web", "shop-tls")["type"] == "kubernetes.io/tls"


def test_name_has_to_be_typed_and_only_developers_of_the_team_retire(scene: Scene) -> None:
    secret = upload(scene)
    cases: list[tuple[User, str, type[Exception]]] = [
        (scene.developer, "other", InvalidInput),
        (scene.viewer, secret.name, NotPermitted),
        (make_platform_admin("platform"), secret.name, NotPermitted),
        (scene.stranger, secret.name, NotFound),
    ]
    for by, confirm, error in cases:
        with pytest.raises(error):
            retire(scene, secret, by=by, confirm=confirm)
    assert Secret.objects.filter(name=secret.name).exists()


def test_cluster_that_forbids_it_or_lost_it_says_so(scene: Scene) -> None:
    secret = upload(scene)
    rules = [{"apiGroups": [rule.group], "resources": [rule.resource], "verbs": rule.verbs} for rule in REQUIRED_RULES]
    token = scene.sandbox.token("portico", rules)
    scene.cluster = rekey_cluster(by=make_platform_admin("platform"), cluster=scene.cluster, token=token)
    with pytest.raises(Forbidden) as caught:
        retire(scene, secret)
    assert caught.value.message.startswith("The portal may not delete Secrets in web of dev-1.")
    with admin_client(scene.sandbox) as client:
        live = client.get(SECRET, "web", secret.name)["metadata"]
        client.delete(SECRET, "web", secret.name, uid=live["uid"])
    with pytest.raises(NotFound):
        retire(scene, secret)

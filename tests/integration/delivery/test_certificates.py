"""Uploading a certificate into a sandbox cluster: what is written there, what is refused, and for whom."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.clusters.services import pause_cluster, rekey_cluster
from apps.common.errors import Conflict, NotFound, NotPermitted, PolicyViolation
from apps.delivery.services import upload_certificate
from apps.delivery.services.certificates import VERSIONS_A_DAY
from apps.inventory.models import Secret
from apps.inventory.selectors import offered_certificates
from apps.inventory.services import refresh_inventory
from apps.kube.errors import Forbidden, Unreachable
from apps.kube.kinds import SECRET
from apps.kube.permissions import REQUIRED_RULES
from testbed.certificates import Leaf
from tests.factories import make_namespace
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import admin_client
from tests.integration.scenes import AUTHORITY, Scene

NAMES = ["new.example.com", "*.new.example.com"]


@pytest.fixture
def leaf() -> Leaf:
    return AUTHORITY.issue(NAMES)


def upload(scene: Scene, leaf: Leaf, **changes: Any) -> Secret:
    wish: dict[str, Any] = {
        "by": scene.developer,
        "cluster": scene.cluster,
        "namespace": "web",
        "name": "new-tls",
        "certificate": leaf.certificate_pem,
        "private_key": leaf.private_key_pem,
    }
    return upload_certificate(**wish | changes)


def refusal(scene: Scene, leaf: Leaf, **changes: Any) -> list[tuple[str, str]]:
    """Code and field of each reason."""
    with pytest.raises(PolicyViolation) as caught:
        upload(scene, leaf, **changes)
    return [(violation.code, violation.field) for violation in caught.value.errors]


def today(name: str = "new-tls") -> str:
    return f"{name}-{timezone.now().date().isoformat()}"


def live(scene: Scene, name: str) -> dict[str, Any]:
    with admin_client(scene.sandbox) as client:
        return client.get(SECRET, "web", name)


def test_upload_writes_a_new_tls_secret_of_the_day(scene: Scene, leaf: Leaf) -> None:
    secret = upload(scene, leaf)

    found = live(scene, today())
    assert secret.name == today()
    assert found["type"] == "kubernetes.io/tls"
    assert found["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "portico"}
    content = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    assert content == {"tls.crt": leaf.certificate_pem, "tls.key": leaf.private_key_pem}


def test_uploaded_certificate_can_be_chosen_at_once_and_a_refresh_changes_nothing(scene: Scene, leaf: Leaf) -> None:
    secret = upload(scene, leaf)

    offered = offered_certificates(scene.cluster, "web", "shop.new.example.com")
    assert [entry["secret_name"] for entry in offered] == [secret.name]
    before = Secret.objects.filter(pk=secret.pk).values().get()
    refresh_inventory(cluster=scene.cluster)
    assert Secret.objects.filter(pk=secret.pk).values().get() == before


def test_upload_never_writes_over_what_is_there(scene: Scene, leaf: Leaf) -> None:
    names = [upload(scene, leaf).name, upload(scene, AUTHORITY.issue(NAMES)).name]
    names.append(upload(scene, AUTHORITY.issue(NAMES), name=names[0]).name)

    assert names == [today(), f"{today()}-2", f"{today()}-3"]
    assert base64.b64decode(live(scene, names[0])["data"]["tls.key"]).decode() == leaf.private_key_pem


def test_upload_gives_up_when_every_name_of_the_day_is_taken(scene: Scene, leaf: Leaf) -> None:
    for _number in range(VERSIONS_A_DAY):
        upload(scene, leaf)

    with pytest.raises(Conflict) as caught:
        upload(scene, leaf)
    assert caught.value.code == "name_taken"


def test_upload_is_audited_by_fingerprint_and_names_only(scene: Scene, leaf: Leaf) -> None:
    secret = upload(scene, leaf)

    event = AuditEvent.objects.newest_first()[0]
    assert (event.verb, event.actor, event.team, event.cluster) == (
        "certificate.uploaded",
        "developer",
        "web",
        "dev-1",
    )
    assert event.object_name == f"web/{today()}"
    assert event.after == {"fingerprint_sha256": secret.fingerprint_sha256, "subject_names": NAMES}


def test_what_is_wrong_with_the_pair_is_told_beside_its_field(scene: Scene, leaf: Leaf) -> None:
    other, now = AUTHORITY.issue(NAMES), timezone.now()
    expired = AUTHORITY.issue(NAMES, not_before=now - timedelta(3), not_after=now - timedelta(1))
    chain, key = leaf.certificate_pem, leaf.private_key_pem
    found = {
        "swapped": refusal(scene, leaf, certificate=key, private_key=chain),
        "mismatch": refusal(scene, leaf, private_key=other.private_key_pem),
        "order": refusal(scene, leaf, certificate=leaf.issuer_pem + chain),
        "expired": refusal(scene, expired),
        "key too": refusal(scene, leaf, certificate=chain + key),
        "no key": refusal(scene, leaf, private_key=" "),
        "no certificate": refusal(scene, leaf, certificate=" "),
        "no PEM": refusal(scene, leaf, certificate="\ufffd\u0001"),
        "torn key": refusal(scene, leaf, private_key=key.replace("-----END", "----END")),
        "authority": refusal(scene, leaf, certificate=leaf.issuer_pem),
    }
    assert found == {
        "swapped": [("fields_swapped", "certificate")],
        "mismatch": [("key_mismatch", "private_key")],
        "order": [("chain_order", "certificate")],
        "expired": [("expired", "certificate")],
        "key too": [("key_in_certificate", "certificate")],
        "no key": [("no_private_key", "private_key")],
        "no certificate": [("no_certificate", "certificate")],
        "no PEM": [("not_pem", "certificate")],
        "torn key": [("damaged_pem", "private_key")],
        "authority": [
            ("key_mismatch", "private_key"),
            ("ca_certificate", "certificate"),
            ("host_not_covered", "certificate"),
        ],
    }


@pytest.mark.parametrize("name", ["", "-", "Shop", "a b", "a/b", "../x", "a..b", "x" * 201, "shop\n"])
def test_name_that_no_secret_can_have_is_refused(scene: Scene, leaf: Leaf, name: str) -> None:
    assert refusal(scene, leaf, name=name) == [("name_invalid", "name")]


def test_only_developers_of_the_owning_team_upload(scene: Scene, leaf: Leaf) -> None:
    make_namespace(scene.cluster, "free")
    platform = make_platform_admin("platform")
    for by, namespace, error in (
        (scene.viewer, "web", NotPermitted),
        (platform, "web", NotPermitted),
        (platform, "free", NotPermitted),
        (scene.stranger, "web", NotFound),
        (scene.developer, "pay", NotFound),
    ):
        with pytest.raises(error):
            upload(scene, leaf, by=by, namespace=namespace)
    assert not Secret.objects.filter(name=today()).exists()


def test_cluster_that_forbids_it_is_named_with_the_way_out(scene: Scene, leaf: Leaf) -> None:
    rules = [{"apiGroups": [rule.group], "resources": [rule.resource], "verbs": rule.verbs} for rule in REQUIRED_RULES]
    token = scene.sandbox.token("portico", rules)
    rekey_cluster(by=make_platform_admin("platform"), cluster=scene.cluster, token=token)

    with pytest.raises(Forbidden) as caught:
        upload(scene, leaf)
    assert caught.value.message == (
        "The portal may not create Secrets in web of dev-1. A platform admin can allow it as the"
        " cluster's RBAC manifest says, or create the Secret with kubectl."
    )


def test_paused_and_silent_clusters_are_not_written_to(scene: Scene, leaf: Leaf) -> None:
    scene.sandbox.refuse()
    with pytest.raises(Unreachable):
        upload(scene, leaf)
    scene.sandbox.clear()
    cluster = pause_cluster(by=make_platform_admin("platform"), cluster=scene.cluster, reason="Upgrade.")
    with pytest.raises(Conflict) as caught:
        upload(scene, leaf, cluster=cluster)
    assert (caught.value.code, caught.value.message) == ("cluster_paused", "Cluster dev-1 is paused: Upgrade.")
    assert not Secret.objects.filter(name=today()).exists()

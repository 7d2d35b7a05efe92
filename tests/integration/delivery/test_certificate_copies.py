"""Copies of Opaque Secrets as TLS Secrets in a sandbox cluster: what is copied, what is refused, and for whom."""

from __future__ import annotations

import base64
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.clusters.services import pause_cluster
from apps.common.errors import Conflict, NotFound, NotPermitted, PolicyViolation
from apps.delivery.services import copy_certificate
from apps.inventory.models import Secret
from apps.inventory.selectors import offered_certificates
from apps.kube.kinds import SECRET
from testbed.certificates import Leaf
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import admin_client, put
from tests.integration.scenes import AUTHORITY, Scene

NAMES = ["pair.example.com"]
NUMBERS = count()


def secret(name: str, entries: dict[str, str], kind: str = "Opaque") -> dict[str, Any]:
    metadata = {"namespace": "web", "name": name}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "stringData": entries}


def pair(leaf: Leaf) -> dict[str, str]:
    return {"tls.crt": leaf.certificate_pem, "tls.key": leaf.private_key_pem}


@pytest.fixture
def leaf() -> Leaf:
    return AUTHORITY.issue(NAMES)


def copy(scene: Scene, name: str = "pair", **changes: Any) -> Secret:
    wish: dict[str, Any] = {"by": scene.developer, "cluster": scene.cluster, "namespace": "web", "from_secret": name}
    return copy_certificate(**wish | changes)


def refusal(scene: Scene, entries: dict[str, str], **changes: Any) -> list[tuple[str, str]]:
    name = f"pair-{next(NUMBERS)}"
    put(scene.sandbox, secret(name, entries))
    with pytest.raises(PolicyViolation) as caught:
        copy(scene, name, **changes)
    return [(one.code, one.field) for one in caught.value.errors]


def today(name: str = "pair") -> str:
    return f"{name}-{timezone.now().date().isoformat()}"


def test_copy_is_a_tls_secret_of_the_day_beside_the_untouched_source(scene: Scene, leaf: Leaf) -> None:
    put(scene.sandbox, secret("pair", pair(leaf)))
    made = copy(scene, host="pair.example.com")

    with admin_client(scene.sandbox) as client:
        live, source = client.get(SECRET, "web", today()), client.get(SECRET, "web", "pair")
    assert (made.name, live["type"], source["type"]) == (today(), "kubernetes.io/tls", "Opaque")
    assert live["data"] == source["data"]
    assert live["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "portico"}
    offered = offered_certificates(scene.cluster, "web", "pair.example.com")
    assert [entry["secret_name"] for entry in offered] == [today()]


@pytest.mark.parametrize(
    "names", [("server.crt", "server.key"), ("cert.pem", "key.pem"), ("ca.crt", "one.pem"), ("both.pem", "both.pem")]
)
def test_pair_is_found_whatever_its_entries_are_called(scene: Scene, leaf: Leaf, names: tuple[str, str]) -> None:
    first, second = names
    entries = {first: leaf.certificate_pem, second: leaf.private_key_pem}
    if first == second:
        entries = {first: leaf.private_key_pem + leaf.certificate_pem}
    put(scene.sandbox, secret("pair", {"a-root.pem": leaf.issuer_pem, "note": "text", **entries}))
    copy(scene)
    with admin_client(scene.sandbox) as client:
        live = client.get(SECRET, "web", today())
    content = {name: base64.b64decode(text).decode() for name, text in live["data"].items()}
    assert content == pair(leaf)


def test_copy_is_audited_with_its_source_and_without_its_key(scene: Scene, leaf: Leaf) -> None:
    put(scene.sandbox, secret("pair", pair(leaf)))
    made = copy(scene)
    event = AuditEvent.objects.newest_first()[0]
    assert (event.verb, event.object_name, event.team) == ("certificate.copied", f"web/{today()}", "web")
    assert event.after == {
        "fingerprint_sha256": made.fingerprint_sha256,
        "subject_names": NAMES,
        "from_secret": "pair",
    }


def test_what_holds_no_good_pair_is_refused_with_the_reason(scene: Scene, leaf: Leaf) -> None:
    other = AUTHORITY.issue(NAMES)
    found = {
        "authority only": refusal(scene, {"ca.crt": leaf.issuer_pem}),
        "nothing": refusal(scene, {"auth": "user:password"}),
        "key only": refusal(scene, {"tls.key": leaf.private_key_pem}),
        "mismatch": refusal(scene, pair(leaf) | {"tls.key": other.private_key_pem}),
        "no text": refusal(scene, {"tls.crt": "\u0001", "tls.key": "x"}),
        "other host": refusal(scene, pair(leaf), host="shop.example.com"),
    }
    assert found == {
        "authority only": [
            ("no_private_key", "from_secret"),
            ("ca_certificate", "from_secret"),
            ("host_not_covered", "from_secret"),
        ],
        "nothing": [("no_certificate", "from_secret"), ("no_private_key", "from_secret")],
        "key only": [("no_certificate", "from_secret")],
        "mismatch": [("key_mismatch", "from_secret")],
        "no text": [("not_pem", "from_secret")],
        "other host": [("host_not_covered", "from_secret")],
    }
    assert list(Secret.objects.filter(namespace="web", is_tls=True).values_list("name", flat=True)) == ["shop-tls"]


def test_only_opaque_secrets_are_opened(scene: Scene, leaf: Leaf) -> None:
    put(scene.sandbox, secret("robot", pair(leaf), "example.com/robot"))
    with pytest.raises(PolicyViolation) as caught:
        copy(scene, "robot")
    assert [one.code for one in caught.value.errors] == ["not_copyable"]
    with pytest.raises(Conflict):
        copy(scene, "shop-tls")
    for name in ("missing", "..", ""):
        with pytest.raises((NotFound, PolicyViolation)):
            copy(scene, name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../pair", "../../pay/secrets/pair", "pair/status", "%2e%2e/pair", "a b"]
)
def test_name_that_no_secret_has_asks_the_cluster_for_nothing_else(scene: Scene, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        copy(scene, name)
    assert caught.value.code == "certificate_not_found"


def test_only_developers_of_the_owning_team_copy(scene: Scene, leaf: Leaf) -> None:
    put(scene.sandbox, secret("pair", pair(leaf)))
    for by, error in (
        (scene.viewer, NotPermitted),
        (make_platform_admin("platform"), NotPermitted),
        (scene.stranger, NotFound),
    ):
        with pytest.raises(error):
            copy(scene, by=by)
    pause_cluster(by=make_platform_admin("boss"), cluster=scene.cluster, reason="Upgrade.")
    scene.cluster.refresh_from_db()
    with pytest.raises(Conflict):
        copy(scene)

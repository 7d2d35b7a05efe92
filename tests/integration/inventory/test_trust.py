"""Private roots: who registers them, what is refused, and what they change about certificates known already."""

from __future__ import annotations

from typing import Any

import pytest

from apps.audit.models import AuditEvent
from apps.common.errors import Conflict, NotPermitted, PolicyViolation
from apps.inventory.models import PrivateRoot, Secret
from apps.inventory.services import add_root, judge_trust_again, refresh_inventory, remove_root
from apps.kube.certificates import UnreadableCertificate, read_chain
from apps.kube.certificates.roots import Roots
from testbed.certificates import CertificateAuthority
from tests.factories.people import make_platform_admin, make_user
from tests.integration.sandboxes import put
from tests.integration.scenes import AUTHORITY, Scene

UNTRUSTED, TRUSTED = ["untrusted", "root_included"], ["root_included"]


def warnings_of(name: str = "shop-tls") -> list[str]:
    found: list[str] = Secret.objects.get(name=name).warnings
    return found


def test_what_no_known_authority_stands_behind_is_warned_of_and_offered_all_the_same(scene: Scene) -> None:
    secret = Secret.objects.get(name="shop-tls")

    assert (secret.usable, secret.warnings) == (True, UNTRUSTED)
    assert "BEGIN CERTIFICATE" in secret.chain_pem
    assert "KEY" not in secret.chain_pem


def test_registered_root_takes_the_warning_away_and_its_removal_brings_it_back(scene: Scene) -> None:
    admin = make_platform_admin("platform")
    root = add_root(by=admin, name="Scene", certificate=AUTHORITY.certificate_pem)
    judge_trust_again()
    assert warnings_of() == TRUSTED

    remove_root(by=admin, root=root)
    judge_trust_again()
    assert warnings_of() == UNTRUSTED
    assert [event.verb for event in AuditEvent.objects.newest_first()[:2]] == [
        "private_root.removed",
        "private_root.added",
    ]


def test_refresh_judges_trust_anew_without_reading_secrets_again(scene: Scene) -> None:
    add_root(by=make_platform_admin("platform"), name="Scene", certificate=AUTHORITY.certificate_pem)
    before = Secret.objects.get(name="shop-tls").resource_version
    refresh_inventory(cluster=scene.cluster)

    assert warnings_of() == TRUSTED
    assert Secret.objects.get(name="shop-tls").resource_version == before
    assert judge_trust_again() == 0


def test_only_platform_admins_register_roots(db: None) -> None:
    with pytest.raises(NotPermitted):
        add_root(by=make_user("ada"), name="Ours", certificate=AUTHORITY.certificate_pem)
    assert PrivateRoot.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nothing", "unparsable"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "unparsable"),
        ("two", "unparsable"),
        ("leaf", "not_an_authority"),
    ],
)
def test_what_is_not_one_authority_is_refused_with_the_reason(db: None, text: str, code: str) -> None:
    made = {"two": AUTHORITY.certificate_pem * 2, "leaf": AUTHORITY.issue(["a.example.com"]).certificate_pem}
    with pytest.raises(PolicyViolation) as caught:
        add_root(by=make_platform_admin("platform"), name="Ours", certificate=made.get(text, text))
    assert [(one.code, one.field) for one in caught.value.errors] == [(code, "certificate")]


def test_root_and_name_are_registered_once(db: None) -> None:
    admin = make_platform_admin("platform")
    root = add_root(by=admin, name="Ours", certificate="a comment\n" + AUTHORITY.certificate_pem)
    assert root.certificate == AUTHORITY.certificate_pem
    for name, authority in (("Other", AUTHORITY), ("Ours", CertificateAuthority("Else"))):
        with pytest.raises(Conflict):
            add_root(by=admin, name=name, certificate=authority.certificate_pem)
    assert PrivateRoot.objects.count() == 1


def test_stored_chain_tells_where_it_ends(db: None) -> None:
    leaf = AUTHORITY.issue(["a.example.com"])
    known, unknown = Roots([AUTHORITY.certificate]), Roots()
    chain = read_chain(leaf.certificate_pem, known)
    assert [(link.subject, link.issuer, link.key_type) for link in chain.links] == [
        ("a.example.com", "Scene CA", "EC P-256")
    ]
    assert chain.anchor is not None
    assert chain.anchor.subject == "Scene CA"
    assert read_chain(leaf.certificate_pem + leaf.issuer_pem, unknown).ends_in_itself
    assert read_chain(leaf.certificate_pem, unknown).anchor is None
    with pytest.raises(UnreadableCertificate):
        read_chain("", known)


def test_certificate_known_from_before_chains_were_kept_is_read_again(scene: Scene) -> None:
    Secret.objects.filter(name="shop-tls").update(chain_pem="")
    refresh_inventory(cluster=scene.cluster)
    assert "BEGIN CERTIFICATE" in Secret.objects.get(name="shop-tls").chain_pem


def test_opaque_secrets_are_told_from_others_that_stay_nameless_types(scene: Scene) -> None:
    metadata: dict[str, Any] = {"namespace": "web", "name": "robot"}
    put(
        scene.sandbox,
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "example.com/robot", "stringData": {}},
    )
    refresh_inventory(cluster=scene.cluster)
    types = dict(Secret.objects.filter(namespace="web").values_list("name", "type"))
    assert types == {"shop-tls": "kubernetes.io/tls", "client-ca": "Opaque", "robot": ""}

"""Uploading certificates over REST: what comes back, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.enums import Scope
from apps.inventory.services import refresh_inventory
from testbed.certificates import Leaf
from tests.factories.people import make_auditor, make_platform_admin
from tests.integration.api.calls import Caller, codes, wish
from tests.integration.sandboxes import put
from tests.integration.scenes import AUTHORITY, Scene

PATH = "clusters/dev-1/namespaces/web/certificates/"


@pytest.fixture
def leaf() -> Leaf:
    return AUTHORITY.issue(["new.example.com"])


def pair(leaf: Leaf, **changes: Any) -> dict[str, Any]:
    return {"name": "new-tls", "certificate": leaf.certificate_pem, "private_key": leaf.private_key_pem} | changes


def test_upload_answers_with_the_entry_that_the_list_has(developer: Caller, leaf: Leaf) -> None:
    answer = developer.post(PATH, pair(leaf))

    assert answer.status_code == 201
    assert answer.body["secret_name"] == f"new-tls-{timezone.now().date().isoformat()}"
    assert (answer.body["usable"], answer.body["subject_names"]) == (True, ["new.example.com"])
    [listed] = developer.get(f"{PATH}?host=new.example.com").body["results"]
    assert listed == answer.body | {"covers_host": True}


def test_upload_that_is_no_good_says_why_in_the_readers_language(developer: Caller, leaf: Leaf) -> None:
    swapped = pair(leaf, certificate=leaf.private_key_pem, private_key=leaf.certificate_pem)
    answer = developer.post(PATH, swapped)
    translated = developer.post(PATH, swapped, accept_language="zh-Hans")

    assert (answer.status_code, answer.body["code"]) == (422, "policy_violation")
    assert codes(answer) == codes(translated) == [("fields_swapped", "certificate")]
    assert answer.body["errors"][0]["message"] != translated.body["errors"][0]["message"]


def test_upload_with_an_idempotency_key_happens_once(developer: Caller, leaf: Leaf) -> None:
    first, second = (developer.post(PATH, pair(leaf), idempotency_key="once") for _attempt in range(2))

    assert first.body == second.body
    assert developer.get(f"{PATH}?host=new.example.com").body["count"] == 1


@pytest.mark.parametrize(
    "changes", [{"private_key": None}, {"private_key": ""}, {"certificate": ["x"]}, {"key": "x"}, {"name": 1}]
)
def test_upload_of_another_shape_is_refused(developer: Caller, leaf: Leaf, changes: dict[str, Any]) -> None:
    answer = developer.post(PATH, pair(leaf, **changes))

    assert (answer.status_code, len(answer.body["errors"])) == (400, 1)
    assert leaf.private_key_pem.splitlines()[1] not in answer.content.decode()


def test_upload_needs_the_scope_to_write_exposures(scene: Scene, leaf: Leaf) -> None:
    caller = Caller(scene.developer, scopes=[Scope.CLUSTERS_READ])

    assert caller.post(PATH, pair(leaf)).body["scope"] == Scope.EXPOSURES_WRITE
    assert Caller(scene.developer, scopes=[Scope.EXPOSURES_WRITE]).post(PATH, pair(leaf)).status_code == 201


def test_upload_to_a_cluster_that_does_not_answer_is_unavailable(developer: Caller, scene: Scene, leaf: Leaf) -> None:
    scene.sandbox.refuse()

    answer = developer.post(PATH, pair(leaf))

    assert (answer.status_code, answer.body["code"]) == (503, "cluster_unreachable")


OPAQUE = {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "web", "name": "pair"}, "type": "Opaque"}


UNSEEN = (
    "What it holds was not looked at. Ask for a copy: a good pair is copied, of anything else you are told why not."
)


def put_pair(scene: Scene, leaf: Leaf) -> None:
    content = {"server.crt": leaf.certificate_pem, "server.key": leaf.private_key_pem}
    put(scene.sandbox, {**OPAQUE, "stringData": content})
    refresh_inventory(cluster=scene.cluster)


def test_row_of_an_opaque_secret_promises_nothing_and_asking_tells(developer: Caller, scene: Scene, leaf: Leaf) -> None:
    """Whatever it holds, its row says the same: nobody looked. Who asks for the copy is told what it was."""
    key = AUTHORITY.issue(["new.example.com"]).private_key_pem
    held = {
        "good": {"tls.crt": leaf.certificate_pem, "tls.key": leaf.private_key_pem},
        "authority": {"ca.crt": leaf.issuer_pem},
        "mismatch": {"tls.crt": leaf.certificate_pem, "tls.key": key},
        "password": {"auth": "user:password"},
    }
    for name, content in held.items():
        metadata = {"namespace": "web", "name": name}
        put(scene.sandbox, {**OPAQUE, "metadata": metadata, "stringData": content})
    refresh_inventory(cluster=scene.cluster)

    listed = developer.get(f"{PATH}?host=new.example.com&include=rejected").body["results"]
    rows = {row.pop("secret_name"): row for row in listed if row["secret_name"] in held}
    asked = {name: developer.post(f"{PATH}copy/", {"from_secret": name, "host": "new.example.com"}) for name in held}

    assert rows == dict.fromkeys(held, rows["good"])
    assert rows["good"]["reasons"][0]["hint"] == UNSEEN
    assert {name: codes(answer)[0] for name, answer in asked.items() if name != "good"} == {
        "authority": ("no_private_key", "from_secret"),
        "mismatch": ("key_mismatch", "from_secret"),
        "password": ("no_certificate", "from_secret"),
    }
    assert {name: answer.status_code for name, answer in asked.items()} == dict.fromkeys(held, 422) | {"good": 201}


def test_opaque_pair_is_named_with_the_way_out_and_its_copy_can_be_chosen(
    developer: Caller, scene: Scene, leaf: Leaf
) -> None:
    put_pair(scene, leaf)
    listed = developer.get(f"{PATH}?host=new.example.com&include=rejected").body["results"]
    entry = next(row for row in listed if row["secret_name"] == "pair")
    assert (entry["usable"], entry["may_be_copied"], entry["reasons"]) == (
        False,
        True,
        [
            {
                "code": "not_tls_type",
                "message": "The secret is of type Opaque, not kubernetes.io/tls.",
                "hint": UNSEEN,
            }
        ],
    )

    answer = developer.post(f"{PATH}copy/", {"from_secret": "pair", "host": "NEW.example.com"})
    assert (answer.status_code, answer.body["usable"], answer.body["subject_names"]) == (201, True, ["new.example.com"])
    assert answer.body["secret_name"] == f"pair-{timezone.now().date().isoformat()}"
    assert leaf.private_key_pem.splitlines()[1] not in answer.content.decode()


def test_copy_that_would_be_no_good_is_refused_with_the_reason(developer: Caller, scene: Scene, leaf: Leaf) -> None:
    put_pair(scene, leaf)
    found = {
        name: codes(developer.post(f"{PATH}copy/", {"from_secret": secret, "host": host}))
        for name, secret, host in (
            ("authority", "client-ca", ""),
            ("other host", "pair", "shop.example.com"),
            ("no host", "pair", "-bad-"),
        )
    }
    assert found == {
        "authority": [("no_certificate", "from_secret"), ("no_private_key", "from_secret")],
        "other host": [("host_not_covered", "from_secret")],
        "no host": [("host_invalid", "host")],
    }
    assert developer.post(f"{PATH}copy/", {"from_secret": "missing"}).status_code == 404
    assert developer.post(f"{PATH}copy/", {"from_secret": "shop-tls"}).body["code"] == "is_tls_already"


def test_names_of_other_types_are_only_for_those_who_may_choose(scene: Scene, leaf: Leaf) -> None:
    put_pair(scene, leaf)
    people = {
        "developer": scene.developer,
        "viewer": scene.viewer,
        "platform": make_platform_admin("platform"),
        "auditor": make_auditor("auditor"),
    }
    address = f"{PATH}?host=shop.example.org&include=rejected"
    named = {
        name: [row["secret_name"] for row in Caller(user).get(address).body["results"]] for name, user in people.items()
    }
    everything, tls_only = ["shop-tls", "client-ca", "pair"], ["shop-tls"]
    assert named == {"developer": everything, "viewer": tls_only, "platform": everything, "auditor": tls_only}
    assert Caller(scene.viewer).post(f"{PATH}copy/", {"from_secret": "pair"}).status_code == 403
    assert Caller(scene.stranger).post(f"{PATH}copy/", {"from_secret": "pair"}).status_code == 404


def test_list_is_searched_by_name_issuer_and_names(developer: Caller, leaf: Leaf) -> None:
    developer.post(PATH, pair(leaf))
    found = {
        text: [row["secret_name"].partition("-")[0] for row in developer.get(f"{PATH}?search={text}").body["results"]]
        for text in ("new.example", "SCENE", "shop www", "nothing")
    }
    assert found == {"new.example": ["new"], "SCENE": ["new", "shop"], "shop www": ["shop"], "nothing": []}


def test_default_certificate_is_chosen_instead_of_a_secret(developer: Caller, scene: Scene) -> None:
    platform = Caller(make_platform_admin("platform"))
    declared = platform.put("clusters/dev-1/default-certificate/", {"names": ["*.example.com"]})
    assert (declared.status_code, declared.body["names"]) == (200, ["*.example.com"])
    assert developer.get("clusters/dev-1/default-certificate/")["ETag"] == declared["ETag"]
    body = wish("shop.example.com", tls={"default_certificate": True})
    made = developer.post("exposures/", body)
    assert (made.status_code, made.body["spec"]["tls"]) == (201, {"default_certificate": True})
    assert made.body["url"].startswith("https://")
    found = {
        name: codes(developer.post("exposures/?dry_run=true", wish("other.example.com", tls=tls)))
        for name, tls in (("nothing", {}), ("unknown", {"default": True}))
    }
    assert found == {"nothing": [("required", "tls.secret_name")], "unknown": [("unknown_field", "tls.default")]}


def test_declaration_that_moved_is_not_overwritten(developer: Caller) -> None:
    platform, path = Caller(make_platform_admin("platform")), "clusters/dev-1/default-certificate/"
    read = platform.get(path)
    assert platform.put(path, {"names": ["*.example.com"]}, If_Match=read["ETag"]).status_code == 200
    assert platform.put(path, {"names": ["*.example.org"]}, If_Match=read["ETag"]).status_code == 412
    assert platform.delete(path, If_Match=read["ETag"]).status_code == 412
    assert platform.get(path).body["names"] == ["*.example.com"]


def test_certificate_that_was_replaced_meanwhile_is_not_retired(developer: Caller, leaf: Leaf) -> None:
    made = developer.post(PATH, pair(leaf))
    place = f"{PATH}{made.body['secret_name']}/"
    assert developer.delete(place, If_Match='"other"').status_code == 412
    assert developer.delete(place, If_Match=made["ETag"]).status_code == 204


def test_exposures_move_and_the_old_certificate_is_retired(developer: Caller, approver: Caller, leaf: Leaf) -> None:
    old, new = (developer.post(PATH, pair(leaf)).body["secret_name"] for _version in range(2))
    made = developer.post("exposures/", wish("new.example.com", tls={"secret_name": old})).body
    moved = developer.post(f"{PATH}{new}/move/", {"exposures": [made["id"]]}).body["moves"]
    assert [(row["exposure"], row["request"], row["code"]) for row in moved] == [(made["id"], None, "request_open")]

    decision = {"content_hash": made["change_request"]["content_hash"]}
    approver.post(f"requests/{made['change_request']['id']}/approve/", decision)
    used = developer.delete(f"{PATH}{old}/")
    assert (used.status_code, used.body["code"]) == (409, "certificate_in_use")
    assert developer.delete(f"{PATH}{new}/").status_code == 204
    assert developer.delete(f"{PATH}{new}/").status_code == 404

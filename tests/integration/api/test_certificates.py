"""Uploading certificates over REST: what comes back, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.enums import Scope
from testbed.certificates import Leaf
from tests.integration.api.calls import Caller, codes
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

"""Deletes: only what was meant, and never twice."""

import pytest

from tests.cluster.contract.api import Api
from tests.cluster.contract.objects import ingress, labelled, secret


@pytest.fixture
def shop(api: Api, ingresses: str) -> str:
    assert api.create(ingresses, ingress()).code == 201
    return f"{ingresses}/shop"


def test_delete_answers_with_the_uid(api: Api, shop: str) -> None:
    uid = api.get(shop).body["metadata"]["uid"]

    answer = api.delete(shop)

    assert answer.code == 200
    assert answer.body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "shop", "group": "networking.k8s.io", "kind": "ingresses", "uid": uid},
    }
    assert api.get(shop).code == 404


def test_second_delete_is_not_found(api: Api, shop: str) -> None:
    api.delete(shop)

    assert api.delete(shop).refusal == (404, "NotFound")


def test_delete_with_the_right_preconditions(api: Api, shop: str) -> None:
    metadata = api.get(shop).body["metadata"]
    stated = {"uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]}

    assert api.delete(shop, {"preconditions": stated}).code == 200


def test_delete_of_another_uid_is_a_conflict(api: Api, shop: str) -> None:
    uid = api.get(shop).body["metadata"]["uid"]

    answer = api.delete(shop, {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": "abc"}})

    assert answer.refusal == (409, "Conflict")
    assert answer.body["message"] == (
        'Operation cannot be fulfilled on Ingress.networking.k8s.io "shop": the UID in the precondition (abc) does not '
        f"match the UID in record ({uid}). The object might have been deleted and then recreated"
    )
    assert api.get(shop).code == 200


def test_delete_of_an_old_version_is_a_conflict(api: Api, shop: str) -> None:
    version = api.get(shop).body["metadata"]["resourceVersion"]
    api.patch(shop, {"metadata": {"labels": {"a": "b"}}})

    answer = api.delete(shop, {"preconditions": {"resourceVersion": version}})

    assert answer.refusal == (409, "Conflict")
    assert f"the ResourceVersion in the precondition ({version}) does not match" in answer.body["message"]


def test_dry_run_deletes_nothing(api: Api, shop: str) -> None:
    assert api.delete(shop, dryRun="All").code == 200
    assert api.delete(shop, {"dryRun": ["All"]}).code == 200
    assert api.get(shop).code == 200


def test_unknown_options_are_a_bad_request(api: Api, shop: str) -> None:
    assert api.delete(shop, {"kind": "Ingress"}).refusal == (400, "BadRequest")
    assert api.get(shop).code == 200


def test_collection_is_deleted_by_selector(api: Api, secrets: str) -> None:
    for name, keep in (("a", "no"), ("b", "yes")):
        api.create(secrets, labelled(secret(name), keep=keep))

    answer = api.delete(secrets, labelSelector="keep=no")

    assert (answer.code, answer.body["kind"], answer.names) == (200, "SecretList", ["a"])
    assert api.get(secrets).names == ["b"]


def test_namespace_is_terminating(api: Api) -> None:
    name = api.create_namespace()

    answer = api.delete(f"/api/v1/namespaces/{name}")

    assert (answer.code, answer.body["kind"], answer.body["status"]["phase"]) == (200, "Namespace", "Terminating")

"""Server-side apply: what the product writes with. Ownership, conflicts, force, dry run, and the unchanged apply
that writes nothing.
"""

import pytest

from tests.cluster.contract.api import Api, Object
from tests.cluster.contract.objects import annotated, ingress, labelled, managers, path, service

RULES_ONLY: Object = {"f:spec": {"f:rules": {}}}


@pytest.fixture
def shop(ingresses: str) -> str:
    return f"{ingresses}/shop"


def test_first_apply_creates(api: Api, shop: str) -> None:
    answer = api.apply(shop, labelled(ingress(), team="web"))

    assert answer.code == 201
    metadata = answer.body["metadata"]
    assert (metadata["generation"], metadata["labels"]) == (1, {"team": "web"})
    assert answer.body["spec"] == ingress()["spec"]
    assert answer.body["status"] == {"loadBalancer": {}}
    assert metadata["managedFields"] == [
        {
            "manager": "portico",
            "operation": "Apply",
            "apiVersion": "networking.k8s.io/v1",
            "time": metadata["creationTimestamp"],
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:metadata": {"f:labels": {"f:team": {}}}, "f:spec": {"f:rules": {}}},
        }
    ]


def test_unchanged_apply_writes_nothing(api: Api, shop: str) -> None:
    first = api.apply(shop, labelled(ingress(), team="web"))
    again = api.apply(shop, labelled(ingress(), team="web"))

    assert (first.code, again.code) == (201, 200)
    assert again.body == first.body


def test_changed_spec_counts_a_generation(api: Api, shop: str) -> None:
    before = api.apply(shop, ingress()).body["metadata"]
    after = api.apply(shop, ingress(host="other.example.com"))

    metadata = after.body["metadata"]
    assert (after.code, metadata["generation"], metadata["uid"]) == (200, 2, before["uid"])
    assert int(metadata["resourceVersion"]) > int(before["resourceVersion"])


def test_changed_label_counts_no_generation(api: Api, shop: str) -> None:
    api.apply(shop, ingress())

    assert api.apply(shop, labelled(ingress(), team="web")).body["metadata"]["generation"] == 1


def test_field_no_longer_stated_is_removed(api: Api, shop: str) -> None:
    api.apply(shop, labelled(ingress(ingressClassName="nginx"), team="web", tier="front"))
    answer = api.apply(shop, labelled(ingress(), team="web"))

    assert answer.body["metadata"]["labels"] == {"team": "web"}
    assert answer.body["spec"] == ingress()["spec"]


def test_last_label_leaves_no_empty_map(api: Api, shop: str) -> None:
    api.apply(shop, labelled(ingress(), team="web"))

    assert "labels" not in api.apply(shop, ingress()).body["metadata"]


def test_field_of_another_manager_stays(api: Api, shop: str) -> None:
    api.apply(shop, ingress())
    api.patch(shop, {"metadata": {"labels": {"theirs": "yes"}}}, fieldManager="other")
    answer = api.apply(shop, ingress())

    assert answer.body["metadata"]["labels"] == {"theirs": "yes"}


def test_shared_field_stays_until_its_last_owner_lets_go(api: Api, shop: str) -> None:
    api.apply(shop, labelled(ingress(), team="web"))
    api.apply(shop, labelled(ingress(), team="web"), "other")

    shared = api.apply(shop, ingress(), "other").body["metadata"].get("labels")
    alone = api.apply(shop, ingress()).body["metadata"].get("labels")

    assert (shared, alone) == ({"team": "web"}, None)


def test_same_value_of_another_manager_is_shared(api: Api, shop: str) -> None:
    before = api.apply(shop, ingress()).body["metadata"]
    answer = api.apply(shop, ingress(), "other")

    assert (answer.code, answer.body["metadata"]["generation"]) == (200, 1)
    assert int(answer.body["metadata"]["resourceVersion"]) > int(before["resourceVersion"])
    assert managers(answer.body) == [("other", "Apply", RULES_ONLY), ("portico", "Apply", RULES_ONLY)]


def test_other_value_is_a_conflict_that_names_the_manager(api: Api, shop: str) -> None:
    api.apply(shop, ingress())
    answer = api.apply(shop, ingress(host="other.example.com"), "other")

    assert answer.refusal == (409, "Conflict")
    assert answer.body["message"] == 'Apply failed with 1 conflict: conflict with "portico": .spec.rules'
    assert answer.body["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "portico"', "field": ".spec.rules"}
    ]


def test_conflict_with_an_update_names_its_version(api: Api, shop: str) -> None:
    api.apply(shop, ingress())
    api.patch(shop, {"spec": {"ingressClassName": "theirs"}}, fieldManager="kubectl-edit")
    answer = api.apply(shop, ingress(ingressClassName="ours"))

    who = 'conflict with "kubectl-edit" using networking.k8s.io/v1'
    assert answer.body["message"] == f"Apply failed with 1 conflict: {who}: .spec.ingressClassName"
    assert [cause["message"] for cause in answer.body["details"]["causes"]] == [who]


def test_several_conflicts_are_all_named(api: Api, shop: str) -> None:
    api.apply(shop, labelled(ingress(), team="web"))
    answer = api.apply(shop, labelled(ingress(host="b.example.com"), team="pay"), "other")

    assert answer.body["message"] == (
        'Apply failed with 2 conflicts: conflicts with "portico":\n- .metadata.labels.team\n- .spec.rules'
    )
    assert answer.causes == [
        ("FieldManagerConflict", ".metadata.labels.team"),
        ("FieldManagerConflict", ".spec.rules"),
    ]


def test_conflict_changes_nothing(api: Api, shop: str) -> None:
    before = api.apply(shop, ingress()).body
    api.apply(shop, ingress(host="other.example.com"), "other")

    assert api.get(shop).body == before


def test_force_takes_the_field_over(api: Api, shop: str) -> None:
    api.apply(shop, annotated(ingress(), note="ours"))
    answer = api.apply(shop, ingress(host="other.example.com"), "other", force="true")

    assert (answer.code, answer.body["spec"]["rules"][0]["host"]) == (200, "other.example.com")
    assert managers(answer.body) == [
        ("other", "Apply", RULES_ONLY),
        ("portico", "Apply", {"f:metadata": {"f:annotations": {"f:note": {}}}}),
    ]


def test_dry_run_of_a_creation_shows_it_and_writes_nothing(api: Api, shop: str) -> None:
    answer = api.apply(shop, ingress(), dryRun="All")

    assert (answer.code, answer.body["spec"]) == (201, ingress()["spec"])
    assert "resourceVersion" not in answer.body["metadata"]
    assert api.get(shop).code == 404


def test_dry_run_of_a_change_shows_it_and_writes_nothing(api: Api, shop: str) -> None:
    before = api.apply(shop, ingress()).body
    answer = api.apply(shop, ingress(host="other.example.com"), dryRun="All")

    assert (answer.code, answer.body["metadata"]["generation"]) == (200, 2)
    assert answer.body["spec"]["rules"][0]["host"] == "other.example.com"
    assert api.get(shop).body == before


def test_dry_run_conflicts_like_the_real_thing(api: Api, shop: str) -> None:
    api.apply(shop, ingress())

    assert api.apply(shop, ingress(host="b.example.com"), "other", dryRun="All").refusal == (409, "Conflict")


def test_dry_run_validates(api: Api, shop: str) -> None:
    answer = api.apply(shop, ingress(host="UPPER"), dryRun="All")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [("FieldValueInvalid", "spec.rules[0].host")])


def test_unknown_dry_run_is_invalid(api: Api, shop: str) -> None:
    answer = api.apply(shop, ingress(), dryRun="Some")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [("FieldValueNotSupported", "dryRun")])


def test_stale_version_is_a_conflict(api: Api, shop: str) -> None:
    first = api.apply(shop, ingress()).body["metadata"]["resourceVersion"]
    api.apply(shop, labelled(ingress(), team="web"))
    stale = ingress()
    stale["metadata"] |= {"resourceVersion": first}

    assert api.apply(shop, stale).refusal == (409, "Conflict")


def test_uid_of_an_object_that_is_gone_is_a_conflict(api: Api, shop: str) -> None:
    gone = ingress()
    gone["metadata"] |= {"uid": "8e6a4a52-5ac2-4a0b-8a4b-0d6b9f9ae5a1"}

    assert api.apply(shop, gone).refusal == (409, "Conflict")


def test_apply_does_not_touch_the_status(api: Api, shop: str) -> None:
    api.apply(shop, ingress())
    api.patch(f"{shop}/status", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}, fieldManager="router")
    answer = api.apply(shop, ingress() | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}})

    assert answer.body["status"] == {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert managers(answer.body)[0] == ("portico", "Apply", RULES_ONLY)


def test_apply_after_a_plain_change_takes_it_back_by_force(api: Api, shop: str) -> None:
    api.apply(shop, ingress())
    api.patch(
        shop, {"spec": {"rules": ingress(host="drifted.example.com")["spec"]["rules"]}}, fieldManager="kubectl-edit"
    )

    refused = api.apply(shop, ingress())
    forced = api.apply(shop, ingress(), force="true")

    assert (refused.code, forced.code) == (409, 200)
    assert managers(forced.body) == [("portico", "Apply", RULES_ONLY)]


NOT_INGRESSES = [
    ({"apiVersion": "", "kind": ""}, "invalid object type: /, Kind="),
    ({"kind": "Service"}, "invalid object type: networking.k8s.io/v1, Kind=Service"),
]


@pytest.mark.parametrize(("change", "message"), NOT_INGRESSES)
def test_wrong_type_is_a_bad_request(api: Api, shop: str, change: dict[str, str], message: str) -> None:
    stated = {name: value for name, value in (ingress() | change).items() if value}

    answer = api.apply(shop, stated)

    assert (answer.refusal, answer.body["message"]) == ((400, "BadRequest"), message)


def test_other_name_than_the_path_is_a_bad_request(api: Api, shop: str) -> None:
    answer = api.apply(shop, ingress(name="docs"))

    assert answer.refusal == (400, "BadRequest")
    assert answer.body["message"] == "the name of the object (docs) does not match the name on the URL (shop)"


def test_managed_fields_may_not_be_applied(api: Api, shop: str) -> None:
    stated = ingress()
    stated["metadata"] |= {"managedFields": [{"manager": "x"}]}

    assert api.apply(shop, stated).body["message"] == "metadata.managedFields must be nil"


def test_field_manager_is_required(api: Api, shop: str) -> None:
    answer = api.patch(shop, ingress(), "application/apply-patch+yaml")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [("FieldValueRequired", "fieldManager")])


def test_unknown_field_is_named(api: Api, shop: str) -> None:
    stated = ingress(nonsense=1)

    answer = api.apply(shop, stated)

    assert answer.code == 500
    assert ".spec.nonsense: field not declared in schema" in answer.body["message"]


def test_malformed_yaml_is_a_bad_request(api: Api, shop: str) -> None:
    assert api.apply(shop, "spec: [").refusal == (400, "BadRequest")


def test_yaml_is_read(api: Api, services: str) -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  ports:\n  - port: 80\n"

    assert api.apply(f"{services}/shop", text).code == 201


def test_unknown_namespace_is_not_found(api: Api) -> None:
    answer = api.apply("/apis/networking.k8s.io/v1/namespaces/nowhere/ingresses/shop", ingress())

    assert (answer.refusal, answer.body["message"]) == ((404, "NotFound"), 'namespaces "nowhere" not found')


def test_ports_of_a_service_are_merged_by_key(api: Api, services: str) -> None:
    api.apply(f"{services}/shop", service(ports=[{"port": 80, "name": "http"}, {"port": 443, "name": "https"}]))
    answer = api.apply(f"{services}/shop", service(ports=[{"port": 9090, "name": "metrics"}]), "other")

    assert sorted(port["port"] for port in answer.body["spec"]["ports"]) == [80, 443, 9090]
    assert managers(answer.body)[0][2] == {
        "f:spec": {
            "f:ports": {'k:{"port":9090,"protocol":"TCP"}': {".": {}, "f:name": {}, "f:port": {}}},
        }
    }


def test_port_no_longer_stated_is_removed_whole(api: Api, services: str) -> None:
    api.apply(f"{services}/shop", service(ports=[{"port": 80, "name": "http"}, {"port": 443, "name": "https"}]))
    answer = api.apply(f"{services}/shop", service(ports=[{"port": 443, "name": "https"}]))

    assert answer.body["spec"]["ports"] == [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": 443}]


def test_rules_are_one_value(api: Api, shop: str) -> None:
    """A list without keys: two managers cannot each own a path of it."""
    api.apply(shop, ingress(paths=[path("/a"), path("/b")]))

    assert api.apply(shop, ingress(paths=[path("/a")]), "other").causes == [("FieldManagerConflict", ".spec.rules")]

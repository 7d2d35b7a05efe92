"""Create, replace, patch and the status subresource."""

import pytest

from tests.cluster.contract.api import APPLY, JSON_PATCH, MERGE, STRATEGIC, Api
from tests.cluster.contract.objects import annotated, ingress, ingress_class, labelled, managers, secret, service


def test_create_sets_what_the_server_sets(api: Api, ingresses: str, namespace: str) -> None:
    stated = ingress() | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}
    answer = api.create(ingresses, stated, fieldManager="me")

    metadata = answer.body["metadata"]
    assert answer.code == 201
    assert (metadata["name"], metadata["namespace"], metadata["generation"]) == ("shop", namespace, 1)
    assert sorted(metadata) == [
        "creationTimestamp",
        "generation",
        "managedFields",
        "name",
        "namespace",
        "resourceVersion",
        "uid",
    ]
    assert answer.body["status"] == {"loadBalancer": {}}
    assert api.get(f"{ingresses}/shop").body == answer.body


def test_created_fields_are_owned(api: Api, ingresses: str) -> None:
    backend = {"service": {"name": "docs", "port": {"name": "http"}}}
    answer = api.create(ingresses, labelled(ingress(defaultBackend=backend), team="web"), fieldManager="me")

    assert managers(answer.body) == [
        (
            "me",
            "Update",
            {
                "f:metadata": {"f:labels": {".": {}, "f:team": {}}},
                "f:spec": {
                    "f:defaultBackend": {".": {}, "f:service": {".": {}, "f:name": {}, "f:port": {}}},
                    "f:rules": {},
                },
            },
        )
    ]


def test_manager_is_the_user_agent_unless_stated(api: Api, secrets: str) -> None:
    answer = api.create(secrets, secret("a"), agent="kubectl/v1.35.0 (linux/amd64)")

    assert [name for name, _, _ in managers(answer.body)] == ["kubectl"]


def test_kind_and_version_may_be_left_out(api: Api, secrets: str) -> None:
    answer = api.create(secrets, {"metadata": {"name": "a"}})

    assert (answer.code, answer.body["kind"], answer.body["apiVersion"]) == (201, "Secret", "v1")


def test_generated_name_is_unique(api: Api, secrets: str) -> None:
    names = {api.create(secrets, {"metadata": {"generateName": "g-"}}).body["metadata"]["name"] for _ in range(2)}

    assert len(names) == 2
    assert {name[:2] for name in names} == {"g-"}


def test_second_creation_already_exists(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress())
    answer = api.create(ingresses, ingress())

    assert answer.refusal == (409, "AlreadyExists")
    assert answer.body["message"] == 'ingresses.networking.k8s.io "shop" already exists'
    assert answer.body["details"] == {"name": "shop", "group": "networking.k8s.io", "kind": "ingresses"}


def test_dry_run_creates_nothing(api: Api, ingresses: str) -> None:
    assert api.create(ingresses, ingress(), dryRun="All").code == 201
    assert api.get(f"{ingresses}/shop").code == 404


def test_creation_in_an_unknown_namespace_is_not_found(api: Api) -> None:
    answer = api.create("/api/v1/namespaces/nowhere/secrets", secret("a"))

    assert (answer.refusal, answer.body["message"]) == ((404, "NotFound"), 'namespaces "nowhere" not found')


MALFORMED = [
    ("{", 400, "BadRequest"),
    ({"kind": "Service", "apiVersion": "v1", "metadata": {"name": "a"}}, 400, "BadRequest"),
    ({"metadata": {"name": "a", "namespace": "elsewhere"}}, 400, "BadRequest"),
    ({"metadata": {"name": "a"}, "type": 1}, 400, "BadRequest"),
    ({"metadata": {"name": "a"}, "data": {"k": "not base64"}}, 400, "BadRequest"),
    ({"metadata": {}}, 422, "Invalid"),
    ({"metadata": {"name": "Upper"}}, 422, "Invalid"),
]


@pytest.mark.parametrize(("body", "code", "reason"), MALFORMED)
def test_malformed_creation_is_refused(api: Api, secrets: str, body: object, code: int, reason: str) -> None:
    answer = api.create(secrets, body)

    assert answer.refusal == (code, reason)
    assert api.get(secrets).body["items"] == []


def test_creation_with_a_version_is_refused(api: Api, secrets: str) -> None:
    answer = api.create(secrets, {"metadata": {"name": "a", "resourceVersion": "1"}})

    assert answer.code == 500
    assert answer.body["message"] == "resourceVersion should not be set on objects to be created"


def test_other_media_type_is_unsupported(api: Api, secrets: str) -> None:
    assert api.create(secrets, secret("a"), content_type="text/plain").refusal == (415, "UnsupportedMediaType")
    assert api.patch(f"{secrets}/a", {}, "application/json").refusal == (415, "UnsupportedMediaType")


def test_creation_at_a_name_is_not_allowed(api: Api, secrets: str) -> None:
    assert api.create(f"{secrets}/a", secret("a")).refusal == (405, "MethodNotAllowed")


def test_unknown_field_is_dropped_with_a_warning(api: Api, ingresses: str) -> None:
    answer = api.create(ingresses, ingress(nonsense=1))

    assert (answer.code, answer.body["spec"]) == (201, ingress()["spec"])
    assert answer.headers["Warning"] == '299 - "unknown field \\"spec.nonsense\\""'


def test_unknown_field_is_refused_when_strict(api: Api, ingresses: str) -> None:
    answer = api.create(ingresses, ingress(nonsense=1), fieldValidation="Strict")

    assert answer.refusal == (400, "BadRequest")
    assert answer.body["message"].endswith('strict decoding error: unknown field "spec.nonsense"')


def test_labels_and_annotations_have_a_grammar(api: Api, ingresses: str) -> None:
    bad = annotated(labelled(ingress(), **{"a b": "x", "c": "d e"}), **{"q q": "1"})

    assert api.create(ingresses, bad).causes == [
        ("FieldValueInvalid", "metadata.labels"),
        ("FieldValueInvalid", "metadata.labels"),
        ("FieldValueInvalid", "metadata.annotations"),
    ]


def test_replace_counts_and_keeps_what_the_server_sets(api: Api, ingresses: str) -> None:
    before = api.create(ingresses, ingress()).body
    answer = api.update(f"{ingresses}/shop", ingress(host="b.example.com"))

    after = answer.body["metadata"]
    assert (answer.code, after["generation"]) == (200, 2)
    assert (after["uid"], after["creationTimestamp"]) == (
        before["metadata"]["uid"],
        before["metadata"]["creationTimestamp"],
    )


def test_replace_without_a_change_writes_nothing(api: Api, ingresses: str) -> None:
    before = api.create(ingresses, ingress()).body

    assert api.update(f"{ingresses}/shop", before).body == before


def test_replace_of_an_old_version_is_a_conflict(api: Api, ingresses: str) -> None:
    before = api.create(ingresses, ingress()).body
    api.patch(f"{ingresses}/shop", {"metadata": {"labels": {"a": "b"}}})
    answer = api.update(f"{ingresses}/shop", before)

    assert answer.refusal == (409, "Conflict")
    assert answer.body["message"] == (
        'Operation cannot be fulfilled on ingresses.networking.k8s.io "shop": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_replace_under_another_name_is_a_bad_request(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress())

    assert api.update(f"{ingresses}/shop", ingress(name="docs")).refusal == (400, "BadRequest")


def test_replace_of_nothing_is_not_found(api: Api, secrets: str) -> None:
    body = secret("a")
    body["metadata"] |= {"resourceVersion": "1"}

    assert api.update(f"{secrets}/a", body).refusal == (404, "NotFound")


def test_removed_label_is_owned_by_nobody(api: Api, secrets: str) -> None:
    api.create(secrets, labelled(secret("a"), a="b"), fieldManager="first")
    answer = api.update(f"{secrets}/a", labelled(secret("a"), c="d"), fieldManager="second")

    assert managers(answer.body) == [
        ("first", "Update", {"f:metadata": {"f:labels": {}}, "f:type": {}}),
        ("second", "Update", {"f:metadata": {"f:labels": {"f:c": {}}}}),
    ]


def test_merge_patch_removes_with_null(api: Api, secrets: str) -> None:
    api.create(secrets, labelled(secret("a"), a="b", c="d"))

    answer = api.patch(f"{secrets}/a", {"metadata": {"labels": {"a": None, "e": "f"}}})

    assert answer.body["metadata"]["labels"] == {"c": "d", "e": "f"}


def test_json_patch_changes_a_field(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress())
    operations = [
        {"op": "test", "path": "/spec/rules/0/host", "value": "shop.example.com"},
        {"op": "replace", "path": "/spec/rules/0/host", "value": "b.example.com"},
        {"op": "add", "path": "/metadata/labels", "value": {"a/b": "c"}},
    ]

    body = api.patch(f"{ingresses}/shop", operations, JSON_PATCH).body

    assert (body["spec"]["rules"][0]["host"], body["metadata"]["labels"]) == ("b.example.com", {"a/b": "c"})


@pytest.mark.parametrize(
    "operation", [{"op": "remove", "path": "/spec/nope"}, {"op": "test", "path": "/spec/rules/0/host", "value": "x"}]
)
def test_json_patch_that_does_not_fit_is_invalid(api: Api, ingresses: str, operation: dict[str, str]) -> None:
    api.create(ingresses, ingress())

    answer = api.patch(f"{ingresses}/shop", [operation], JSON_PATCH)

    assert answer.refusal == (422, "Invalid")
    assert answer.body["message"] == "the server rejected our request due to an error in our request"


def test_strategic_patch_merges_ports_by_key(api: Api, services: str) -> None:
    api.create(services, service(ports=[{"port": 80, "name": "http"}, {"port": 443, "name": "https"}]))
    patch = {
        "spec": {
            "$setElementOrder/ports": [{"port": 9090}, {"port": 443}],
            "ports": [{"port": 9090, "name": "metrics"}, {"port": 80, "$patch": "delete"}],
        }
    }

    ports = api.patch(f"{services}/shop", patch, STRATEGIC).body["spec"]["ports"]

    assert [(port["port"], port["name"]) for port in ports] == [(9090, "metrics"), (443, "https")]


def test_patch_of_nothing_is_not_found(api: Api, ingresses: str) -> None:
    assert api.patch(f"{ingresses}/none", {}).refusal == (404, "NotFound")


def test_status_patch_changes_only_the_status(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress(), fieldManager="me")
    patch = {"spec": {"ingressClassName": "no"}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}
    answer = api.patch(f"{ingresses}/shop/status", patch, fieldManager="router")

    assert answer.code == 200
    assert answer.body["spec"] == ingress()["spec"]
    assert answer.body["status"] == {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert answer.body["metadata"]["generation"] == 1
    owner = next(each for each in answer.body["metadata"]["managedFields"] if each["manager"] == "router")
    assert owner["subresource"] == "status"
    assert owner["fieldsV1"] == {"f:status": {"f:loadBalancer": {"f:ingress": {}}}}


def test_status_is_not_changed_at_the_object(api: Api, ingresses: str) -> None:
    body = api.create(ingresses, ingress()).body
    body["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}

    assert api.update(f"{ingresses}/shop", body).body["status"] == {"loadBalancer": {}}


def test_status_replace_by_hostname(api: Api, ingresses: str) -> None:
    body = api.create(ingresses, ingress()).body
    body["status"] = {"loadBalancer": {"ingress": [{"hostname": "entry.example.com"}]}}

    assert api.update(f"{ingresses}/shop/status", body).body["status"] == body["status"]


def test_status_address_is_validated(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress())
    patch = {"status": {"loadBalancer": {"ingress": [{"ip": "nowhere"}]}}}

    answer = api.patch(f"{ingresses}/shop/status", patch)

    assert answer.causes == [("FieldValueInvalid", "status.loadBalancer.ingress[0].ip")]


OTHER_UID = "8e6a4a52-5ac2-4a0b-8a4b-0d6b9f9ae5a1"


def test_replace_with_another_uid_is_a_conflict(api: Api, ingresses: str) -> None:
    body = api.create(ingresses, ingress()).body
    body["metadata"] |= {"uid": OTHER_UID, "labels": {"a": "b"}}

    assert api.update(f"{ingresses}/shop", body).refusal == (409, "Conflict")


@pytest.mark.parametrize("content_type", [MERGE, APPLY])
def test_patch_with_another_uid_is_invalid(api: Api, ingresses: str, content_type: str) -> None:
    api.create(ingresses, ingress(), fieldManager="me")
    body = labelled(ingress(), a="b")
    body["metadata"] |= {"uid": OTHER_UID}

    answer = api.patch(f"{ingresses}/shop", body, content_type, fieldManager="me")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [("FieldValueInvalid", "metadata.uid")] * 2)
    assert "labels" not in api.get(f"{ingresses}/shop").body["metadata"]


def test_namespace_gets_its_label(api: Api, namespace: str) -> None:
    body = api.get(f"/api/v1/namespaces/{namespace}").body

    assert body["metadata"]["labels"] == {"kubernetes.io/metadata.name": namespace}
    assert (body["spec"], body["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_namespace_is_created_once(api: Api, namespace: str) -> None:
    assert api.create("/api/v1/namespaces", {"metadata": {"name": namespace}}).refusal == (409, "AlreadyExists")


def test_namespace_is_labelled(api: Api, namespace: str) -> None:
    answer = api.patch(f"/api/v1/namespaces/{namespace}", {"metadata": {"labels": {"team": "web"}}})

    assert answer.body["metadata"]["labels"] == {"kubernetes.io/metadata.name": namespace, "team": "web"}


def test_namespace_name_has_no_dots(api: Api) -> None:
    answer = api.create("/api/v1/namespaces", {"metadata": {"name": "a.b"}})

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [("FieldValueInvalid", "metadata.name")])


def test_controller_of_a_class_is_immutable(api: Api, namespace: str) -> None:
    classes = "/apis/networking.k8s.io/v1/ingressclasses"
    created = api.create(classes, ingress_class(namespace))
    changed = api.patch(f"{classes}/{namespace}", {"spec": {"controller": "example.com/other"}})
    api.delete(f"{classes}/{namespace}")

    assert (created.code, changed.refusal) == (201, (422, "Invalid"))
    assert changed.causes == [("FieldValueInvalid", "spec.controller")]


@pytest.mark.parametrize(("controller", "reason"), [("", "FieldValueRequired"), ("plain", "FieldValueInvalid")])
def test_controller_of_a_class_has_a_domain(api: Api, controller: str, reason: str) -> None:
    answer = api.create("/apis/networking.k8s.io/v1/ingressclasses", ingress_class("c", controller), dryRun="All")

    assert answer.causes == [(reason, "spec.controller")]

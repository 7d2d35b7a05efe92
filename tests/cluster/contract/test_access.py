"""Who may what: unknown tokens, missing rights, and the reviews that tell a caller in advance."""

import pytest

from tests.cluster.contract.api import AUTHORIZATION, NETWORKING, Api

READ_SECRETS = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}]


def test_unknown_token_is_unauthorized(api: Api) -> None:
    answer = api.get("/api/v1/namespaces", token="nobody")

    assert answer.code == 401
    assert answer.body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "Unauthorized",
        "reason": "Unauthorized",
        "code": 401,
    }


def test_no_token_is_the_anonymous_user(api: Api) -> None:
    answer = api.get("/api/v1/namespaces", token="")

    assert answer.refusal == (403, "Forbidden")
    assert 'User "system:anonymous" cannot list resource "namespaces"' in answer.body["message"]


def test_granted_verb_is_allowed(api: Api, namespace: str) -> None:
    _, token = api.caller(namespace, READ_SECRETS)

    assert api.get(f"/api/v1/namespaces/{namespace}/secrets", token=token).code == 200


REFUSED = [
    ("GET", "/api/v1/namespaces", "list", "namespaces", ""),
    ("GET", "/api/v1/secrets", "list", "secrets", ""),
    ("GET", "/api/v1/namespaces/NS/services", "list", "services", ""),
    ("DELETE", "/api/v1/namespaces/NS/secrets/x", "delete", "secrets", "x"),
    ("POST", "/api/v1/namespaces/NS/secrets", "create", "secrets", ""),
]


@pytest.mark.parametrize("refused", REFUSED)
def test_missing_verb_is_forbidden(api: Api, namespace: str, refused: tuple[str, str, str, str, str]) -> None:
    method, path, verb, resource, name = refused
    user, token = api.caller(namespace, READ_SECRETS)

    answer = api.request(method, path.replace("NS", namespace), {}, token=token)

    subject = f'{resource} "{name}"' if name else resource
    place = f'in the namespace "{namespace}"' if "NS" in path else "at the cluster scope"
    message = f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group "" {place}'
    assert answer.refusal == (403, "Forbidden")
    assert answer.body["message"] == message
    assert answer.body["details"] == ({"name": name} if name else {}) | {"kind": resource}


def test_forbidden_names_group_and_subresource(api: Api, namespace: str) -> None:
    user, token = api.caller(namespace, READ_SECRETS)

    answer = api.patch(f"{NETWORKING}/namespaces/{namespace}/ingresses/x/status", {}, token=token)

    assert answer.body["details"] == {"name": "x", "group": "networking.k8s.io", "kind": "ingresses"}
    assert answer.body["message"] == (
        f'ingresses.networking.k8s.io "x" is forbidden: User "{user}" cannot patch resource "ingresses/status" '
        f'in API group "networking.k8s.io" in the namespace "{namespace}"'
    )


def test_forbidden_path_is_named(api: Api, namespace: str) -> None:
    user, token = api.caller(namespace, READ_SECRETS)

    answer = api.get("/metrics", token=token)

    assert answer.refusal == (403, "Forbidden")
    assert answer.body["message"] == f'forbidden: User "{user}" cannot get path "/metrics"'


REVIEWED = [
    ({"verb": "list", "resource": "secrets", "namespace": "NS"}, True),
    ({"verb": "get", "resource": "secrets", "namespace": "NS", "name": "any"}, True),
    ({"verb": "watch", "resource": "secrets", "namespace": "NS"}, False),
    ({"verb": "list", "resource": "secrets"}, False),
    ({"verb": "list", "resource": "secrets", "namespace": "default"}, False),
    ({"verb": "patch", "group": "networking.k8s.io", "resource": "ingresses", "namespace": "NS"}, False),
]


@pytest.mark.parametrize(("attributes", "allowed"), REVIEWED)
def test_access_review_tells_what_is_allowed(
    api: Api, namespace: str, attributes: dict[str, str], allowed: bool
) -> None:
    _, token = api.caller(namespace, READ_SECRETS)
    stated = {name: value.replace("NS", namespace) for name, value in attributes.items()}

    answer = api.create(
        f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {"resourceAttributes": stated}}, token=token
    )

    assert answer.code == 201
    assert answer.body["kind"] == "SelfSubjectAccessReview"
    assert answer.body["spec"] == {"resourceAttributes": stated}
    assert answer.body["status"]["allowed"] is allowed


def test_access_review_of_an_administrator_is_allowed(api: Api) -> None:
    stated = {"resourceAttributes": {"verb": "*", "group": "*", "resource": "*"}}

    assert api.create(f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": stated}).body["status"]["allowed"] is True


def test_access_review_of_a_path(api: Api, namespace: str) -> None:
    _, token = api.caller(namespace, READ_SECRETS)

    def allowed(path: str) -> bool:
        stated = {"nonResourceAttributes": {"path": path, "verb": "get"}}
        answer = api.create(f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": stated}, token=token)
        return answer.body["status"]["allowed"]

    assert (allowed("/version"), allowed("/metrics")) == (True, False)


def test_access_review_of_nothing_is_invalid(api: Api) -> None:
    answer = api.create(f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {}})

    assert answer.refusal == (422, "Invalid")
    assert answer.causes == [("FieldValueInvalid", "spec.resourceAttributes")]


def test_rules_review_lists_the_rules_of_the_namespace(api: Api, namespace: str) -> None:
    _, token = api.caller(namespace, READ_SECRETS)

    answer = api.create(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": namespace}}, token=token)

    status = answer.body["status"]
    assert (answer.code, status["incomplete"]) == (201, False)
    assert [rule for rule in status["resourceRules"] if "secrets" in rule["resources"]] == [
        {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["secrets"]}
    ]


def test_rules_review_of_an_administrator_says_everything(api: Api) -> None:
    answer = api.create(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}})

    rules = answer.body["status"]["resourceRules"]
    assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in rules


def test_rules_review_without_namespace_is_a_bad_request(api: Api) -> None:
    answer = api.create(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {}})

    assert (answer.code, answer.body["message"]) == (400, "no namespace on request")

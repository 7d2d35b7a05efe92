"""Lists: pages, versions, selectors, and the forms of an answer."""

import pytest

from tests.cluster.contract.api import NETWORKING, PARTIAL, PARTIAL_LIST, TABLE, Api
from tests.cluster.contract.objects import ingress, labelled, secret, service, tls_secret


@pytest.fixture
def three(api: Api, secrets: str) -> str:
    for name in ("a", "b", "c"):
        assert api.create(secrets, labelled(secret(name), letter=name, set="all")).code == 201
    return secrets


def test_list_names_kind_and_version(api: Api, three: str) -> None:
    body = api.get(three).body

    assert (body["kind"], body["apiVersion"]) == ("SecretList", "v1")
    assert body["metadata"]["resourceVersion"].isdecimal()
    assert [sorted(item) for item in body["items"]] == [["metadata", "type"]] * 3


def test_list_of_nothing_has_no_items(api: Api, secrets: str) -> None:
    assert api.get(secrets).body["items"] == []


def test_list_over_all_namespaces(api: Api, three: str, namespace: str) -> None:
    items = api.get("/api/v1/secrets").body["items"]

    assert [item["metadata"]["name"] for item in items if item["metadata"]["namespace"] == namespace] == ["a", "b", "c"]


def test_pages_cover_everything_once(api: Api, three: str) -> None:
    first = api.get(three, limit="2")
    second = api.get(three, limit="2", **{"continue": first.body["metadata"]["continue"]})

    assert (first.names, second.names) == (["a", "b"], ["c"])
    assert first.body["metadata"]["remainingItemCount"] == 1
    assert "continue" not in second.body["metadata"]
    assert second.body["metadata"]["resourceVersion"] == first.body["metadata"]["resourceVersion"]


def test_page_with_selector_does_not_count_the_rest(api: Api, three: str) -> None:
    metadata = api.get(three, limit="1", labelSelector="set=all").body["metadata"]

    assert ("continue" in metadata, "remainingItemCount" in metadata) == (True, False)


def test_page_that_holds_all_has_no_continue(api: Api, three: str) -> None:
    assert "continue" not in api.get(three, limit="3").body["metadata"]


@pytest.mark.parametrize("query", [{"continue": "nonsense"}, {"limit": "x"}, {"resourceVersion": "abc"}])
def test_malformed_list_options_are_bad_requests(api: Api, three: str, query: dict[str, str]) -> None:
    assert api.get(three, **query).refusal == (400, "BadRequest")


def test_version_from_the_future_is_a_timeout(api: Api, three: str) -> None:
    answer = api.get(three, resourceVersion="999999999")

    assert answer.refusal == (504, "Timeout")
    assert answer.body["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


def test_version_match_needs_a_version(api: Api, three: str) -> None:
    answer = api.get(three, resourceVersionMatch="Exact")

    assert answer.refusal == (422, "Invalid")
    assert answer.causes == [("FieldValueForbidden", "resourceVersionMatch")]


def test_any_version_will_do(api: Api, three: str) -> None:
    assert api.get(three, resourceVersion="0").code == 200


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("letter=a", ["a"]),
        ("letter==a", ["a"]),
        ("letter!=a", ["b", "c"]),
        ("letter in (a,c)", ["a", "c"]),
        ("letter notin (a)", ["b", "c"]),
        ("letter", ["a", "b", "c"]),
        ("!letter", []),
        ("set=all,letter=b", ["b"]),
    ],
)
def test_label_selector(api: Api, three: str, selector: str, names: list[str]) -> None:
    assert api.get(three, labelSelector=selector).names == names


def test_malformed_label_selector_is_a_bad_request(api: Api, three: str) -> None:
    assert api.get(three, labelSelector="a b c").refusal == (400, "BadRequest")


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("type=kubernetes.io/tls", ["tls"]),
        ("type!=kubernetes.io/tls", ["a", "b", "c"]),
        ("metadata.name=a", ["a"]),
        ("metadata.name!=a,type=Opaque", ["b", "c"]),
    ],
)
def test_field_selector_of_secrets(api: Api, three: str, selector: str, names: list[str]) -> None:
    api.create(three, tls_secret("tls"))

    assert api.get(three, fieldSelector=selector).names == names


def test_unknown_field_selector_is_a_bad_request(api: Api, three: str) -> None:
    answer = api.get(three, fieldSelector="data=x")

    assert (answer.code, answer.body["message"]) == (400, "field label not supported: data")


def test_ingresses_are_selected_by_name_only(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress())

    assert api.get(ingresses, fieldSelector="metadata.name=shop").names == ["shop"]
    assert api.get(ingresses, fieldSelector="type=x").refusal == (400, "BadRequest")


def test_metadata_only_list_leaves_the_content_out(api: Api, three: str) -> None:
    body = api.get(three, accept=PARTIAL_LIST, limit="1").body

    assert (body["kind"], body["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert [sorted(item) for item in body["items"]] == [["apiVersion", "kind", "metadata"]]
    assert body["items"][0]["kind"] == "PartialObjectMetadata"
    assert body["metadata"]["remainingItemCount"] == 2


def test_metadata_only_object(api: Api, three: str) -> None:
    body = api.get(f"{three}/a", accept=PARTIAL).body

    assert sorted(body) == ["apiVersion", "kind", "metadata"]
    assert body["metadata"]["labels"] == {"letter": "a", "set": "all"}


def _without_age(table: dict) -> list[list]:
    return [row["cells"][:-1] for row in table["rows"]]


def test_table_of_ingresses(api: Api, ingresses: str) -> None:
    api.create(ingresses, ingress(ingressClassName="nginx", tls=[{"hosts": ["shop.example.com"]}]))

    table = api.get(ingresses, accept=TABLE).body

    columns = ["Name", "Class", "Hosts", "Address", "Ports", "Age"]
    assert [column["name"] for column in table["columnDefinitions"]] == columns
    assert _without_age(table) == [["shop", "nginx", "shop.example.com", "", "80, 443"]]
    assert sorted(table["rows"][0]["object"]) == ["apiVersion", "kind", "metadata"]


def test_table_of_secrets_counts_the_keys(api: Api, secrets: str) -> None:
    api.create(secrets, tls_secret("tls"))

    assert _without_age(api.get(secrets, accept=TABLE).body) == [["tls", "kubernetes.io/tls", 2]]


def test_table_of_services(api: Api, services: str) -> None:
    api.create(services, service(clusterIP="None"))

    table = api.get(services, accept=TABLE).body

    assert table["rows"][0]["cells"][:5] == ["shop", "ClusterIP", "None", "<none>", "80/TCP"]


def test_form_that_is_not_served_is_not_acceptable(api: Api, secrets: str) -> None:
    assert api.get(secrets, accept="text/html").refusal == (406, "NotAcceptable")


def test_unknown_object_is_not_found(api: Api, ingresses: str) -> None:
    answer = api.get(f"{ingresses}/none")

    assert answer.refusal == (404, "NotFound")
    assert answer.body["details"] == {"name": "none", "group": "networking.k8s.io", "kind": "ingresses"}
    assert answer.body["message"] == 'ingresses.networking.k8s.io "none" not found'


def test_list_in_an_unknown_namespace_is_empty(api: Api) -> None:
    assert api.get(f"{NETWORKING}/namespaces/nowhere/ingresses").body["items"] == []

"""Versions, health and discovery: the first things a client asks."""

import pytest

from tests.cluster.contract.api import Api


def test_version_names_major_minor_and_git_version(api: Api) -> None:
    body = api.get("/version").body

    assert (body["major"], body["minor"]) == ("1", "35")
    assert body["gitVersion"].startswith("v1.35.")


def test_version_is_public(api: Api) -> None:
    assert api.get("/version", token="").code == 200


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_is_plain_ok(api: Api, path: str) -> None:
    answer = api.get(path)

    assert (answer.code, answer.body) == (200, "ok")


def test_core_versions_are_listed(api: Api) -> None:
    body = api.get("/api").body

    assert (body["kind"], body["versions"]) == ("APIVersions", ["v1"])


@pytest.mark.parametrize("group", ["networking.k8s.io", "discovery.k8s.io", "authorization.k8s.io"])
def test_groups_name_their_version(api: Api, group: str) -> None:
    groups = {each["name"]: each for each in api.get("/apis").body["groups"]}
    version = {"groupVersion": f"{group}/v1", "version": "v1"}

    assert groups[group]["preferredVersion"] == version
    assert api.get(f"/apis/{group}").body == {
        "kind": "APIGroup",
        "apiVersion": "v1",
        "name": group,
        "versions": [version],
        "preferredVersion": version,
    }


RESOURCES = [
    ("/api/v1", "namespaces", "Namespace", False, ["ns"]),
    ("/api/v1", "services", "Service", True, ["svc"]),
    ("/api/v1", "services/status", "Service", True, None),
    ("/api/v1", "secrets", "Secret", True, None),
    ("/apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice", True, None),
    ("/apis/networking.k8s.io/v1", "ingresses", "Ingress", True, ["ing"]),
    ("/apis/networking.k8s.io/v1", "ingresses/status", "Ingress", True, None),
    ("/apis/networking.k8s.io/v1", "ingressclasses", "IngressClass", False, None),
]


@pytest.mark.parametrize("resource", RESOURCES)
def test_resource_is_discovered(api: Api, resource: tuple[str, str, str, bool, list[str] | None]) -> None:
    path, name, kind, namespaced, short_names = resource
    found = {each["name"]: each for each in api.get(path).body["resources"]}[name]

    assert (found["kind"], found["namespaced"], found.get("shortNames")) == (kind, namespaced, short_names)


@pytest.mark.parametrize("name", ["ingresses", "ingressclasses"])
def test_resource_lists_all_verbs(api: Api, name: str) -> None:
    found = {each["name"]: each for each in api.get("/apis/networking.k8s.io/v1").body["resources"]}[name]

    assert found["verbs"] == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]


@pytest.mark.parametrize("path", ["/nope", "/apis/nope.example.com", "/apis/nope.example.com/v1/things"])
def test_unknown_path_is_a_plain_404(api: Api, path: str) -> None:
    answer = api.get(path)

    assert (answer.code, answer.body) == (404, "404 page not found\n")


def test_unknown_resource_of_a_known_group_is_a_status(api: Api) -> None:
    answer = api.get("/api/v1/nopes")

    assert answer.refusal == (404, "NotFound")
    assert answer.body["message"] == "the server could not find the requested resource"


@pytest.mark.parametrize("path", ["api/v1", "apis/networking.k8s.io/v1"])
def test_openapi_offers_strict_validation_of_patches(api: Api, path: str) -> None:
    """kubectl looks for `fieldValidation` before it lets the server validate."""
    index = api.get("/openapi/v3").body["paths"]
    document = api.get(index[path]["serverRelativeURL"].partition("?")[0]).body
    route = next(
        route for name, route in document["paths"].items() if name.endswith(("/secrets/{name}", "/ingresses/{name}"))
    )

    assert "fieldValidation" in {each["name"] for each in route["patch"]["parameters"]}

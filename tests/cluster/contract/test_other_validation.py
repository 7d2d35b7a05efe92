"""What the API server refuses in Secrets, Services and EndpointSlices, and what it fills in."""

from typing import Any

import pytest

from tests.cluster.contract.api import DISCOVERY, Api
from tests.cluster.contract.objects import endpoint_slice, secret, service, tls_secret

INVALID, REQUIRED, UNSUPPORTED = "FieldValueInvalid", "FieldValueRequired", "FieldValueNotSupported"
DUPLICATE, FORBIDDEN = "FieldValueDuplicate", "FieldValueForbidden"

SECRETS = {
    "TLS without keys": (
        secret("a", "kubernetes.io/tls"),
        [(REQUIRED, "data[tls.crt]"), (REQUIRED, "data[tls.key]")],
    ),
    "TLS without private key": (
        secret("a", "kubernetes.io/tls", data={"tls.crt": "", "ca.crt": ""}),
        [(REQUIRED, "data[tls.key]")],
    ),
    "service-account token without account": (
        secret("a", "kubernetes.io/service-account-token"),
        [(REQUIRED, "metadata.annotations[kubernetes.io/service-account.name]")],
    ),
    "empty basic auth": (
        secret("a", "kubernetes.io/basic-auth"),
        [(REQUIRED, "data[username]"), (REQUIRED, "data[password]")],
    ),
    "docker configuration": (
        secret("a", "kubernetes.io/dockerconfigjson"),
        [(REQUIRED, "data[.dockerconfigjson]")],
    ),
    "key with a slash": (secret("a", data={"a/b": ""}), [(INVALID, "data[a/b]")]),
}


@pytest.mark.parametrize(("body", "causes"), SECRETS.values(), ids=SECRETS.keys())
def test_bad_secret_is_invalid(api: Api, secrets: str, body: dict[str, Any], causes: list[tuple[str, str]]) -> None:
    answer = api.create(secrets, body, dryRun="All")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), causes)


def test_tls_secret_with_empty_values_is_accepted(api: Api, secrets: str) -> None:
    answer = api.create(secrets, tls_secret("empty"))

    assert (answer.code, answer.body["data"]) == (201, {"tls.crt": "", "tls.key": ""})


def test_text_of_a_secret_is_encoded(api: Api, secrets: str) -> None:
    answer = api.create(secrets, {"metadata": {"name": "a"}, "stringData": {"x": "y"}, "data": {"z": "eg=="}})

    assert answer.body["data"] == {"x": "eQ==", "z": "eg=="}
    assert "stringData" not in answer.body


def test_secret_is_opaque_unless_stated(api: Api, secrets: str) -> None:
    assert api.create(secrets, {"metadata": {"name": "a"}}).body["type"] == "Opaque"


def test_type_of_a_secret_is_immutable(api: Api, secrets: str) -> None:
    api.create(secrets, tls_secret("a"))
    answer = api.patch(f"{secrets}/a", {"type": "Opaque"})

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [(INVALID, "type")])
    assert answer.body["message"] == 'Secret "a" is invalid: type: Invalid value: "Opaque": field is immutable'


@pytest.mark.parametrize(
    ("patch", "field"), [({"data": {"k": "eg=="}}, "data"), ({"immutable": None}, "immutable")], ids=["data", "flag"]
)
def test_immutable_secret_does_not_change(api: Api, secrets: str, patch: dict[str, Any], field: str) -> None:
    api.create(secrets, secret("a", data={"k": "eQ=="}, immutable=True))

    assert api.patch(f"{secrets}/a", patch).causes == [(FORBIDDEN, field)]


def _ports(*ports: dict[str, Any]) -> dict[str, Any]:
    return service(ports=list(ports))


PORT = "spec.ports[0]"
SERVICES = {
    "no ports": (_ports(), [(REQUIRED, "spec.ports")]),
    "no names": (_ports({"port": 80}, {"port": 81}), [(REQUIRED, f"{PORT}.name"), (REQUIRED, "spec.ports[1].name")]),
    "same name": (_ports({"port": 80, "name": "a"}, {"port": 81, "name": "a"}), [(DUPLICATE, "spec.ports[1].name")]),
    "same port": (_ports({"port": 80, "name": "a"}, {"port": 80, "name": "b"}), [(DUPLICATE, "spec.ports[1]")]),
    "port zero": (_ports({"port": 0}), [(INVALID, f"{PORT}.port"), (INVALID, f"{PORT}.targetPort")]),
    "unknown protocol": (_ports({"port": 80, "protocol": "X"}), [(UNSUPPORTED, f"{PORT}.protocol")]),
    "target port": (_ports({"port": 80, "targetPort": "A_"}), [(INVALID, f"{PORT}.targetPort")] * 2),
    "unknown type": (service(type="X"), [(UNSUPPORTED, "spec.type")]),
    "external name": (service(ports=[], type="ExternalName"), [(REQUIRED, "spec.externalName")]),
    "name": (service("1a"), [(INVALID, "metadata.name")]),
}


@pytest.mark.parametrize(("body", "causes"), SERVICES.values(), ids=SERVICES.keys())
def test_bad_service_is_invalid(api: Api, services: str, body: dict[str, Any], causes: list[tuple[str, str]]) -> None:
    answer = api.create(services, body, dryRun="All")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), causes)


def test_service_is_filled_in(api: Api, services: str) -> None:
    spec = api.create(services, service(selector={"app": "shop"})).body["spec"]

    address = spec.pop("clusterIP")
    assert address.startswith("10.250.")
    assert spec == {
        "clusterIPs": [address],
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 80}],
        "selector": {"app": "shop"},
        "sessionAffinity": "None",
        "type": "ClusterIP",
    }


def test_service_keeps_its_address_when_replaced(api: Api, services: str) -> None:
    before = api.create(services, service()).body["spec"]["clusterIP"]

    assert api.update(f"{services}/shop", service(selector={"a": "b"})).body["spec"]["clusterIP"] == before


def test_address_of_a_service_may_not_change(api: Api, services: str) -> None:
    api.create(services, service())

    answer = api.patch(f"{services}/shop", {"spec": {"clusterIP": "10.250.0.99"}})

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), [(INVALID, "spec.clusterIPs[0]")])


def test_node_port_is_handed_out(api: Api, services: str) -> None:
    ports = api.create(services, service(type="NodePort")).body["spec"]["ports"]

    assert 30000 <= ports[0]["nodePort"] <= 32767


ADDRESS = "endpoints[0].addresses[0]"
SLICES = {
    "loopback": (endpoint_slice(addresses=["127.0.0.1"]), [(INVALID, ADDRESS)]),
    "link-local": (endpoint_slice(addresses=["169.254.1.1"]), [(INVALID, ADDRESS)]),
    "unspecified": (endpoint_slice(addresses=["0.0.0.0"]), [(INVALID, ADDRESS)]),
    "no address at all": (endpoint_slice(addresses=["nowhere"]), [(INVALID, ADDRESS)]),
    "no addresses": (endpoint_slice(addresses=[]), [(REQUIRED, "endpoints[0].addresses")]),
    "no address type": (endpoint_slice(addressType=""), [(REQUIRED, "addressType")]),
    "unknown address type": (endpoint_slice(addressType="X"), [(UNSUPPORTED, "addressType")]),
    "same port name": (
        endpoint_slice(ports=[{"name": "a", "port": 1}, {"name": "a", "port": 2}]),
        [(DUPLICATE, "ports[1].name")],
    ),
}


@pytest.mark.parametrize(("body", "causes"), SLICES.values(), ids=SLICES.keys())
def test_bad_endpoint_slice_is_invalid(
    api: Api, namespace: str, body: dict[str, Any], causes: list[tuple[str, str]]
) -> None:
    answer = api.create(f"{DISCOVERY}/namespaces/{namespace}/endpointslices", body, dryRun="All")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), causes)


def test_endpoint_slice_is_found_by_its_service(api: Api, namespace: str) -> None:
    slices = f"{DISCOVERY}/namespaces/{namespace}/endpointslices"
    created = api.create(slices, endpoint_slice())

    found = api.get(slices, labelSelector="kubernetes.io/service-name=shop").body["items"]

    assert created.code == 201
    assert [each["endpoints"] for each in found] == [[{"addresses": ["10.1.2.3"], "conditions": {"ready": True}}]]
    assert found[0]["ports"] == [{"name": "http", "protocol": "TCP", "port": 8080}]


def test_address_type_is_immutable(api: Api, namespace: str) -> None:
    slices = f"{DISCOVERY}/namespaces/{namespace}/endpointslices"
    api.create(slices, endpoint_slice())

    assert api.patch(f"{slices}/shop-1", {"addressType": "IPv6"}).causes[0] == (INVALID, "addressType")

"""What the API server refuses in an Ingress, cause by cause. The portal's own policies must never let through what
is refused here.
"""

from typing import Any

import pytest

from tests.cluster.contract.api import Api
from tests.cluster.contract.objects import annotated, ingress, path

INVALID, REQUIRED, UNSUPPORTED = "FieldValueInvalid", "FieldValueRequired", "FieldValueNotSupported"
HOST = "spec.rules[0].host"
PATHS = "spec.rules[0].http.paths"
PATH = f"{PATHS}[0].path"
BACKEND = f"{PATHS}[0].backend"


def _one(**change: Any) -> dict[str, Any]:
    return ingress(paths=[path() | change])


def _backend(**backend: Any) -> dict[str, Any]:
    return _one(backend=backend)


def _without(name: str) -> dict[str, Any]:
    return ingress(paths=[{key: value for key, value in path().items() if key != name}])


REFUSED = {
    "upper case host": (ingress(host="A.example.com"), [(INVALID, HOST)]),
    "address as host": (ingress(host="10.0.0.1"), [(INVALID, HOST)]),
    "IPv6 address as host": (ingress(host="::1"), [(INVALID, HOST), (INVALID, HOST)]),
    "trailing dot": (ingress(host="a.com."), [(INVALID, HOST)]),
    "underscore": (ingress(host="a_b.com"), [(INVALID, HOST)]),
    "port in host": (ingress(host="a.com:80"), [(INVALID, HOST)]),
    "space": (ingress(host="a .com"), [(INVALID, HOST)]),
    "newline after host": (ingress(host="a.com\n"), [(INVALID, HOST)]),
    "254 characters": (ingress(host="a" * 254), [(INVALID, HOST)]),
    "long and wrong": (ingress(host="A" * 254), [(INVALID, HOST), (INVALID, HOST)]),
    "unicode host": (ingress(host="bücher.example"), [(INVALID, HOST)]),
    "double wildcard": (ingress(host="*.*.x"), [(INVALID, HOST)]),
    "bare wildcard": (ingress(host="*"), [(INVALID, HOST)]),
    "wildcard inside": (ingress(host="a.*.com"), [(INVALID, HOST)]),
    "partial wildcard": (ingress(host="a*.com"), [(INVALID, HOST)]),
    "relative path": (_one(path="foo"), [(INVALID, PATH)]),
    "empty path": (_one(path=""), [(INVALID, PATH)]),
    "double slash": (_one(path="/a//b"), [(INVALID, PATH)]),
    "dot segment": (_one(path="/a/./b"), [(INVALID, PATH)]),
    "dot dot segment": (_one(path="/a/../b"), [(INVALID, PATH)]),
    "encoded slash": (_one(path="/a%2fb"), [(INVALID, PATH)]),
    "encoded slash, upper": (_one(path="/a%2Fb"), [(INVALID, PATH)]),
    "dot dot at the end": (_one(path="/a/.."), [(INVALID, PATH)]),
    "dot at the end": (_one(path="/a/."), [(INVALID, PATH)]),
    "three faults of one path": (_one(path="/a//b/../c%2f"), [(INVALID, PATH)] * 3),
    "exact relative path": (_one(path="foo", pathType="Exact"), [(INVALID, PATH)]),
    "implementation's relative path": (_one(path="foo", pathType="ImplementationSpecific"), [(INVALID, PATH)]),
    "unknown path type": (_one(pathType="Regex"), [(UNSUPPORTED, f"{PATHS}[0].pathType")]),
    "no path type": (_without("pathType"), [(REQUIRED, f"{PATHS}[0].pathType")]),
    "no backend": (_without("backend"), [(INVALID, BACKEND)]),
    "empty backend": (_backend(), [(INVALID, BACKEND)]),
    "no port": (_backend(service={"name": "shop"}), [(REQUIRED, BACKEND)]),
    "port name and number": (_one(**path(port={"number": 80, "name": "http"})), [(INVALID, BACKEND)]),
    "port zero": (_one(**path(port={"number": 0})), [(REQUIRED, BACKEND)]),
    "port too large": (_one(**path(port={"number": 70000})), [(INVALID, f"{BACKEND}.service.port.number")]),
    "negative port": (_one(**path(port={"number": -1})), [(INVALID, f"{BACKEND}.service.port.number")]),
    "port name in upper case": (_one(**path(port={"name": "HTTP"})), [(INVALID, f"{BACKEND}.service.port.name")] * 2),
    "port name too long": (_one(**path(port={"name": "a" * 16})), [(INVALID, f"{BACKEND}.service.port.name")]),
    "no service name": (_one(**path(service="")), [(REQUIRED, f"{BACKEND}.service.name")]),
    "bad service name": (_one(**path(service="Bad_")), [(INVALID, f"{BACKEND}.service.name")]),
    "service name starts with a digit": (_one(**path(service="1a")), [(INVALID, f"{BACKEND}.service.name")]),
    "service and resource": (
        _backend(service={"name": "a", "port": {"number": 1}}, resource={"kind": "K", "name": "n"}),
        [(INVALID, BACKEND)],
    ),
    "no rules": (ingress() | {"spec": {}}, [(INVALID, "spec")]),
    "no paths": (ingress(paths=[]), [(REQUIRED, PATHS)]),
    "TLS host in upper case": (ingress(tls=[{"hosts": ["Bad"]}]), [(INVALID, "spec.tls[0].hosts[0]")]),
    "TLS wildcard": (ingress(tls=[{"hosts": ["*.a.com", "*."]}]), [(INVALID, "spec.tls[0].hosts[1]")]),
    "TLS secret name": (ingress(tls=[{"secretName": "Bad_"}]), [(INVALID, "spec.tls[0].secretName")]),
    "class name": (ingress(ingressClassName="Bad_"), [(INVALID, "spec.ingressClassName")]),
    "empty class name": (ingress(ingressClassName=""), [(INVALID, "spec.ingressClassName")]),
    "class and other annotation": (
        annotated(ingress(ingressClassName="a"), **{"kubernetes.io/ingress.class": "b"}),
        [(INVALID, "annotations.kubernetes.io/ingress.class")],
    ),
    "default backend without port": (
        ingress(defaultBackend={"service": {"name": "a"}}),
        [(REQUIRED, "spec.defaultBackend")],
    ),
    "name": (ingress(name="Bad_"), [(INVALID, "metadata.name")]),
    "two faults": (
        ingress(host="UPPER", paths=[path("x")]),
        [(INVALID, HOST), (INVALID, PATH)],
    ),
    "fault of the second path": (ingress(paths=[path(), path("x")]), [(INVALID, f"{PATHS}[1].path")]),
}


@pytest.mark.parametrize(("body", "causes"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_ingress_is_invalid(api: Api, ingresses: str, body: dict[str, Any], causes: list[tuple[str, str]]) -> None:
    answer = api.create(ingresses, body, dryRun="All")

    assert (answer.refusal, answer.causes) == ((422, "Invalid"), causes)
    details = answer.body["details"]
    assert (details["group"], details["kind"], details["name"]) == (
        "networking.k8s.io",
        "Ingress",
        body["metadata"]["name"],
    )


ALLOWED = {
    "wildcard host": ingress(host="*.example.com"),
    "253 characters": ingress(host=".".join(["a" * 62] * 4)[:253]),
    "no host": ingress(host=""),
    "implementation's double slash": _one(path="/a//b", pathType="ImplementationSpecific"),
    "implementation's empty path": _one(path="", pathType="ImplementationSpecific"),
    "control character in a path": _one(path="/a\nb"),
    "regular expression as path": _one(path="/a(/|$)(.*)"),
    "port by name": _one(**path(port={"name": "http"})),
    "rule without paths": ingress() | {"spec": {"rules": [{"host": "a.com"}]}},
    "only a default backend": ingress()
    | {"spec": {"defaultBackend": {"service": {"name": "a", "port": {"number": 1}}}}},
    "TLS without secret": ingress(tls=[{"hosts": ["a.com"]}]),
    "TLS for another host": ingress(tls=[{"hosts": ["other.com"], "secretName": "x"}]),
    "class and same annotation": annotated(ingress(ingressClassName="a"), **{"kubernetes.io/ingress.class": "a"}),
    "same path twice": ingress(paths=[path(), path()]),
}


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED.keys())
def test_odd_ingress_is_allowed(api: Api, ingresses: str, body: dict[str, Any]) -> None:
    assert api.create(ingresses, body, dryRun="All").code == 201


WRONG_TYPES = {
    "rules is text": ingress() | {"spec": {"rules": "x"}},
    "port is text": _one(**path(port={"number": "80"})),
    "host is a number": ingress(host=1),  # type: ignore[arg-type]
    "label is a number": ingress() | {"metadata": {"name": "shop", "labels": {"a": 1}}},
    "spec is a list": ingress() | {"spec": []},
}


@pytest.mark.parametrize("body", WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_wrong_type_is_a_bad_request(api: Api, ingresses: str, body: dict[str, Any]) -> None:
    answer = api.create(ingresses, body, dryRun="All")

    assert answer.refusal == (400, "BadRequest")
    assert "json: cannot unmarshal" in answer.body["message"]


def test_message_lists_all_causes(api: Api, ingresses: str) -> None:
    answer = api.create(ingresses, _one(**path(port={"name": "HTTP_"})), dryRun="All")

    field = f"{BACKEND}.service.port.name"
    assert answer.body["message"] == (
        f'Ingress.networking.k8s.io "shop" is invalid: [{field}: Invalid value: "HTTP_": must contain only '
        f'alpha-numeric characters (a-z, 0-9), and hyphens (-), {field}: Invalid value: "HTTP_": must contain at '
        "least one letter (a-z)]"
    )

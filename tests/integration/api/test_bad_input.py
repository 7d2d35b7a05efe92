"""Bad input to every address that takes any: a clear 4xx in the shape of a problem, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from apps.api.parsers import MAX_BODY
from apps.api.views.document import openapi_document
from apps.approvals.models import ChangeRequest
from apps.audit.models import AuditEvent
from apps.clusters.models import Cluster
from apps.exposures.models import Exposure
from tests.integration.api.calls import Caller, codes, wish
from tests.integration.scenes import Scene

BODIES = {
    "half": b'{"name": "x"',
    "yaml": b"name: x\n",
    "binary": bytes(range(256)),
    "utf-16": '{"name": "x"}'.encode("utf-16"),
    "list": b"[]",
    "text": b'"text"',
    "number": b"7",
    "NaN": b'{"name": NaN}',
    "twice": b'{"name": "a", "name": "b"}',
    "deep": b"[" * 50_000 + b"]" * 50_000,
    "unknown": b'{"__proto__": {"x": 1}}',
    "NUL": b'{"reason": "a\\u0000b", "comment": "a\\u0000b"}',
}
PARAMETERS = [
    "page=0",
    "page=-1",
    "page=x",
    "page_size=0",
    "ordering=password",
    "wait=-1",
    "wait=1e3",
    "x=%00",
    "%FF=1",
]


@pytest.fixture
def names(scene: Scene) -> dict[str, str]:
    pending = scene.ask("shop.example.com", tls="shop-tls")
    return {
        "name": "dev-1",
        "cluster": "dev-1",
        "namespace": "web",
        "host": "new.dev.example.net",
        "exposure_id": pending.exposure_id,
        "request_id": pending.pk,
        "delivery_id": "dlv_none",
        "token_id": "tok_none",
        "zone_id": "zone_none",
        "reserved_id": "rsv_none",
        "notice_id": "ntc_none",
        "root_id": "root_none",
        "secret_name": "shop-tls",
    }


def addresses(names: dict[str, str], methods: set[str]) -> Iterator[tuple[str, str]]:
    for path, operations in openapi_document()["paths"].items():
        for method in methods & set(operations):
            yield method, path.format(**names)


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Exposure, ChangeRequest, Cluster, AuditEvent))


@pytest.mark.parametrize("kind", BODIES)
def test_no_address_takes_a_bad_body(kind: str, names: dict[str, str], developer: Caller, platform: Caller) -> None:
    before = written()
    for method, path in addresses(names, {"post", "put", "patch"}):
        answer = _send(platform if "/clusters/" in path else developer, method, path, BODIES[kind])
        assert 400 <= answer.status_code < 500, (path, answer.content)
        assert answer.body["code"], path
    assert written() == before


def _send(caller: Caller, method: str, path: str, body: bytes):
    response = getattr(caller.client, method)(path, data=body, content_type="application/json")
    response.body = response.json()
    return response


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_no_address_takes_a_bad_parameter(parameter: str, names: dict[str, str], developer: Caller) -> None:
    for _method, path in addresses(names, {"get"}):
        answer = developer.get(f"{path}?{parameter}")
        assert answer.status_code in {400, 404}, (path, answer.content)


def test_a_character_that_cannot_be_stored_names_its_parameter(developer: Caller) -> None:
    assert codes(developer.get("exposures/?search=a%00b")) == [("forbidden_character", "search")]


def test_a_huge_body_is_refused_by_size(developer: Caller) -> None:
    answer = developer.post("exposures/", wish(reason="x" * MAX_BODY))
    assert (answer.status_code, answer.body["code"], answer.body["limit"]) == (413, "body_too_large", MAX_BODY)


def test_a_long_text_names_its_field(developer: Caller) -> None:
    assert codes(developer.post("exposures/", wish(reason="x" * 10_000))) == [("max_length", "reason")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"host": 5}, ("wrong_type", "host")),
        ({"host": None}, ("null", "host")),
        ({"cluster": ["dev-1"]}, ("wrong_type", "cluster")),
        ({"paths": {}}, ("not_a_list", "paths")),
        ({"paths": ["/"]}, ("wrong_type", "paths.0")),
        ({"paths": [{"path": "/", "service_name": "shop"}]}, ("required", "paths.0.service_port")),
        ({"tls": "shop-tls"}, ("wrong_type", "tls")),
        ({"tls": {}}, ("required", "tls.secret_name")),
        ({"tls": {"secret_name": "x", "key": "y"}}, ("unknown_field", "tls.key")),
        ({"options": []}, ("not_a_dict", "options")),
        ({"annotations": {}}, ("unknown_field", "annotations")),
        ({"ingress_class_name": True}, ("wrong_type", "ingress_class_name")),
        ({"reason": 7}, ("wrong_type", "reason")),
    ],
)
def test_a_wrong_type_names_its_field(developer: Caller, change: dict, expected: tuple[str, str]) -> None:
    answer = developer.post("exposures/", wish(**change))
    assert (answer.status_code, codes(answer)) == (400, [expected])
    assert answer.body["code"] == ("unknown_field" if expected[0] == "unknown_field" else "invalid")


@pytest.mark.parametrize("missing", ["cluster", "namespace", "host", "paths"])
def test_a_missing_field_is_named(developer: Caller, missing: str) -> None:
    content = wish()
    del content[missing]
    assert codes(developer.post("exposures/", content)) == [("required", missing)]


@pytest.mark.parametrize("host", ["SHOP.Dev.Example.NET", "shop.dev.example.net."])
def test_spellings_of_one_host_are_one_host(developer: Caller, host: str) -> None:
    assert developer.post("exposures/", wish(host=host)).body["host"] == "shop.dev.example.net"
    assert developer.post("exposures/", wish()).body["code"] == "host_conflict"


def test_an_international_host_is_kept_as_its_ascii_form(developer: Caller) -> None:
    created = developer.post("exposures/", wish(host="BÜCHER.dev.example.net"))
    assert created.body["host"] == "xn--bcher-kva.dev.example.net"
    place = f"clusters/dev-1/namespaces/web/exposures/{quote('bücher.dev.example.net')}/"
    assert developer.put(place, {"paths": wish()["paths"]}).body["changed"] is False
    assert developer.get(place).body["id"] == created.body["id"]


def test_ports_are_names_or_numbers(developer: Caller) -> None:
    for number, port in enumerate(["http", 80, "80"]):
        path = wish()["paths"][0] | {"service_port": port}
        created = developer.post("exposures/", wish(host=f"p{number}.dev.example.net", paths=[path]))
        assert created.status_code == 201, created.body
        assert created.body["spec"]["paths"][0]["service_port"] == (port if port == "http" else 80)

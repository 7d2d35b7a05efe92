"""The staged test: each part failing on its own, and what it then says."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from apps.kube.client import ServerVersion
from apps.kube.connection import STEP_NAMES, ConnectionReport, FoundIngressClass, check_connection
from apps.kube.credentials import Credential, Endpoint
from tests.unit.kube.certs import authority
from tests.unit.kube.server import Received, Reply, answer, status

CLASSES = [
    {
        "metadata": {"name": "traefik", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
        "spec": {"controller": "traefik.io/ingress-controller"},
    },
    {"metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}},
]


def allow(request: Received, connection: socket.socket) -> None:
    answer(201, {"status": {"allowed": True}})(request, connection)


API: dict[str, Reply] = {
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": allow,
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": answer(201, {"status": {"resourceRules": []}}),
    "/version": answer(200, {"gitVersion": "v1.35.0", "major": "1", "minor": "35"}),
    "/apis/networking.k8s.io/v1/ingressclasses": answer(200, {"items": CLASSES, "metadata": {}}),
    "/apis/gateway.networking.k8s.io/v1": answer(200, {"resources": [{"name": "httproutes"}]}),
}


@pytest.fixture
def check(server, ca) -> Callable[..., ConnectionReport]:
    def run(changes: dict[str, Reply] | None = None, **options: Any) -> ConnectionReport:
        api = API | (changes or {})
        server.replies[:] = [lambda request, connection: api[request.target.partition("?")[0]](request, connection)]
        endpoint = Endpoint(options.pop("url", server.url), options.pop("authority", ca.pem))
        given = {"allow_loopback": True, "connect_timeout": 1.0, "read_timeout": 1.0} | options
        return check_connection(endpoint, Credential(token="t-secret"), **given)

    return run


def statuses(report: ConnectionReport) -> dict[str, str]:
    assert [step.name for step in report.steps] == list(STEP_NAMES)
    assert all(step.message for step in report.steps)
    assert all(step.hint for step in report.steps if step.status in {"failed", "warning"})
    return {step.name: step.status for step in report.steps}


def stopped_at(name: str) -> dict[str, str]:
    place = STEP_NAMES.index(name)
    return {
        step: "passed" if index < place else "failed" if index == place else "skipped"
        for index, step in enumerate(STEP_NAMES)
    }


def step(report: ConnectionReport, name: str) -> tuple[str, str]:
    found = next(one for one in report.steps if one.name == name)
    return found.status, found.message


def test_good_cluster_passes_every_step(check):
    report = check()

    assert statuses(report) == dict.fromkeys(STEP_NAMES, "passed")
    assert (report.reachable, report.version) == (True, ServerVersion("v1.35.0", "1", "35"))
    assert report.ingress_classes == [
        FoundIngressClass("nginx", "k8s.io/ingress-nginx", is_default=False),
        FoundIngressClass("traefik", "traefik.io/ingress-controller", is_default=True),
    ]
    assert report.latency_ms is not None


def test_address_that_may_not_be_called_stops_at_resolve(check):
    report = check(allow_loopback=False)

    assert statuses(report) == stopped_at("resolve")
    assert (report.reachable, report.version, report.latency_ms) == (False, None, None)


def test_port_without_listener_stops_at_connect(check):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert statuses(check(url=f"https://127.0.0.1:{port}")) == stopped_at("connect")


def test_other_authority_stops_at_tls(check):
    report = check(authority=authority("Somebody else").pem)

    assert statuses(report) == stopped_at("tls")
    assert step(report, "tls")[1].startswith("The cluster's certificate is not trusted: ")


def test_server_without_tls_stops_at_tls(check):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        report = check(url=f"https://127.0.0.1:{mute.getsockname()[1]}", connect_timeout=0.1)

    assert statuses(report) == stopped_at("tls")


REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@pytest.mark.parametrize(
    "reply", [status(401, "Unauthorized"), status(403, "Forbidden"), answer(302), answer(200, b"<html>"), answer(404)]
)
def test_caller_unknown_to_the_server_stops_at_authenticate(check, reply):
    report = check({REVIEWS: reply})

    assert statuses(report) == stopped_at("authenticate")
    assert not report.reachable


def test_server_that_fails_stops_at_version(check):
    assert statuses(check({"/version": status(500, "InternalError")})) == stopped_at("version")


@pytest.mark.parametrize(
    ("minor", "expected"), [("20", "warning"), ("20+", "warning"), ("21+", "passed"), ("", "warning")]
)
def test_old_version_is_a_warning(check, minor, expected):
    report = check({"/version": answer(200, {"gitVersion": "v1.x", "major": "1", "minor": minor})})

    assert step(report, "version") == (expected, "Kubernetes v1.x.")


def deny(*denied: tuple[str, str]) -> Reply:
    def reply(request: Received, connection: socket.socket) -> None:
        attributes = json.loads(request.body)["spec"]["resourceAttributes"]
        allowed = (attributes["verb"], attributes["resource"]) not in denied
        answer(201, {"status": {"allowed": allowed}})(request, connection)

    return reply


def test_missing_rights_are_named_exactly(check):
    report = check({REVIEWS: deny(("patch", "ingresses"), ("delete", "ingresses"), ("watch", "secrets"))})

    assert statuses(report) == stopped_at("permissions")
    assert report.reachable
    assert step(report, "permissions")[1] == ("Missing: watch secrets; patch, delete ingresses.networking.k8s.io.")


def test_rights_far_beyond_are_a_warning(check):
    everything = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
    rules = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"

    report = check({rules: answer(201, {"status": {"resourceRules": everything}})})

    assert step(report, "permissions") == (
        "warning",
        "Far more than needed; it may also do everything (cluster-admin or the like).",
    )
    assert statuses(report)["gateway_api"] == "passed"


def test_no_ingress_class_is_a_warning(check):
    report = check({"/apis/networking.k8s.io/v1/ingressclasses": answer(200, {"items": [], "metadata": {}})})

    assert step(report, "ingress_classes") == ("warning", "There is no ingress class.")


def test_no_gateway_api_is_no_fault(check):
    report = check({"/apis/gateway.networking.k8s.io/v1": status(404, "NotFound")})

    assert step(report, "gateway_api") == ("skipped", "The Gateway API is not installed; Ingress is used.")
    assert report.reachable


def test_report_never_shows_the_credential(check):
    for changes in ({}, {REVIEWS: status(401, "Unauthorized", "token t-secret is unknown")}):
        assert "t-secret" not in repr(check(changes))

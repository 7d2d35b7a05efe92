"""The verbs of the gateway: what they send, and what they make of the answers."""

from __future__ import annotations

import json
import threading

import pytest

from apps.kube import errors
from apps.kube.client import Access, AccessRules, ClusterClient, Listing
from apps.kube.credentials import Credential, Endpoint
from apps.kube.kinds import INGRESS, NAMESPACE, SERVICE
from tests.unit.kube.server import answer, chunked, status


def test_apply_conflict_names_managers_and_fields(connect):
    causes = [
        {"reason": "FieldManagerConflict", "field": ".spec.rules", "message": 'conflict with "kubectl" using v1'},
        {"reason": "FieldManagerConflict", "field": ".spec.tls", "message": 'conflict with "kubectl" using v1'},
    ]
    client = connect(status(409, "Conflict", "Apply failed", details={"causes": causes}))
    manifest = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"namespace": "web", "name": "a"}}

    with pytest.raises(errors.ApplyConflict) as raised:
        client.apply(manifest, field_manager="portico")

    assert (raised.value.managers, raised.value.fields_in_conflict) == (["kubectl"], ["spec.rules", "spec.tls"])


def test_apply_sends_the_manifest_as_apply_patch(connect, server):
    manifest = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"namespace": "web", "name": "a"}}

    connect(answer(200, manifest)).apply(manifest, field_manager="portico", dry_run=True)

    request = server.received[0]
    assert (request.method, request.headers["Content-Type"]) == ("PATCH", "application/apply-patch+yaml")
    assert request.target == (
        "/apis/networking.k8s.io/v1/namespaces/web/ingresses/a"
        "?fieldManager=portico&fieldValidation=Strict&force=false&dryRun=All"
    )
    assert json.loads(request.body) == manifest


def test_create_posts_to_the_collection_so_that_nothing_is_written_over(connect, server):
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "web", "name": "a"}}

    client = connect(answer(201, manifest), status(409, "AlreadyExists", 'secrets "a" already exists'))
    assert client.create(manifest, field_manager="portico") == manifest
    with pytest.raises(errors.ObjectConflict):
        client.create(manifest, field_manager="portico")

    request = server.received[0]
    assert (request.method, request.target) == (
        "POST",
        "/api/v1/namespaces/web/secrets?fieldManager=portico&fieldValidation=Strict",
    )
    assert json.loads(request.body) == manifest


def test_delete_sends_preconditions(connect, server):
    connect(answer(200, {})).delete(INGRESS, "web", "a", uid="u-1", resource_version="7")

    assert json.loads(server.received[0].body)["preconditions"] == {"uid": "u-1", "resourceVersion": "7"}


def test_list_reads_all_pages(connect, server):
    pages = [
        answer(200, {"items": [{"n": 1}], "metadata": {"resourceVersion": "5", "continue": "next one"}}),
        answer(200, {"items": [{"n": 2}], "metadata": {"resourceVersion": "5"}}),
    ]

    found = connect(*pages).list(INGRESS, "web", field_selector="type=x", limit=1)

    assert found == Listing([{"n": 1}, {"n": 2}], "5")
    path = "/apis/networking.k8s.io/v1/namespaces/web/ingresses?fieldSelector=type%3Dx&limit=1"
    assert [request.target for request in server.received] == [path, f"{path}&continue=next+one"]


def test_list_with_expired_token_starts_over_once(connect):
    first = answer(200, {"items": [{"n": 1}], "metadata": {"continue": "c"}})
    last = answer(200, {"items": [{"n": 3}], "metadata": {"resourceVersion": "9"}})

    assert connect(first, status(410, "Expired"), last).list(INGRESS) == Listing([{"n": 3}], "9")


def test_list_with_tokens_that_always_expire_is_gone(connect):
    first = answer(200, {"items": [], "metadata": {"continue": "c"}})

    with pytest.raises(errors.Gone):
        connect(first, status(410, "Expired"), first, status(410, "Expired")).list(INGRESS)


@pytest.mark.parametrize("items", [{}, [1], "x"])
def test_list_without_items_is_a_server_fault(connect, items):
    body = {"items": items, "metadata": {}} if items else {"items": {"a": 1}}

    with pytest.raises(errors.ServerFault):
        connect(answer(200, body)).list(INGRESS)


def test_metadata_only_asks_for_nothing_else(connect, server):
    connect(answer(200, {"items": []})).list(INGRESS, metadata_only=True)

    assert server.received[0].headers["Accept"] == ("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")


def event(kind: str, /, **content) -> bytes:
    return json.dumps({"type": kind, "object": content}).encode() + b"\n"


def test_watch_yields_each_event_also_when_split(connect, server):
    lines = event("ADDED", metadata={"resourceVersion": "3"}) + event("BOOKMARK", metadata={"resourceVersion": "4"})
    client = connect(chunked(lines[:10], lines[10:]))

    found = list(client.watch(INGRESS, resource_version="2", timeout_seconds=1))

    assert [(one.type, one.resource_version) for one in found] == [("ADDED", "3"), ("BOOKMARK", "4")]
    assert server.received[0].target == (
        "/apis/networking.k8s.io/v1/ingresses?watch=true&allowWatchBookmarks=true&resourceVersion=2&timeoutSeconds=1"
    )


def test_watch_yields_an_event_before_the_next_is_sent(connect):
    go_on = threading.Event()

    def reply(request, connection):
        line = event("ADDED", metadata={})
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(line), line))
        go_on.wait(2)
        connection.sendall(b"0\r\n\r\n")

    events = connect(reply).watch(INGRESS, resource_version="1", timeout_seconds=1)

    assert next(events).type == "ADDED"
    assert not go_on.is_set()
    go_on.set()
    assert list(events) == []


def test_watch_from_a_version_too_old_is_gone(connect):
    gone = event("ERROR", kind="Status", code=410, reason="Expired", message="too old resource version")

    with pytest.raises(errors.Gone):
        list(connect(chunked(gone)).watch(INGRESS, resource_version="1", timeout_seconds=1))


def test_watch_refused_is_its_error(connect):
    with pytest.raises(errors.Forbidden):
        list(connect(status(403, "Forbidden")).watch(INGRESS, resource_version="1", timeout_seconds=1))


def test_watch_broken_off_is_unreachable(connect):
    events = connect(chunked(event("ADDED"), ended=False)).watch(INGRESS, resource_version="1", timeout_seconds=1)

    assert next(events).type == "ADDED"
    with pytest.raises(errors.Unreachable):
        next(events)


@pytest.mark.parametrize("line", [b"{}\n", b"[]\n", b"garbage\n", b'{"type": 1, "object": {}}\n'])
def test_watch_with_garbage_is_a_server_fault(connect, line):
    with pytest.raises(errors.ServerFault):
        list(connect(chunked(line)).watch(INGRESS, resource_version="1", timeout_seconds=1))


@pytest.mark.parametrize(("reply", "allowed"), [({"allowed": True}, True), ({"allowed": "yes"}, False), (None, False)])
def test_review_access_is_true_only_when_the_server_says_so(connect, server, reply, allowed):
    client = connect(answer(201, {"status": reply}))

    assert client.review_access(Access("create", "", "pods", subresource="exec")) is allowed
    sent = json.loads(server.received[0].body)
    assert sent["spec"] == {"resourceAttributes": {"verb": "create", "resource": "pods", "subresource": "exec"}}


def test_rules_are_returned_as_listed(connect, server):
    rules = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
    client = connect(answer(201, {"status": {"resourceRules": [*rules, "odd"], "incomplete": True}}))

    assert client.rules("web") == AccessRules(rules, incomplete=True)
    assert server.received[0].target == "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (
            answer(200, {"resources": [{"name": "gateways"}, {"name": "httproutes/status"}, 1]}),
            {"gateways", "httproutes/status"},
        ),
        (answer(200, {"resources": None}), set()),
        (status(404, "NotFound"), set()),
    ],
)
def test_serves_names_the_plurals(connect, server, reply, found):
    assert connect(reply).serves("gateway.networking.k8s.io/v1") == found
    assert server.received[0].target == "/apis/gateway.networking.k8s.io/v1"


@pytest.mark.parametrize(
    ("namespace", "name", "target"),
    [
        ("web", "shop", "/api/v1/namespaces/web/services/shop"),
        ("a/b", "../x?y#z", "/api/v1/namespaces/a%2Fb/services/..%2Fx%3Fy%23z"),
    ],
)
def test_get_quotes_names(connect, server, namespace, name, target):
    connect(answer(200, {})).get(SERVICE, namespace, name)

    assert server.received[0].target == target


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_get_with_a_name_that_climbs_is_a_programming_error(connect, server, name):
    with pytest.raises(ValueError, match="path segment"):
        connect(answer(200, {})).get(NAMESPACE, None, name)

    assert server.received == []


def test_client_of_a_loopback_address_is_refused_by_default(ca):
    with pytest.raises(errors.AddressRefused) as raised:
        ClusterClient(Endpoint("https://127.0.0.1:1", ca.pem), Credential(token="t"))

    assert raised.value.code == "address_loopback"

"""Watches: what happened since a version, bookmarks, and the 410 that asks for a new list."""

import pytest

from tests.cluster.contract.api import PARTIAL, Api, Object
from tests.cluster.contract.objects import ingress, labelled, secret


def _seen(events: list[Object]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"]["name"]) for event in events]


def _version(api: Api, path: str) -> str:
    return api.get(path).body["metadata"]["resourceVersion"]


def test_watch_shows_what_happened_since_a_version(api: Api, secrets: str) -> None:
    version = _version(api, secrets)
    api.create(secrets, secret("a"))
    api.patch(f"{secrets}/a", {"metadata": {"labels": {"x": "y"}}})
    api.delete(f"{secrets}/a")

    events = api.events(secrets, 3, resourceVersion=version)

    assert _seen(events) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == sorted(set(versions))
    assert [event["object"]["kind"] for event in events] == ["Secret"] * 3


def test_watch_shows_what_happens_at_once(api: Api, secrets: str) -> None:
    version = _version(api, secrets)

    with api.watch(secrets, resourceVersion=version) as events:
        api.create(secrets, secret("live"))
        first = next(events)

    assert _seen([first]) == [("ADDED", "live")]


def test_watch_without_version_starts_with_what_is_there(api: Api, secrets: str) -> None:
    api.create(secrets, secret("a"))

    assert _seen(api.events(secrets, 1)) == [("ADDED", "a")]


def test_watch_of_one_namespace_is_silent_about_others(api: Api, secrets: str, namespace: str) -> None:
    version = _version(api, secrets)
    other = api.create_namespace()
    api.create(f"/api/v1/namespaces/{other}/secrets", secret("elsewhere"))
    api.create(secrets, secret("here"))

    assert _seen(api.events(secrets, 1, resourceVersion=version)) == [("ADDED", "here")]


def test_watch_ends_after_its_timeout(api: Api, secrets: str) -> None:
    assert api.events(secrets, resourceVersion=_version(api, secrets), timeoutSeconds="1") == []


def test_object_that_leaves_the_selection_is_deleted_for_the_watcher(api: Api, secrets: str) -> None:
    version = _version(api, secrets)
    api.create(secrets, labelled(secret("a"), kept="yes"))
    api.patch(f"{secrets}/a", {"metadata": {"labels": {"kept": "no"}}})
    api.patch(f"{secrets}/a", {"metadata": {"labels": {"kept": "yes"}}})

    events = api.events(secrets, 3, resourceVersion=version, labelSelector="kept=yes")

    assert _seen(events) == [("ADDED", "a"), ("DELETED", "a"), ("ADDED", "a")]


def test_watch_of_a_field_selection(api: Api, secrets: str) -> None:
    version = _version(api, secrets)
    api.create(secrets, secret("a"))
    api.create(secrets, secret("b"))

    assert _seen(api.events(secrets, 1, resourceVersion=version, fieldSelector="metadata.name=b")) == [("ADDED", "b")]


def test_watch_of_metadata_only(api: Api, secrets: str) -> None:
    api.create(secrets, secret("a"))

    with api.watch(secrets, accept=PARTIAL, timeoutSeconds="1") as events:
        first = next(events)

    assert sorted(first["object"]) == ["apiVersion", "kind", "metadata"]
    assert first["object"]["kind"] == "PartialObjectMetadata"


def test_bookmark_comes_before_the_end(api: Api, secrets: str) -> None:
    version = _version(api, secrets)
    api.create(secrets, secret("a"))

    events = api.events(secrets, resourceVersion=version, allowWatchBookmarks="true", timeoutSeconds="4")

    added, bookmark = events[0], events[-1]
    assert (added["type"], bookmark["type"]) == ("ADDED", "BOOKMARK")
    assert bookmark["object"]["kind"] == "Secret"
    newest = int(added["object"]["metadata"]["resourceVersion"])
    assert int(bookmark["object"]["metadata"]["resourceVersion"]) >= newest


def test_no_bookmark_unless_asked_for(api: Api, secrets: str) -> None:
    assert api.events(secrets, resourceVersion=_version(api, secrets), timeoutSeconds="3") == []


def test_initial_events_end_with_a_marked_bookmark(api: Api, secrets: str) -> None:
    api.create(secrets, secret("a"))

    with api.watch(
        secrets, sendInitialEvents="true", resourceVersionMatch="NotOlderThan", allowWatchBookmarks="true"
    ) as events:
        added, bookmark = next(events), next(events)

    assert (added["type"], bookmark["type"]) == ("ADDED", "BOOKMARK")
    assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_initial_events_need_a_version_match(api: Api, secrets: str) -> None:
    answer = api.get(secrets, watch="1", sendInitialEvents="true")

    assert answer.refusal == (422, "Invalid")
    assert answer.causes == [("FieldValueForbidden", "resourceVersionMatch")]


def test_watch_from_a_forgotten_version_is_told_to_list_again(api: Api, namespace: str) -> None:
    api.create(f"/api/v1/namespaces/{namespace}/secrets", secret("a"))
    api.forget_history()

    events = api.events(f"/api/v1/namespaces/{namespace}/events", resourceVersion="1")

    assert [event["type"] for event in events] == ["ERROR"]
    status = events[0]["object"]
    assert (status["kind"], status["code"], status["reason"]) == ("Status", 410, "Expired")


def test_list_of_a_forgotten_version_is_expired(api: Api, namespace: str, secrets: str) -> None:
    version = _version(api, secrets)
    api.create(secrets, secret("a"))
    api.forget_history()

    answer = api.get(f"/api/v1/namespaces/{namespace}/events", resourceVersion=version, resourceVersionMatch="Exact")

    assert answer.refusal == (410, "Expired")


def test_page_of_a_forgotten_list_is_expired(api: Api, namespace: str, secrets: str) -> None:
    events = f"/api/v1/namespaces/{namespace}/events"
    for name in ("a", "b"):
        involved = {"kind": "Secret", "namespace": namespace, "name": name}
        api.create(events, {"metadata": {"name": name}, "involvedObject": involved})
    token = api.get(events, limit="1").body["metadata"]["continue"]
    api.create(secrets, secret("a"))
    api.forget_history()

    answer = api.get(events, limit="1", **{"continue": token})

    assert answer.refusal == (410, "Expired")


def test_watch_from_a_malformed_version_fails(api: Api, secrets: str) -> None:
    assert api.get(secrets, watch="1", resourceVersion="abc").code == 500


@pytest.mark.parametrize("verb", ["ADDED", "MODIFIED"])
def test_status_write_is_seen_as_a_change(api: Api, ingresses: str, verb: str) -> None:
    version = _version(api, ingresses)
    api.create(ingresses, ingress())
    api.patch(f"{ingresses}/shop/status", {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}})

    events = api.events(ingresses, 2, resourceVersion=version)

    shown = {event["type"]: event["object"]["status"]["loadBalancer"] for event in events}
    assert shown[verb] == {"ADDED": {}, "MODIFIED": {"ingress": [{"ip": "192.0.2.1"}]}}[verb]

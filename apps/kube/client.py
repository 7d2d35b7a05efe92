"""The one way from the portal to a cluster's API: few verbs, plain dicts, errors of this package.

Every call has its own timeouts and no state but kept connections; an instance may be shared by threads. Creating one
resolves and checks the address (see `addresses`), so a name that is re-pointed later does not move a living client.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from apps.common.sentences import gettext_noop as _n
from apps.kube.addresses import Resolver, check_address, resolve_host
from apps.kube.answers import error_from_status_object
from apps.kube.credentials import Credential, Endpoint
from apps.kube.errors import Gone, ObjectNotFound, ServerFault
from apps.kube.kinds import Kind, kind_of, segment
from apps.kube.transport import ANSWER_LIMIT, Transport

PAGE_LIMIT = 2000
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_REVIEWS = "/apis/authorization.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class ServerVersion:
    """What the API server says it is."""

    git_version: str
    major: str
    minor: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole collection and the resourceVersion to watch it from."""

    items: list[dict[str, Any]]
    resource_version: str


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change; for `BOOKMARK` the object only carries the resourceVersion reached."""

    type: str
    object: dict[str, Any]

    @property
    def resource_version(self) -> str:
        metadata = self.object.get("metadata")
        return str(metadata.get("resourceVersion", "")) if isinstance(metadata, dict) else ""


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that a caller may be allowed to do; None as namespace means in all of them."""

    verb: str
    group: str
    resource: str
    subresource: str = ""
    namespace: str | None = None
    name: str = ""

    def attributes(self) -> dict[str, str]:
        given = {
            "verb": self.verb,
            "group": self.group,
            "resource": self.resource,
            "subresource": self.subresource,
            "namespace": self.namespace or "",
            "name": self.name,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The rules that hold in one namespace as the server lists them; `incomplete` if it may not know all."""

    rules: list[dict[str, Any]]
    incomplete: bool


class ClusterClient:
    """Calls one cluster with one credential. Raises only ClusterError (AddressRefused, Unreachable at creation)."""

    def __init__(
        self,
        endpoint: Endpoint,
        credential: Credential,
        *,
        allow_loopback: bool = False,
        connect_timeout: float = 2.0,
        read_timeout: float = 10.0,
        answer_limit: int = ANSWER_LIMIT,
        resolve: Resolver = resolve_host,
    ) -> None:
        self.read_timeout = read_timeout
        self.address = check_address(endpoint.url, allow_loopback=allow_loopback, resolve=resolve)
        self._transport = Transport(
            endpoint,
            credential,
            self.address,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            answer_limit=answer_limit,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def version(self) -> ServerVersion:
        answer = self._transport.request("GET", "/version")
        return ServerVersion(*(str(answer.get(name, "")) for name in ("gitVersion", "major", "minor")))

    def get(self, kind: Kind, namespace: str | None, name: str) -> dict[str, Any]:
        """One object; ObjectNotFound if it is not there."""
        return self._transport.request("GET", kind.path(namespace, name))

    def list(
        self,
        kind: Kind,
        namespace: str | None = None,
        *,
        field_selector: str | None = None,
        label_selector: str | None = None,
        metadata_only: bool = False,
        limit: int = 500,
    ) -> Listing:
        """All objects, read page by page; `metadata_only` leaves specs and contents at the server.

        A continue token that expires on the way starts the list over once; a second time raises Gone.
        """
        query = _selectors(field_selector, label_selector) | {"limit": str(limit)}
        accept = METADATA_LIST if metadata_only else "application/json"
        try:
            return self._pages(kind.path(namespace), query, accept)
        except Gone:
            return self._pages(kind.path(namespace), query, accept)

    def apply(
        self, manifest: dict[str, Any], *, field_manager: str, dry_run: bool = False, force: bool = False
    ) -> dict[str, Any]:
        """Server-side apply; the object as it is then. ApplyConflict names whoever owns a field that we want."""
        query = {"fieldManager": field_manager, "fieldValidation": "Strict", "force": "true" if force else "false"}
        if dry_run:
            query["dryRun"] = "All"
        metadata = manifest["metadata"]
        return self._transport.request(
            "PATCH",
            kind_of(manifest).path(metadata.get("namespace"), metadata["name"]),
            query=query,
            body=json.dumps(manifest, ensure_ascii=False).encode(),
            content_type="application/apply-patch+yaml",
        )

    def create(self, manifest: dict[str, Any], *, field_manager: str) -> dict[str, Any]:
        """A new object as the cluster keeps it; ObjectConflict if its name is taken. Never changes what is there."""
        return self._transport.request(
            "POST",
            kind_of(manifest).path(manifest["metadata"].get("namespace")),
            query={"fieldManager": field_manager, "fieldValidation": "Strict"},
            body=json.dumps(manifest, ensure_ascii=False).encode(),
        )

    def merge(
        self, kind: Kind, namespace: str | None, name: str, changes: dict[str, Any], *, field_manager: str
    ) -> dict[str, Any]:
        """JSON merge patch (RFC 7396), in which null takes a field out; the object as it is then."""
        return self._transport.request(
            "PATCH",
            kind.path(namespace, name),
            query={"fieldManager": field_manager, "fieldValidation": "Strict"},
            body=json.dumps(changes, ensure_ascii=False).encode(),
            content_type="application/merge-patch+json",
        )

    def delete(
        self,
        kind: Kind,
        namespace: str | None,
        name: str,
        *,
        uid: str,
        resource_version: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Deletes exactly the object with this uid; ObjectConflict if another one has taken its name."""
        preconditions = {"uid": uid} | ({"resourceVersion": resource_version} if resource_version else {})
        options: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": preconditions,
            "propagationPolicy": "Background",
        }
        if dry_run:
            options["dryRun"] = ["All"]
        self._transport.request("DELETE", kind.path(namespace, name), body=json.dumps(options).encode())

    def watch(
        self,
        kind: Kind,
        namespace: str | None = None,
        *,
        resource_version: str,
        timeout_seconds: int,
        field_selector: str | None = None,
        label_selector: str | None = None,
    ) -> Iterator[WatchEvent]:
        """The events of one watch connection, until the server ends it after about `timeout_seconds`.

        Gone means that `resource_version` is too old: list again. Reconnecting and its pace are the caller's.
        """
        query = _selectors(field_selector, label_selector) | {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(timeout_seconds),
        }
        idle = timeout_seconds + self.read_timeout
        for line in self._transport.stream(kind.path(namespace), query=query, idle_timeout=idle):
            yield _watch_event(line)

    def review_access(self, access: Access) -> bool:
        """Whether our credential may do this, as the server itself judges."""
        answer = self._review("SelfSubjectAccessReview", {"resourceAttributes": access.attributes()})
        return answer.get("allowed") is True

    def rules(self, namespace: str) -> AccessRules:
        """What our credential may do in `namespace`, cluster-wide rules included."""
        answer = self._review("SelfSubjectRulesReview", {"namespace": namespace})
        rules = answer.get("resourceRules")
        found = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
        return AccessRules(found, answer.get("incomplete") is True)

    def serves(self, group_version: str) -> set[str]:
        """The plural names served under `group_version`; empty if the cluster does not have it."""
        prefix = "/apis/" if "/" in group_version else "/api/"
        try:
            answer = self._transport.request("GET", prefix + "/".join(map(segment, group_version.split("/"))))
        except ObjectNotFound:
            return set()
        resources = answer.get("resources")
        found = [entry for entry in resources if isinstance(entry, dict)] if isinstance(resources, list) else []
        return {str(entry.get("name")) for entry in found}

    def _review(self, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        body = json.dumps(review).encode()
        status = self._transport.request("POST", f"{_REVIEWS}/{kind.lower()}s", body=body).get("status")
        return status if isinstance(status, dict) else {}

    def _pages(self, path: str, query: Mapping[str, str], accept: str) -> Listing:
        items: list[dict[str, Any]] = []
        token = ""
        for _ in range(PAGE_LIMIT):
            page = self._transport.request("GET", path, query={**query, **_continue(token)}, accept=accept)
            items += _items(page)
            metadata = page.get("metadata")
            metadata = metadata if isinstance(metadata, dict) else {}
            token = str(metadata.get("continue") or "")
            if not token:
                return Listing(items, str(metadata.get("resourceVersion", "")))
        raise ServerFault(_n("The cluster's list does not end."), code="cluster_garbled")


def _continue(token: str) -> dict[str, str]:
    return {"continue": token} if token else {}


def _selectors(field_selector: str | None, label_selector: str | None) -> dict[str, str]:
    given = {"fieldSelector": field_selector, "labelSelector": label_selector}
    return {name: value for name, value in given.items() if value}


def _items(page: dict[str, Any]) -> list[dict[str, Any]]:
    items = page.get("items") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ServerFault(_n("The cluster's list has no items."), code="cluster_garbled")
    return items


def _watch_event(line: dict[str, Any]) -> WatchEvent:
    event_type, content = line.get("type"), line.get("object")
    if not isinstance(event_type, str) or not isinstance(content, dict):
        raise ServerFault(_n("The cluster sent no watch event."), code="cluster_garbled")
    if event_type == "ERROR":
        raise error_from_status_object(content)
    return WatchEvent(event_type, content)

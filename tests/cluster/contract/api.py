"""Raw HTTP against one Kubernetes API, and the few things that differ between the sandbox and the real one.

The contract's tests only see `Api`; how a caller with few rights is made, and how history is forgotten, each kind
does its own way.
"""

import json
import secrets
import ssl
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast
from urllib.parse import quote, urlencode

import urllib3

from sandbox.server import SandboxCluster
from testbed.control_plane import ControlPlane

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
PARTIAL = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"
NETWORKING = "/apis/networking.k8s.io/v1"
DISCOVERY = "/apis/discovery.k8s.io/v1"
AUTHORIZATION = "/apis/authorization.k8s.io/v1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"

Object = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    code: int
    body: Any
    headers: urllib3.HTTPHeaderDict

    @property
    def causes(self) -> list[tuple[str, str]]:
        return [(cause["reason"], cause["field"]) for cause in self.body["details"]["causes"]]

    @property
    def refusal(self) -> tuple[int, str]:
        return self.code, self.body.get("reason", "")

    @property
    def names(self) -> list[str]:
        return [item["metadata"]["name"] for item in self.body["items"]]


class Api(ABC):
    """One API server and its administrator."""

    def __init__(self, url: str, ca_pem: str, token: str) -> None:
        context = ssl.create_default_context(cadata=ca_pem)
        self._pool = urllib3.PoolManager(ssl_context=context, retries=False, timeout=20.0)
        self.url = url
        self.token = token

    def close(self) -> None:
        self._pool.clear()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = JSON,
        accept: str = JSON,
        token: str | None = None,
        agent: str = "contract/1",
        **query: str,
    ) -> Answer:
        headers = self._headers(accept, token) | {"Content-Type": content_type, "User-Agent": agent}
        response = self._send(method, path, body, headers, query)
        is_json = response.data.startswith(b"{")
        parsed = json.loads(response.data) if is_json else response.data.decode()
        return Answer(response.status, parsed, response.headers)

    def _headers(self, accept: str, token: str | None = None) -> dict[str, str]:
        """The administrator's, unless another token is stated; an empty one is nobody's."""
        headers = {"Accept": accept}
        if token != "":
            headers["Authorization"] = f"Bearer {self.token if token is None else token}"
        return headers

    def _send(
        self, method: str, path: str, body: Any, headers: dict[str, str], query: Mapping[str, str], **options: Any
    ) -> urllib3.BaseHTTPResponse:
        url = self.url + path + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        content = body if isinstance(body, str) or body is None else json.dumps(body)
        return self._pool.request(method, url, body=content, headers=headers, redirect=False, **options)

    def get(self, path: str, **options: Any) -> Answer:
        return self.request("GET", path, **options)

    def create(self, path: str, body: Any, **options: Any) -> Answer:
        return self.request("POST", path, body, **options)

    def update(self, path: str, body: Any, **options: Any) -> Answer:
        return self.request("PUT", path, body, **options)

    def patch(self, path: str, body: Any, content_type: str = MERGE, **options: Any) -> Answer:
        return self.request("PATCH", path, body, content_type=content_type, **options)

    def apply(self, path: str, body: Any, manager: str = "portico", **options: Any) -> Answer:
        return self.patch(path, body, APPLY, fieldManager=manager, **options)

    def delete(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.request("DELETE", path, body, **options)

    @contextmanager
    def watch(self, path: str, accept: str = JSON, **query: str) -> Iterator[Iterator[Object]]:
        """The events, one after the other, until `timeoutSeconds` (10 unless stated)."""
        stated = {"watch": "1", "timeoutSeconds": "10", **query}
        response = self._send("GET", path, None, self._headers(accept), stated, preload_content=False)
        try:
            yield _events(response)
        finally:
            response.close()

    def events(self, path: str, count: int | None = None, **query: str) -> list[Object]:
        """The first `count` events of a watch; without a count all of a watch of one second."""
        seconds = "1" if count is None else "10"
        with self.watch(path, **{"timeoutSeconds": seconds, **query}) as events:
            return list(islice(events, count))

    def create_namespace(self) -> str:
        name = f"contract-{secrets.token_hex(4)}"
        assert self.create("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
        return name

    @abstractmethod
    def caller(self, namespace: str, rules: list[Object]) -> tuple[str, str]:
        """User name and token of a caller with these rights in the namespace and none elsewhere."""

    @abstractmethod
    def forget_history(self) -> None:
        """After this, nothing before now can be watched or listed."""


def _events(response: urllib3.BaseHTTPResponse) -> Iterator[Object]:
    buffer = b""
    for chunk in response.stream(None):
        buffer += chunk
        *lines, buffer = buffer.split(b"\n")
        yield from (json.loads(line) for line in lines)


class SandboxApi(Api):
    def __init__(self, cluster: SandboxCluster) -> None:
        super().__init__(cluster.url, cluster.ca_pem, cluster.admin_token)
        self._cluster = cluster

    def caller(self, namespace: str, rules: list[Object]) -> tuple[str, str]:
        name = f"system:serviceaccount:{namespace}:caller"
        return name, self._cluster.token(name, [rule | {"namespaces": [namespace]} for rule in rules])

    def forget_history(self) -> None:
        self._cluster.store.forget_history()


class RealApi(Api):
    def __init__(self, kube: ControlPlane) -> None:
        super().__init__(kube.url, kube.ca.certificate_pem, kube.token)
        self._kube = kube

    def caller(self, namespace: str, rules: list[Object]) -> tuple[str, str]:
        token = self._kube.service_account_token(namespace, "caller", rules=[])
        roles = f"{RBAC}/namespaces/{namespace}"
        subject = {"kind": "ServiceAccount", "name": "caller", "namespace": namespace}
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "caller"}
        self.create(f"{roles}/roles", {"metadata": {"name": "caller"}, "rules": rules})
        binding = {"metadata": {"name": "caller"}, "subjects": [subject], "roleRef": reference}
        self.create(f"{roles}/rolebindings", binding)
        self._wait_for(token, namespace, rules[0])
        return f"system:serviceaccount:{namespace}:caller", token

    def _wait_for(self, token: str, namespace: str, rule: Object) -> None:
        """Roles take effect a moment after they were written."""
        attributes = {
            "namespace": namespace,
            "verb": rule["verbs"][0],
            "group": rule["apiGroups"][0],
            "resource": rule["resources"][0],
        }
        body = {"spec": {"resourceAttributes": attributes}}
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            answer = self.create(f"{AUTHORIZATION}/selfsubjectaccessreviews", body, token=token)
            if answer.code == 201 and answer.body["status"]["allowed"]:
                return
            time.sleep(0.05)
        raise AssertionError("the role did not take effect")

    def forget_history(self) -> None:
        """Compacts etcd, through its HTTP gateway."""
        revision = self.get("/api/v1/events").body["metadata"]["resourceVersion"]
        etcd = next(part for part in self._kube.parts if part.name == "etcd")
        prefix = "--listen-client-urls="
        words = [str(word) for word in cast("list[str]", etcd.process.args)]
        url = next(word.removeprefix(prefix) for word in words if word.startswith(prefix))
        answer = self._pool.request("POST", f"{url}/v3/kv/compaction", body=json.dumps({"revision": revision}))
        assert answer.status == 200

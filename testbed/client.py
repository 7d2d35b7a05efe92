"""A plain Kubernetes API client for what an administrator of the test cluster does: JSON in, JSON out.

It is kept apart from the product's gateway on purpose: a fault of the gateway must not hide itself in the test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

JSONObject = dict[str, Any]

FIELD_MANAGER = "testbed"
APPLY = "application/apply-patch+yaml"


class ApiError(RuntimeError):
    """The API server answered with an error; `status` is its HTTP status, `body` its Status object."""

    def __init__(self, status: int, body: JSONObject) -> None:
        super().__init__(f"{status}: {body.get('message', body)}")
        self.status = status
        self.body = body


class ApiClient:
    """One caller of one API server."""

    def __init__(self, url: str, *, ca_file: Path, token: str) -> None:
        self.url = url
        self._pool = urllib3.PoolManager(ca_certs=str(ca_file), timeout=30, retries=False, maxsize=4)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._resources: dict[tuple[str, str], JSONObject] = {}

    def request(
        self,
        method: str,
        path: str,
        body: JSONObject | None = None,
        *,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> JSONObject:
        """The decoded answer; raises `ApiError` on any status from 400."""
        response = self._pool.request(
            method,
            self.url + path + (f"?{urlencode(query)}" if query else ""),
            body=None if body is None else json.dumps(body),
            headers={**self._headers, "Content-Type": content_type},
        )
        answer = _decode(response.data)
        if response.status >= 400:
            raise ApiError(response.status, answer)
        return answer

    def get(self, path: str, query: Mapping[str, str] | None = None) -> JSONObject:
        return self.request("GET", path, query=query)

    def find(self, path: str) -> JSONObject | None:
        """The object, or None when it is not there."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status != 404:
                raise
        return None

    def post(self, path: str, body: JSONObject) -> JSONObject:
        return self.request("POST", path, body)

    def delete(self, path: str) -> JSONObject:
        return self.request("DELETE", path)

    def apply(self, manifest: JSONObject, *, field_manager: str = FIELD_MANAGER) -> JSONObject:
        """Server-side apply of any object, as `kubectl apply --server-side --force-conflicts` does."""
        query = {"fieldManager": field_manager, "force": "true"}
        return self.request("PATCH", self.path_of(manifest), manifest, query=query, content_type=APPLY)

    def path_of(self, manifest: JSONObject) -> str:
        """URL path of an object, from its apiVersion, kind, namespace and name."""
        version, metadata = manifest["apiVersion"], manifest["metadata"]
        resource = self._resource(version, manifest["kind"])
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        scope = f"/namespaces/{metadata.get('namespace', 'default')}" if resource["namespaced"] else ""
        return f"{root}{scope}/{resource['name']}/{metadata['name']}"

    def _resource(self, version: str, kind: str) -> JSONObject:
        if (version, kind) not in self._resources:
            root = f"/apis/{version}" if "/" in version else f"/api/{version}"
            for resource in self.get(root)["resources"]:
                if "/" not in resource["name"]:
                    self._resources[version, resource["kind"]] = resource
        return self._resources[version, kind]


def _decode(content: bytes) -> JSONObject:
    """Health paths answer plain text."""
    try:
        answer: JSONObject = json.loads(content)
    except ValueError:
        return {"message": content.decode(errors="replace")}
    return answer

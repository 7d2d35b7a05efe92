"""A controller's view of one cluster over its HTTP API: list, watch from there, start again when the watch breaks.

Knows nothing of the sandbox's inside: it would follow any Kubernetes API with the five kinds.
"""

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from sandbox.routing import ClusterObjects, Key
from sandbox.schema import Object

NETWORKING = "/apis/networking.k8s.io/v1"
PATHS: Mapping[str, str] = MappingProxyType(
    {
        "ingresses": f"{NETWORKING}/ingresses",
        "ingress_classes": f"{NETWORKING}/ingressclasses",
        "services": "/api/v1/services",
        "endpoint_slices": "/apis/discovery.k8s.io/v1/endpointslices",
        "secrets": "/api/v1/secrets",
    }
)
SELECTORS = {"secrets": "type=kubernetes.io/tls"}
WATCH_SECONDS = 290
CONNECT_TIMEOUT = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


@dataclass(frozen=True)
class ClusterAccess:
    name: str
    url: str
    ca_pem: str
    token: str

    def connect(self) -> http.client.HTTPSConnection:
        parts = urlsplit(self.url)
        context = ssl.create_default_context(cadata=self.ca_pem)
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port or 443, timeout=CONNECT_TIMEOUT, context=context
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "User-Agent": "sandbox-router/1", "Accept": "application/json"}


class RefusedError(Exception):
    """The API said no; the list has to be read anew."""


class Reflector:
    """Follows one kind of one cluster until stopped; `changed` is called after every change."""

    def __init__(self, cluster: ClusterAccess, path: str, selector: str, changed: Callable[[], None]) -> None:
        self.objects: Mapping[Key, Object] = {}
        self.listed = threading.Event()
        self._cluster = cluster
        self._path = path
        self._query = {"fieldSelector": selector} if selector else {}
        self._changed = changed
        self._stop = threading.Event()
        self._connection: http.client.HTTPSConnection | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=CONNECT_TIMEOUT)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            try:
                self._follow()
                pause = FIRST_PAUSE
            except (OSError, http.client.HTTPException, ValueError, AttributeError, RefusedError):
                # AttributeError: the connection was closed under the reader by `stop`
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _follow(self) -> None:
        """One list, then watches until one of them fails."""
        connection = self._connection = self._cluster.connect()
        try:
            version = self._list(connection)
            while not self._stop.is_set():
                version = self._watch(connection, version)
        finally:
            connection.close()

    def _get(self, connection: http.client.HTTPSConnection, query: dict[str, str]) -> http.client.HTTPResponse:
        connection.request("GET", f"{self._path}?{urlencode(self._query | query)}", headers=self._cluster.headers)
        response = connection.getresponse()
        if response.status != 200:
            response.read()
            raise RefusedError(f"{self._path}: {response.status}")
        return response

    def _list(self, connection: http.client.HTTPSConnection) -> str:
        body = json.loads(self._get(connection, {}).read())
        self._replace({_key(obj): obj for obj in body["items"]})
        self.listed.set()
        version: str = body["metadata"]["resourceVersion"]
        return version

    def _watch(self, connection: http.client.HTTPSConnection, version: str) -> str:
        query = {
            "watch": "1",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        response = self._get(connection, query)
        connection.sock.settimeout(WATCH_SECONDS + 30)
        for event in _events(response):
            version = self._take(event)
        connection.sock.settimeout(CONNECT_TIMEOUT)
        return version

    def _take(self, event: Object) -> str:
        verb, obj = event["type"], event["object"]
        if verb == "ERROR":
            raise RefusedError(obj.get("message", ""))
        if verb == "DELETED":
            self._replace({key: value for key, value in self.objects.items() if key != _key(obj)})
        elif verb != "BOOKMARK":
            self._replace({**self.objects, _key(obj): obj})
        version: str = obj["metadata"]["resourceVersion"]
        return version

    def _replace(self, objects: Mapping[Key, Object]) -> None:
        self.objects = objects
        self._changed()


def _events(response: http.client.HTTPResponse) -> Iterator[Object]:
    while line := response.readline():
        yield json.loads(line)


def _key(obj: Object) -> Key:
    return (obj["metadata"].get("namespace", ""), obj["metadata"]["name"])


class ClusterView:
    """All five kinds of one cluster, and the one thing a controller writes: the status of Ingresses."""

    def __init__(self, cluster: ClusterAccess, changed: Callable[[], None]) -> None:
        self.cluster = cluster
        self._reflectors = {
            name: Reflector(cluster, path, SELECTORS.get(name, ""), changed) for name, path in PATHS.items()
        }

    def start(self) -> None:
        for reflector in self._reflectors.values():
            reflector.start()

    def stop(self) -> None:
        for reflector in self._reflectors.values():
            reflector.stop()

    def wait(self, seconds: float) -> bool:
        """Whether everything was listed within the time."""
        return all(reflector.listed.wait(seconds) for reflector in self._reflectors.values())

    def objects(self) -> ClusterObjects:
        return ClusterObjects(
            self.cluster.name, **{name: reflector.objects for name, reflector in self._reflectors.items()}
        )

    def write_address(self, ingress: Object, points: list[dict[str, str]]) -> bool:
        """Publishes where the Ingress is reached; False when the API did not take it."""
        metadata = ingress["metadata"]
        path = f"{NETWORKING}/namespaces/{quote(metadata['namespace'])}/ingresses/{quote(metadata['name'])}/status"
        patch = {"metadata": {"uid": metadata["uid"]}, "status": {"loadBalancer": {"ingress": points}}}
        headers = self.cluster.headers | {"Content-Type": "application/merge-patch+json"}
        connection = self.cluster.connect()
        try:
            connection.request("PATCH", path, body=json.dumps(patch), headers=headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return response.status == 200

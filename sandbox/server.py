"""Sandbox clusters over HTTPS: one port, CA, token list and store per cluster, all in one process.

`SandboxServer` is what the demo runs and what tests start in-process; `SandboxCluster` is one cluster of it, with
switches that break it on purpose.
"""

import base64
import json
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.api import Api
from sandbox.errors import ApiError
from sandbox.listening import Handler, Server
from sandbox.pki import KeyPair, keep, kept, make_ca, make_certificate, server_context
from sandbox.rbac import Tokens
from sandbox.requests import Response, json_response
from sandbox.storage import HISTORY, Store

HOST = "127.0.0.1"


class Faults:
    """What a cluster does wrong at the moment, for tests: nothing, after `clear()`."""

    def __init__(self) -> None:
        self._freed = threading.Event()
        self.hanging = False
        self.delay = 0.0
        self.code = 0

    def clear(self) -> None:
        self.hanging, self.delay, self.code = False, 0.0, 0
        self._freed.set()

    def hang(self) -> None:
        self._freed.clear()
        self.hanging = True

    def suffer(self) -> Response | None:
        """Waits as told; the answer to give instead of the real one, if any."""
        if self.hanging:
            self._freed.wait()
        if self.delay:
            time.sleep(self.delay)
        if not self.code:
            return None
        error = ApiError(self.code, "", f"the sandbox was told to answer {self.code}")
        return json_response(error.status(), self.code)


class SandboxCluster:
    """One cluster: its address, its trust, its credentials, its faults."""

    def __init__(self, name: str, directory: Path | None, port: int = 0, history: int = HISTORY) -> None:
        self.name = name
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._ca, pair = _certificates(name, directory)
        self._context = server_context(pair)
        self._tokens = Tokens(directory / "tokens.json" if directory else None)
        self.store = Store(directory / "objects.sqlite" if directory else None, history)
        self.api = Api(self.store, self._tokens)
        self.faults = Faults()
        self.port = port
        self._server: Server | None = None

    def start(self) -> None:
        cluster = self

        class ClusterHandler(_ApiHandler):
            api = cluster.api
            faults = cluster.faults

        self._server = Server((HOST, self.port), ClusterHandler, lambda: self._context)
        self.port = self._server.port
        self._server.start()

    def stop(self) -> None:
        self.faults.clear()
        self.api.close()
        self._close_port()
        self.store.close()

    def _close_port(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    @property
    def ca_pem(self) -> str:
        return self._ca.certificate

    @property
    def admin_token(self) -> str:
        return self._tokens.admin

    def token(self, user: str, rules: Iterable[Mapping[str, Any]]) -> str:
        """A bearer token for a user with these RBAC rules (each with `namespaces`; None means all)."""
        return self._tokens.issue(user, rules)

    def revoke(self, token: str) -> None:
        self._tokens.revoke(token)

    def kubeconfig(self, token: str | None = None, user: str = "admin") -> str:
        return kubeconfig({self.name: self}, {self.name: (user, token or self.admin_token)})

    def hang(self) -> None:
        """Take requests and never answer."""
        self.faults.hang()

    def slow(self, seconds: float) -> None:
        self.faults.delay = seconds

    def status(self, code: int) -> None:
        """Answer everything with this status."""
        self.faults.code = code

    def refuse(self) -> None:
        """Close the port: connections are refused."""
        self._close_port()

    def drop_connections(self) -> None:
        """Cut every open connection, watches included."""
        if self._server is not None:
            self._server.drop_connections()

    def clear(self) -> None:
        """Well again, at the same address."""
        self.faults.clear()
        if self._server is None:
            self.start()


def _certificates(name: str, directory: Path | None) -> tuple[KeyPair, KeyPair]:
    if directory is not None:
        ca, pair = kept(directory, "ca"), kept(directory, "server")
        if ca and pair:
            return ca, pair
    ca = make_ca(f"{name} sandbox CA")
    pair = make_certificate(ca, "kube-apiserver", ["localhost", "kubernetes.default.svc"], [HOST])
    if directory is not None:
        keep(ca, directory, "ca")
        keep(pair, directory, "server")
    return ca, pair


def kubeconfig(clusters: Mapping[str, SandboxCluster], credentials: Mapping[str, tuple[str, str]]) -> str:
    """One context per cluster, named like the cluster; self-contained (no files)."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": next(iter(clusters), ""),
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "server": cluster.url,
                    "certificate-authority-data": base64.b64encode(cluster.ca_pem.encode()).decode(),
                },
            }
            for name, cluster in clusters.items()
        ],
        "users": [
            {"name": f"{name}-{credentials[name][0]}", "user": {"token": credentials[name][1]}} for name in clusters
        ],
        "contexts": [
            {"name": name, "context": {"cluster": name, "user": f"{name}-{credentials[name][0]}"}} for name in clusters
        ],
    }
    return yaml.safe_dump(document, sort_keys=False)


class SandboxServer:
    """Several clusters in one process. Without `state_dir` nothing is kept."""

    def __init__(
        self,
        state_dir: Path | str | None = None,
        clusters: Iterable[str] = ("sandbox",),
        ports: Mapping[str, int] | None = None,
    ) -> None:
        root = Path(state_dir) if state_dir is not None else None
        stated = ports or {}
        self.clusters = {
            name: SandboxCluster(name, root / name if root else None, stated.get(name, 0)) for name in clusters
        }

    def start(self) -> "SandboxServer":
        for cluster in self.clusters.values():
            cluster.start()
        return self

    def stop(self) -> None:
        for cluster in self.clusters.values():
            cluster.stop()

    def __enter__(self) -> "SandboxServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __getitem__(self, name: str) -> SandboxCluster:
        return self.clusters[name]

    def kubeconfig(self) -> str:
        """All clusters with full rights."""
        return kubeconfig(self.clusters, {name: ("admin", each.admin_token) for name, each in self.clusters.items()})


class _ApiHandler(Handler):
    api: Api
    faults: Faults

    def respond(self, body: bytes) -> None:
        response = self.faults.suffer() or self._answer(body)
        if response.stream is None:
            headers = {"Content-Type": response.content_type, "Cache-Control": "no-cache, private", **response.headers}
            self.answer(response.code, headers, response.body)
            return
        self.send_response(response.code)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Cache-Control", "no-cache, private")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for line in response.stream:
            self.chunk(line)
        self.chunk(b"")

    def _answer(self, body: bytes) -> Response:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            return self.api.answer(self.command, self.path, headers, body)
        except Exception as error:  # noqa: BLE001 - the boundary of one request: a bug of ours is a 500, not a dead connection
            failure = ApiError(500, "InternalError", f"Internal error occurred: {error!r}")
            print(json.dumps({"event": "sandbox_failure", "path": self.path, "error": repr(error)}), flush=True)
            return json_response(failure.status(), 500)

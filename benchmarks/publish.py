"""How long from the click to an answering URL, beside the floor: the bare object applied by hand.

Runs against a demo that is up (`make demo`), with its tokens and kubeconfig:

    .venv/bin/python benchmarks/publish.py [--folder var/demo] [--rounds 30] [--router-port 8080]

Each round publishes a new name over REST and polls the router until it answers, then applies an equal Ingress straight
to the cluster's API and polls again; interleaved, so a slow machine slows both. Prints p50 and p95 of both and the
median of the ratio. Objects are deleted afterwards.
"""

from __future__ import annotations

import argparse
import http.client
import json
import ssl
import statistics
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.005


def read_tokens(folder: Path) -> dict[str, str]:
    lines = (folder / "tokens.env").read_text().splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)


class Api:
    """Kept connection to one HTTP API that speaks JSON."""

    def __init__(self, url: str, token: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        self.connection = (
            http.client.HTTPSConnection(host, port, timeout=30, context=context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=30)
        )
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, verb: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        payload = json.dumps(body) if body is not None else None
        self.connection.request(verb, path, payload, self.headers | {"Content-Type": content_type})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{verb} {path}: {answer.status} {content[:300]!r}")
        return json.loads(content) if content else None


def wait_for_answer(router_port: int, host: str) -> None:
    """Until the router serves the host; fails the run after `PATIENCE_SECONDS`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", router_port, timeout=2)
        connection.request("GET", "/", headers={"Host": host})
        status = connection.getresponse().status
        connection.close()
        if status == 200:
            return
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"{host} did not answer within {PATIENCE_SECONDS:.0f} s")


def timed(action: Callable[[Api, int, str], str], api: Api, router_port: int, host: str) -> tuple[float, str]:
    started = time.monotonic()
    made = action(api, router_port, host)
    return time.monotonic() - started, made


def publish(portal: Api, router_port: int, host: str) -> str:
    path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
    body = {"cluster": "dev-1", "namespace": "web", "host": host, "paths": [path], "tls": None, "reason": "Benchmark."}
    created = portal.call("POST", "/api/v1/exposures/", body)
    wait_for_answer(router_port, host)
    identifier: str = created["id"]
    return identifier


def apply_by_hand(cluster: Api, router_port: int, host: str) -> str:
    name = host.split(".", maxsplit=1)[0]
    backend = {"service": {"name": "shop", "port": {"name": "http"}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": "web"},
        "spec": {"rules": [rule]},
    }
    place = f"/apis/networking.k8s.io/v1/namespaces/web/ingresses/{name}"
    cluster.call("PATCH", f"{place}?fieldManager=bench&force=true", manifest, "application/apply-patch+yaml")
    wait_for_answer(router_port, host)
    return place


def cluster_api(folder: Path) -> Api:
    config = yaml.safe_load((folder / "kubeconfig").read_text())
    entry = next(item["cluster"] for item in config["clusters"] if item["name"] == "dev-1")
    user = next(item["context"]["user"] for item in config["contexts"] if item["name"] == "dev-1")
    token = next(item["user"]["token"] for item in config["users"] if item["name"] == user)
    context = ssl._create_unverified_context()  # the demo's own machine, its own authority
    return Api(entry["server"], token, context)


def describe(name: str, seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{name:8} p50 {statistics.median(ordered) * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folder", type=Path, default=Path("var/demo"))
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--router-port", type=int, default=8080)
    given = parser.parse_args()
    tokens = read_tokens(given.folder)
    portal = Api(tokens["PORTICO_URL"], tokens["PORTICO_TOKEN_DEVELOPER"])
    cluster = cluster_api(given.folder)
    ours, floor = [], []
    for _ in range(given.rounds):
        mark = uuid.uuid4().hex[:8]
        ours.append(timed(publish, portal, given.router_port, f"bench-{mark}.dev.localhost"))
        floor.append(timed(apply_by_hand, cluster, given.router_port, f"hand-{mark}.dev.localhost"))
    for _, identifier in ours:
        portal.call("DELETE", f"/api/v1/exposures/{identifier}/")
    for _, place in floor:
        cluster.call("DELETE", place)
    report([seconds for seconds, _ in ours], [seconds for seconds, _ in floor])


def report(ours: list[float], floor: list[float]) -> None:
    print(describe("portal", ours))
    print(describe("by hand", floor))
    print(f"ratio    median {statistics.median(a / b for a, b in zip(ours, floor, strict=True)):.1f}")


if __name__ == "__main__":
    main()

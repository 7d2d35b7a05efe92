"""Clusters that hang, refuse, fail or ask for a pause, beside healthy ones: real processes, database and broker.

The clusters are sandboxes, because a real one cannot be told to be sick.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from apps.delivery.services.run import PER_CLUSTER
from apps.kube.kinds import INGRESS
from sandbox.server import SandboxCluster, SandboxServer
from testbed.bed import Testbed
from testbed.objects import endpoint_slice, ingress_class, namespace, service
from testbed.process import eventually
from tests.cluster.main_job.product import Product
from tests.integration.sandboxes import admin_client, put

CLUSTERS = ("healthy", "silent", "refusing", "failing", "busy", "slow")
MANIFESTS = [
    namespace("web"),
    ingress_class("traefik"),
    service("web", "shop"),
    endpoint_slice("web", "shop", addresses=["10.77.0.10"], port=8080),
]
# More than the worker has threads: without a limit the silent cluster would take all of them.
MANY = 5 * PER_CLUSTER
HASH = "portico.dev/content-hash"


@dataclass
class Fleet:
    product: Product
    sandboxes: dict[str, SandboxCluster]

    def expose(self, cluster: str, name: str) -> dict[str, Any]:
        path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
        host = f"{name}.{cluster}.example.net"
        body = {"cluster": cluster, "namespace": "web", "host": host, "paths": [path], "reason": "A test."}
        answer = self.product.ask("developer", "POST", "/exposures/", body)
        assert answer.status == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def deliveries(self, cluster: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.product.ask(
            "developer", "GET", f"/deliveries/?cluster={cluster}&page_size=200"
        ).json["results"]
        return rows

    def all_become(self, state: str, cluster: str, *, seconds: float = 15) -> bool:
        return eventually(lambda: {row["state"] for row in self.deliveries(cluster)} == {state}, seconds=seconds)

    def hashes(self, cluster: str) -> list[str]:
        with admin_client(self.sandboxes[cluster]) as client:
            items = client.list(INGRESS, "web").items
        return sorted(item["metadata"]["annotations"][HASH] for item in items)


@pytest.fixture(scope="module")
def fleet(bed: Testbed) -> Iterator[Fleet]:
    """Six clusters, read once; no controller and no entry, so that a delivery is calls to the API and nothing else."""
    with tempfile.TemporaryDirectory(prefix="portico-faults-") as folder, SandboxServer(clusters=CLUSTERS) as server:
        product = Product(Path(folder), bed.postgres.create_database())
        try:
            product.start(
                clusters=CLUSTERS,
                web_namespace="web",
                pay_namespace="pay",
                PORTICO_ADMISSION_SECONDS="0",
                PORTICO_SERVING_SECONDS="0",
            )
            for name, sandbox in server.clusters.items():
                put(sandbox, *MANIFESTS)
                _register(product, name, sandbox)
            assert eventually(lambda: all(_is_read(product, name) for name in CLUSTERS)), product.logs()
            yield Fleet(product, server.clusters)
        finally:
            product.stop()


def _register(product: Product, name: str, sandbox: SandboxCluster) -> None:
    body = {
        "name": name,
        "environment": "dev",
        "kubeconfig": sandbox.kubeconfig(),
        "wildcard_domain": f"{name}.example.net",
        "default_ingress_class_name": "traefik",
    }
    answer = product.ask("platform", "POST", "/clusters/", body)
    assert answer.status == 201, answer.text


def _is_read(product: Product, cluster: str) -> bool:
    """Secrets are what an inventory reads last: from then on their list has an age."""
    answer = product.ask("developer", "GET", f"/clusters/{cluster}/namespaces/web/certificates/")
    return bool(answer.status == 200 and answer.json["observed_at"])


def test_silent_cluster_does_not_slow_the_healthy_one(fleet: Fleet) -> None:
    """Deliveries to both in turn, first with both healthy, then with one that takes calls and never answers (D4)."""
    seconds_healthy = _seconds_for_healthy(fleet, "before")
    assert fleet.all_become("live", "silent")
    fleet.sandboxes["silent"].hang()
    try:
        seconds_beside_silent = _seconds_for_healthy(fleet, "beside")
        busy = [row["state"] for row in fleet.deliveries("silent") if row["state"] == "applying"]
    finally:
        fleet.sandboxes["silent"].clear()

    assert len(busy) == PER_CLUSTER
    assert seconds_beside_silent <= 2 * seconds_healthy + 0.5, (seconds_healthy, seconds_beside_silent)
    assert fleet.all_become("live", "silent", seconds=40), fleet.product.logs()
    assert len(set(fleet.hashes("silent"))) == 2 * MANY == len(fleet.hashes("silent"))


def test_each_fault_is_named_retried_and_overcome_once_it_is_gone(fleet: Fleet) -> None:
    fleet.sandboxes["refusing"].refuse()
    fleet.sandboxes["failing"].status(500)
    fleet.sandboxes["busy"].status(429)
    asked = {name: fleet.expose(name, "shop") for name in ("refusing", "failing", "busy")}

    for name in asked:
        assert fleet.all_become("retrying", name), fleet.deliveries(name)
    waiting = {name: fleet.deliveries(name)[0] for name in asked}
    for name in asked:
        fleet.sandboxes[name].clear()

    assert {name: row["reason"]["code"] for name, row in waiting.items()} == {
        "refusing": "cluster_unreachable",
        "failing": "cluster_fault",
        "busy": "cluster_busy",
    }
    assert all(row["next_attempt_at"] for row in waiting.values())
    for name, exposure in asked.items():
        assert fleet.all_become("live", name, seconds=30), fleet.deliveries(name)
        assert fleet.hashes(name) == [exposure["change_request"]["content_hash"]]


def test_slow_cluster_gets_there_in_one_attempt(fleet: Fleet) -> None:
    fleet.sandboxes["slow"].slow(0.5)
    exposure = fleet.expose("slow", "shop")

    assert fleet.all_become("live", "slow"), fleet.deliveries("slow")
    [delivery] = fleet.deliveries("slow")
    assert delivery["attempt"] == 1
    assert fleet.hashes("slow") == [exposure["change_request"]["content_hash"]]


def test_credential_that_is_no_longer_good_ends_in_a_failure_that_a_person_can_retry(fleet: Fleet) -> None:
    """Not a matter of time, so nothing is tried again by itself (D1)."""
    fleet.sandboxes["slow"].clear()
    fleet.sandboxes["slow"].status(401)
    exposure = fleet.expose("slow", "again")
    request = f"/requests/{exposure['change_request']['id']}/"
    failed = fleet.product.ask("developer", "GET", f"{request}?wait=20").json
    fleet.sandboxes["slow"].clear()

    retried = fleet.product.ask("developer", "POST", f"{request}retry/", {})

    assert (failed["state"], failed["state_reason"]["code"]) == ("failed", "cluster_unauthorized")
    assert retried.status == 200, retried.text
    assert fleet.product.ask("developer", "GET", f"{request}?wait=20").json["state"] == "done"


def _seconds_for_healthy(fleet: Fleet, prefix: str) -> float:
    """From the first click to the last live exposure of the healthy cluster, as many going to the silent one."""
    started = time.monotonic()
    healthy: Sequence[str] = []
    for number in range(MANY):
        fleet.expose("silent", f"{prefix}-{number}")
        healthy = [*healthy, fleet.expose("healthy", f"{prefix}-{number}")["id"]]
    assert fleet.all_become("live", "healthy", seconds=30), fleet.product.logs()
    seconds = time.monotonic() - started
    assert len(fleet.deliveries("healthy")) % MANY == 0
    return seconds

"""The command line, as the demo runs it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from sandbox.__main__ import clusters_of
from sandbox.server import SandboxServer
from tests.unit.sandbox.client import visit

ROOT = Path(__file__).parents[3]


@contextlib.contextmanager
def _running(*words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def test_api_and_router_run_and_stop_on_sigterm(tmp_path: Path) -> None:
    config, router_config = tmp_path / "kubeconfig", tmp_path / "router"
    arguments = ["--cluster", "dev-1", "--kubeconfig", str(config), "--router-kubeconfig", str(router_config)]
    with _running("api", "--state", str(tmp_path / "state"), *arguments) as api:
        assert api.stdout is not None
        name, url = api.stdout.readline().split()
        with _running("router", "--kubeconfig", str(router_config), "--http-port", "0", "--https-port", "0") as router:
            assert router.stdout is not None
            ports = [int(address.rpartition(":")[2]) for address in router.stdout.readline().split()]
            status, _ = visit(ports[0], "nobody.localhost")

    assert (name, yaml.safe_load(config.read_text())["clusters"][0]["cluster"]["server"]) == ("dev-1", url)
    assert oct(config.stat().st_mode)[-3:] == "600"
    assert (status, api.returncode, router.returncode) == (404, 0, 0)


def test_clusters_are_read_from_a_kubeconfig(tmp_path: Path) -> None:
    server = SandboxServer(clusters=["dev-1", "test-1"])
    file = tmp_path / "kubeconfig"
    file.write_text(server.kubeconfig())

    everything = clusters_of(file)
    chosen = clusters_of(file, ["test-1"])

    assert [access.name for access in everything] == ["dev-1", "test-1"]
    assert [access.token for access in chosen] == [server["test-1"].admin_token]
    server.stop()

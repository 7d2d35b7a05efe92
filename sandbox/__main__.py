"""`python -m sandbox api|router|backends`: the demo's stand-ins, each in the foreground until SIGTERM or Ctrl-C."""

import argparse
import base64
import signal
import threading
from pathlib import Path

import yaml

from sandbox.backends import Backends
from sandbox.reflector import ClusterAccess
from sandbox.router import ROUTER_RULES, Router
from sandbox.server import SandboxServer, kubeconfig


def _stop_signal() -> threading.Event:
    """Set by SIGTERM and Ctrl-C. Asked for first of all: who reads that we are ready may stop us at once."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _say(line: str) -> None:
    print(line, flush=True)


def _named_port(text: str) -> tuple[str, int]:
    name, _, port = text.partition("=")
    return name, int(port or 0)


def _named_address(text: str) -> tuple[str, str]:
    name, equals, address = text.partition("=")
    if not equals or not address.rpartition(":")[2].isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAMESPACE/SERVICE=ADDRESS:PORT")
    return name, address


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def run_api(arguments: argparse.Namespace) -> None:
    stop = _stop_signal()
    ports = dict(arguments.cluster or [("sandbox", 0)])
    with SandboxServer(arguments.state, ports, ports) as server:
        if arguments.kubeconfig:
            _write_private(arguments.kubeconfig, server.kubeconfig())
        if arguments.router_kubeconfig:
            tokens = {name: ("router", each.token("router", ROUTER_RULES)) for name, each in server.clusters.items()}
            _write_private(arguments.router_kubeconfig, kubeconfig(server.clusters, tokens))
        for name, cluster in server.clusters.items():
            _say(f"{name} {cluster.url}")
        stop.wait()


def clusters_of(file: Path, contexts: list[str] | None = None) -> list[ClusterAccess]:
    """The clusters of a kubeconfig with inline certificates and tokens; all contexts unless some are named."""
    document = yaml.safe_load(file.read_text())
    clusters = {entry["name"]: entry["cluster"] for entry in document["clusters"]}
    users = {entry["name"]: entry["user"] for entry in document["users"]}
    return [
        ClusterAccess(
            entry["name"],
            clusters[entry["context"]["cluster"]]["server"],
            base64.b64decode(clusters[entry["context"]["cluster"]]["certificate-authority-data"]).decode(),
            users[entry["context"]["user"]]["token"],
        )
        for entry in document["contexts"]
        if not contexts or entry["name"] in contexts
    ]


def run_router(arguments: argparse.Namespace) -> None:
    stop = _stop_signal()
    clusters = clusters_of(arguments.kubeconfig, arguments.context)
    backends = dict(arguments.backend or [])
    with Router(clusters, arguments.http_port, arguments.https_port, backends, arguments.address) as router:
        if not router.wait():
            _say("not every cluster answers yet; the router goes on trying")
        _say(f"http://127.0.0.1:{router.http_port} https://127.0.0.1:{router.https_port}")
        stop.wait()


def run_backends(arguments: argparse.Namespace) -> None:
    stop = _stop_signal()
    with Backends(dict(arguments.service)) as backends:
        for name, address in backends.addresses.items():
            _say(f"{name}={address}")
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True)
    api = commands.add_parser("api", help="serve sandbox clusters")
    api.add_argument("--state", type=Path, help="directory that keeps objects, certificates and tokens")
    api.add_argument("--cluster", type=_named_port, action="append", metavar="NAME[=PORT]", help="repeatable")
    api.add_argument("--kubeconfig", type=Path, help="write a kubeconfig with one admin context per cluster")
    api.add_argument("--router-kubeconfig", type=Path, help="write one with just the rights of a router")
    api.set_defaults(run=run_api)
    router = commands.add_parser("router", help="route HTTP and HTTPS to the services of sandbox clusters")
    router.add_argument("--kubeconfig", type=Path, required=True)
    router.add_argument("--context", action="append", help="repeatable; all contexts by default")
    router.add_argument("--http-port", type=int, default=8080)
    router.add_argument("--https-port", type=int, default=8443)
    router.add_argument("--address", default="127.0.0.1", help="published in the status of each Ingress")
    router.add_argument("--backend", type=_named_address, action="append", metavar="[CLUSTER/]NS/SERVICE=HOST:PORT")
    router.set_defaults(run=run_router)
    backends = commands.add_parser("backends", help="serve pages that name their service")
    backends.add_argument("service", type=_named_port, nargs="+", metavar="NS/SERVICE[=PORT]")
    backends.set_defaults(run=run_backends)
    return parser


def main() -> None:
    arguments = _parser().parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()

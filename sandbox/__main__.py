"""`python -m sandbox api|router|backends`: the demo's stand-ins, each in the foreground until SIGTERM or Ctrl-C."""

import argparse
import signal
import threading
from pathlib import Path

from sandbox.server import SandboxServer


def _until_stopped() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def _cluster(text: str) -> tuple[str, int]:
    name, _, port = text.partition("=")
    return name, int(port or 0)


def run_api(arguments: argparse.Namespace) -> None:
    ports = dict(arguments.cluster or [("sandbox", 0)])
    with SandboxServer(arguments.state, ports, ports) as server:
        if arguments.kubeconfig:
            arguments.kubeconfig.touch(mode=0o600)
            arguments.kubeconfig.write_text(server.kubeconfig())
        for name, cluster in server.clusters.items():
            print(f"{name} {cluster.url}", flush=True)
        _until_stopped()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True)
    api = commands.add_parser("api", help="serve sandbox clusters")
    api.add_argument("--state", type=Path, help="directory that keeps objects, certificates and tokens")
    api.add_argument("--cluster", type=_cluster, action="append", metavar="NAME[=PORT]", help="repeatable")
    api.add_argument("--kubeconfig", type=Path, help="write a kubeconfig with one admin context per cluster")
    api.set_defaults(run=run_api)
    return parser


def main() -> None:
    arguments = _parser().parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()

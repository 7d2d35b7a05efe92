"""`python -m demo run|reset`: what `make demo` and `make demo-reset` call."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from demo.folder import DemoError, forget
from demo.plan import HTTPS_OFFSET
from demo.programs import die_with_parent
from demo.supervisor import run


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 65535 - HTTPS_OFFSET:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to {65535 - HTTPS_OFFSET}")
    return int(text)


def _run(arguments: argparse.Namespace) -> None:
    if "MAKELEVEL" in os.environ:
        # Whoever kills make means us; on its own, the demo may outlive the shell that started it.
        die_with_parent()
    run(arguments.folder, arguments.port, arguments.router_port, arguments.kubeconfig)


def _reset(arguments: argparse.Namespace) -> None:
    print(f"{arguments.folder} is gone." if forget(arguments.folder) else f"There is no {arguments.folder}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run_parser = commands.add_parser("run", help="run the product until Ctrl-C")
    run_parser.add_argument("--port", type=_port, default=8000, help="of the pages and the API")
    run_parser.add_argument("--router-port", type=_port, default=8080, help="of the exposed services")
    run_parser.add_argument("--kubeconfig", type=_folder, help="register this cluster as well")
    run_parser.set_defaults(command=_run)
    reset_parser = commands.add_parser("reset", help="forget everything")
    reset_parser.set_defaults(command=_reset)
    for each in (run_parser, reset_parser):
        each.add_argument("--folder", type=_folder, default=Path("var/demo").absolute())
    return parser


def main() -> int:
    arguments = _parser().parse_args()
    try:
        arguments.command(arguments)
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

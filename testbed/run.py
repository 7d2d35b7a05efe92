"""Run a command in a network namespace of its own, with the Go binaries ready: `python -m testbed.run -- pytest …`.

The command replaces this process, so signals and the exit status are its own. Where the machine lacks something, the
command runs all the same, in the plain network: it is the test policy's part to say what is skipped for that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from testbed import binaries, network
from testbed.machine import PartMissing

INSIDE = "--inside"


def main(words: Sequence[str]) -> None:
    inside, command = _parse(words)
    if inside:
        network.bring_up()
        replace_process([*network.drop_rights_command(), *command])
    _build()  # before the network is gone
    if network.is_inside() or network.missing():
        replace_process(command)
    replace_process([*network.enter_command(), sys.executable, "-m", "testbed.run", INSIDE, "--", *command])


def replace_process(command: list[str]) -> NoReturn:
    sys.stdout.flush()
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def _parse(words: Sequence[str]) -> tuple[bool, list[str]]:
    inside = words[:1] == [INSIDE]
    rest = list(words[1:] if inside else words)
    command = rest[1:] if rest[:1] == ["--"] else rest
    if not command:
        sys.exit("usage: python -m testbed.run -- COMMAND …")
    return inside, command


def _build() -> None:
    try:
        binaries.build_missing()
    except PartMissing as problem:
        print(problem, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])

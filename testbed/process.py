"""Start, watch and end the programs of the test bed.

A part never outlives the process that started it: the kernel sends it its stop signal when that process dies, however
it dies (`setpriv --pdeathsig`). Parts must therefore be started from a thread that lives as long as they should.
"""

from __future__ import annotations

import os
import pwd
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

POLL_SECONDS = 0.03
STOP_SECONDS = 5.0
LOG_LINES = 15

Answer = TypeVar("Answer")


class PartFailed(RuntimeError):
    """A part ended or did not become ready; the text carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Part:
    """One running program of the test bed."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Ask until the part is ready; when it ends or takes too long, stop it and raise `PartFailed`."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.process.poll() is not None:
                raise PartFailed(f"{self.name} ended with {self.process.returncode}:\n{self.log_end()}")
            if time.monotonic() > deadline:
                self.stop()
                raise PartFailed(f"{self.name} is not ready after {seconds:.0f} s:\n{self.log_end()}")
            time.sleep(POLL_SECONDS)

    def log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES:])

    def stop(self) -> None:
        """End the part; one that does not obey within five seconds is killed."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    name: str,
    command: Iterable[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGKILL,
) -> Part:
    """Start a program with its output in `folder/NAME.log`; `user` drops root's rights.

    The stop signal is KILL unless the program must clean up: what it keeps is thrown away with its folder.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_wrapper(stop_signal, user), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if environment is None else environment),
        )
    return Part(name, process, log, stop_signal)


def as_user(user: str | None) -> list[str]:
    """Command prefix that runs a program as `user`; nothing for None."""
    if user is None:
        return []
    group = str(pwd.getpwnam(user).pw_gid)
    return ["setpriv", "--reuid", user, "--regid", group, "--clear-groups"]


def _wrapper(stop_signal: signal.Signals, user: str | None) -> list[str]:
    """Ask the kernel for the signal, then see that the owner has not died before the kernel was asked."""
    prefix = as_user(user) or ["setpriv"]
    asks = [*prefix, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]
    return [*asks, "sh", "-c", 'test "$PPID" = "$0" && exec "$@"', str(os.getpid())]


def eventually(condition: Callable[[], Answer], *, seconds: float = 15) -> Answer:
    """Ask until the answer is true and return it; after that time the last answer, whatever it is."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return answer


# Below what Linux gives to outgoing connections (net.ipv4.ip_local_port_range), so that none takes it meanwhile.
PORTS = range(12_000, 32_000)


def free_port(address: str = "127.0.0.1", *, beside: int = 0) -> int:
    """A port nobody listens on at this moment; with `beside` the port that much higher is free as well."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - a port, not a secret
        if all(_is_free(address, number) for number in {port, port + beside}):
            return port


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def accepts(port: int, address: str = "127.0.0.1") -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0

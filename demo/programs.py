"""Starts, watches and ends the programs of the demo. None outlives the supervisor, however that one dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.folder import DemoError

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.05
READY_SECONDS = 60.0
STOP_SECONDS = 6.0
TAIL_LINES = 20
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Let the kernel send us SIGTERM when the process that started us ends; only Linux can."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Program:
    """One running program, the leader of a process group of its own, and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def says(self, text: str) -> bool:
        return text in self.log.read_text(errors="replace")

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float = READY_SECONDS) -> None:
        """Ask until it is ready; DemoError with the end of its log when it ends before or takes too long."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.has_ended:
                raise DemoError(self.obituary())
            if time.monotonic() > deadline:
                raise DemoError(f"{self.name} is not ready after {seconds:.0f} s.\n{self.last_words()}")
            time.sleep(POLL_SECONDS)

    def wait_for_success(self, *, seconds: float = 180.0) -> None:
        """Wait for a program that is to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self.process.wait(seconds) == 0:
                return
        raise DemoError(self.obituary())

    def obituary(self) -> str:
        status = self.process.poll()
        end = "still runs" if status is None else f"ended unexpectedly (status {status})"
        return f"{self.name} {end}.\n{self.last_words()}"

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])

    def send(self, number: signal.Signals) -> None:
        """To the whole group: a program that is gone may have left children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def start(name: str, command: Iterable[str], *, logs: Path, environment: Mapping[str, str]) -> Program:
    """Start a program of the product with this Python, in a session of its own: Ctrl-C is for the supervisor alone."""
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
        )
    return Program(name, process, log)


def stop_all(programs: Iterable[Program]) -> None:
    """Ask all of them at once, wait a moment, then kill what is left of every group."""
    running = list(programs)
    for program in running:
        program.send(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for program in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.process.wait(max(deadline - time.monotonic(), 0))
    for program in running:
        program.send(signal.SIGKILL)
        program.process.wait()

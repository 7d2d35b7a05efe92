"""Programs of the demo: watched, named when they end, and ended with everything they started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo import programs
from demo.folder import DemoError
from demo.programs import Program, start, stop_all
from testbed.process import eventually

PATIENT = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); {PATIENT}"


def started(folder: Path, code: str, name: str = "part") -> Program:
    return start(name, ["-c", code], logs=folder, environment=os.environ)


def test_program_is_awaited_by_what_it_says(tmp_path):
    program = started(tmp_path, PATIENT)

    program.wait_until(lambda: program.says("up"))

    assert not program.has_ended
    stop_all([program])
    assert program.process.returncode == -signal.SIGTERM


def test_program_that_ends_too_early_is_named_with_its_last_words(tmp_path):
    program = started(tmp_path, "print('no such table'); raise SystemExit(3)", "web")

    with pytest.raises(DemoError) as caught:
        program.wait_until(lambda: False)

    assert str(caught.value) == (
        f"web ended unexpectedly (status 3).\nThe end of {tmp_path / 'web.log'}:\n  no such table"
    )


def test_program_that_is_never_ready_is_given_up(tmp_path):
    program = started(tmp_path, PATIENT, "worker")

    with pytest.raises(DemoError, match="worker is not ready after 0 s"):
        program.wait_until(lambda: False, seconds=0.1)

    stop_all([program])


def test_program_that_is_to_end_must_succeed(tmp_path):
    started(tmp_path, "pass").wait_for_success()

    with pytest.raises(DemoError, match="status 1"):
        started(tmp_path, "raise SystemExit(1)").wait_for_success()


def test_stubborn_program_and_its_children_are_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "STOP_SECONDS", 0.2)
    program = started(tmp_path, PARENT)
    program.wait_until(lambda: program.log.read_text().count("up") == 2)

    stop_all([program])

    assert eventually(lambda: not group_members(program.process.pid), seconds=5)


def group_members(group: int) -> list[str]:
    """Living processes of the group."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [state for number, state in rows if int(number) == group and not state.startswith("Z")]


def test_program_dies_with_the_one_that_started_it(tmp_path):
    code = (
        "import os, pathlib, demo.programs as p\n"
        f"logs = pathlib.Path({str(tmp_path)!r})\n"
        f"program = p.start('child', ['-c', {PATIENT!r}], logs=logs, environment=os.environ)\n"
        "program.wait_until(lambda: program.says('up'))\n"
        "print(program.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=programs.ROOT, capture_output=True, text=True, check=False
    )

    assert answer.returncode == -signal.SIGKILL
    assert eventually(lambda: not group_members(int(answer.stdout)), seconds=5)

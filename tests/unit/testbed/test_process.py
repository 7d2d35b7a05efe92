import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from testbed.process import PartFailed, _wrapper, eventually, start

OWNER = """
import sys, time
from pathlib import Path
from testbed.process import start
print(start("sleeper", ["sleep", "60"], folder=Path(sys.argv[1])).process.pid, flush=True)
time.sleep(60)
"""


def is_running(pid: int) -> bool:
    """Whether the process lives; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stopped_part_is_gone(tmp_path):
    part = start("sleeper", ["sleep", "60"], folder=tmp_path)
    part.stop()
    assert part.process.returncode == -signal.SIGKILL


def test_part_that_ends_fails_with_the_end_of_its_log(tmp_path):
    part = start("broken", ["sh", "-c", "echo no such flag; exit 3"], folder=tmp_path)
    with pytest.raises(PartFailed, match=r"^broken ended with 3:\nno such flag$"):
        part.wait_until(lambda: False)


def test_part_that_is_late_fails(tmp_path):
    part = start("sleeper", ["sleep", "60"], folder=tmp_path)
    with pytest.raises(PartFailed, match=r"^sleeper is not ready after 0 s:\n$"):
        part.wait_until(lambda: False, seconds=0.05)
    assert not is_running(part.process.pid)


def test_part_dies_with_its_killed_owner(tmp_path):
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert is_running(pid)
        owner.kill()
    assert eventually(lambda: not is_running(pid))


def test_part_whose_owner_died_first_never_runs(tmp_path):
    """The owner is gone before the kernel is asked for the signal: here the owner named is another process."""
    *wrapper, owner = _wrapper(signal.SIGKILL, None)
    assert owner == str(os.getpid())
    answer = subprocess.run([*wrapper, "1", "touch", str(tmp_path / "ran")], check=False)
    assert (answer.returncode, (tmp_path / "ran").exists()) == (1, False)


def test_eventually_returns_the_first_true_answer():
    answers = iter([0, "", "third", "fourth"])
    assert eventually(lambda: next(answers)) == "third"


def test_eventually_returns_the_last_answer_when_time_is_up():
    assert eventually(lambda: [], seconds=0.05) == []

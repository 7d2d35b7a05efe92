"""The command line."""

import subprocess
import sys

import pytest

from demo.plan import HTTPS_OFFSET
from demo.programs import ROOT
from testbed.process import free_port


def demo(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("variable", ["PORT", "ROUTER_PORT"])
def test_occupied_port_is_named_with_the_way_out(tmp_path, listener, variable):
    ports = {"PORT": free_port(), "ROUTER_PORT": free_port(beside=HTTPS_OFFSET)} | {variable: listener}
    stated = ["--port", str(ports["PORT"]), "--router-port", str(ports["ROUTER_PORT"])]

    answer = demo("run", "--folder", str(tmp_path / "demo"), *stated)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert f"Port {listener} ({variable}) is in use" in answer.stderr
    assert f"make demo {variable}=" in answer.stderr


def test_ports_that_meet_are_refused(tmp_path):
    answer = demo("run", "--folder", str(tmp_path / "demo"), "--port", "9363", "--router-port", "9000")

    assert (answer.returncode, answer.stderr) == (1, "PORT, ROUTER_PORT, ROUTER_PORT+363 must differ.\n")


@pytest.mark.parametrize("port", ["0", "65200", "-1", "http"])
def test_impossible_port_is_refused(tmp_path, port):
    answer = demo("run", "--folder", str(tmp_path / "demo"), "--router-port", port)

    assert answer.returncode == 2
    assert "is not a port" in answer.stderr or "expected one argument" in answer.stderr


def test_reset_of_nothing_says_so(tmp_path):
    answer = demo("reset", "--folder", str(tmp_path / "demo"))

    assert (answer.returncode, answer.stdout) == (0, f"There is no {tmp_path / 'demo'}.\n")


def test_reset_of_a_foreign_folder_is_refused(tmp_path):
    (tmp_path / "thesis.txt").touch()

    answer = demo("reset", "--folder", str(tmp_path))

    assert (answer.returncode, (tmp_path / "thesis.txt").exists()) == (1, True)

"""The suite on a machine without the real parts: said loudly on a laptop, refused under CI."""

import subprocess
import sys

import pytest

TEST = "tests/cluster/testbed/test_parts.py::test_redis_answers"
MISSING_GO = (
    "the tier 'cluster' (tests: 1): Go 1.26 or newer is missing: "
    "install it from go.dev, or name a folder of ready-made binaries in TESTBED_BIN"
)


@pytest.mark.parametrize(("ci", "word", "status"), [("", "SKIPPED", 0), ("true", "FAILED (CI=true)", 1)])
def test_missing_part_is_named_in_one_line(tmp_path, ci, word, status):
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "CI": ci, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "pytest", TEST]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = [line for line in result.stdout.splitlines() if "the tier" in line]
    assert (lines[0], result.returncode) == (f"{word} {MISSING_GO}", status)

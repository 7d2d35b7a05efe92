"""The Makefile: what it offers, what it says when something is missing, and what it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ["help", "setup", "setup-dev", "demo", "demo-reset", "run", "check", "test", "screens", "guide"]
TARGETS += ["testbed", "lock", "schema"]


def make(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # MAKEFLAGS and the like: the suite itself may run under make.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = [str(shutil.which("make")), "--no-print-directory", *words]
    return subprocess.run(
        command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, timeout=20, check=False
    )


def tools_only(folder: Path) -> str:
    """A PATH with a shell and nothing else."""
    for tool in ("sh", "awk"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return str(folder)


def test_make_alone_lists_every_target():
    listed = re.findall(r"^  make (\S+)", make().stdout, re.MULTILINE)

    assert listed == [*TARGETS, "messages", "vendor"]


def test_every_target_is_phony():
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert phony is not None
    assert sorted(phony[1].split()) == sorted([*TARGETS, "messages", "vendor"])


def test_missing_python_is_one_clear_line(tmp_path):
    answer = make("setup", f"VENV={tmp_path / 'venv'}", PATH=tools_only(tmp_path))

    assert answer.returncode == 2
    assert answer.stderr.splitlines()[0] == ("Python 3.11 or newer is missing: apt-get install python3 python3-venv")
    assert not (tmp_path / "venv").exists()


def test_missing_venv_module_is_one_clear_line(tmp_path):
    python = tmp_path / "python3.11"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n')
    python.chmod(0o755)

    answer = make("setup", f"VENV={tmp_path / 'venv'}", PATH=tools_only(tmp_path))

    assert answer.stderr.splitlines()[0] == ("The venv module of python3.11 is missing: apt-get install python3-venv")


@pytest.mark.parametrize(
    ("words", "environment", "registers"),
    [
        ([], {}, False),
        ([], {"KUBECONFIG": "/home/me/.kube/config"}, False),
        (["KUBECONFIG=/home/me/.kube/config"], {}, True),
    ],
)
def test_own_cluster_is_registered_only_when_asked(words, environment, registers):
    printed = make("--dry-run", "demo", *words, **environment).stdout

    assert ('--kubeconfig "/home/me/.kube/config"' in printed) is registers


def test_test_runs_every_tier():
    printed = make("--dry-run", "test").stdout
    tiers = [line.strip(" \t\\;") for line in printed.splitlines() if line.strip().startswith("run .venv")]

    assert tiers == [
        "run .venv/bin/python -m pytest -n 2 tests/unit tests/integration",
        "run .venv/bin/python -m testbed.services -- .venv/bin/python -m pytest -n 2 tests/integration",
        "run .venv/bin/python -m testbed.run -- .venv/bin/python -m pytest tests/cluster",
        "run .venv/bin/python -m pytest tests/browser",
    ]

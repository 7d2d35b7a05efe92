"""A demo that was started once and stopped, and a second start of it that the tests use.

The first start takes longest, so there is one, and tests that need a demo of their own begin with a copy of its folder.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.demo.demos import RunningDemo, running_demo


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the first start left behind, and how it ended."""

    folder: Path
    port: int
    router_port: int
    tokens: str
    parts: set[str]
    exit_status: int
    left_running: dict[str, int]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    folder = tmp_path_factory.mktemp("demo") / "state"
    with running_demo(folder) as demo:
        demo.wait_until_ready()
        parts, tokens = set(demo.processes()), (folder / "tokens.env").read_text()
        status = demo.stop(signal.SIGTERM)
        left = demo.processes_left()
    return FirstRun(folder, demo.port, demo.router_port, tokens, parts, status, left)


@pytest.fixture(scope="module")
def copied_folder(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new copy of the folder as the first run left it."""
    pristine = shutil.copytree(first_run.folder, tmp_path_factory.mktemp("pristine") / "state")
    return lambda: shutil.copytree(pristine, tmp_path_factory.mktemp("copy") / "state")


@pytest.fixture(scope="module")
def demo(first_run: FirstRun, copied_folder: Callable[[], Path]) -> Iterator[RunningDemo]:
    """The second start, at the same ports."""
    with running_demo(first_run.folder, port=first_run.port, router_port=first_run.router_port) as running:
        running.wait_until_ready()
        yield running

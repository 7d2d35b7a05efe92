"""What every tier shares: the policy for parts that a machine lacks, and the browser.

A tier that lacks something is left out, with one line at the end of the run for each thing that is missing. Under
CI=true the same line is a failure, and so is any test that was skipped in another way. Sockets reach loopback only; the
options in pyproject.toml see to that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from testbed import binaries, machine, network
from testbed.machine import Missing

# How long an example takes says something of the machine and of what else runs on it, not of the product.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

TESTS = Path(__file__).parent
FOLDER_TIERS = ("cluster", "browser")
LINES = pytest.StashKey[dict[str, list[str]]]()
WORKER_OUTPUT = "left_out_tiers"


def _missing_for_cluster() -> list[Missing]:
    parts = binaries.missing() + machine.missing_postgres() + machine.missing_redis() + machine.missing_bind()
    if parts or network.is_inside():
        return parts
    launcher = Missing("The network of the test bed", f"{network.LAUNCHER} pytest tests/cluster")
    return network.missing() or [launcher]


# Marker → what the machine lacks for the tests that bear it.
TIERS: dict[str, Callable[[], list[Missing]]] = {
    "cluster": _missing_for_cluster,
    "browser": machine.missing_chromium,
    "postgres": machine.missing_postgres,
}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LINES] = {}
    _keep_caches_apart(os.environ.get("PYTEST_XDIST_WORKER", ""))


def _keep_caches_apart(worker: str) -> None:
    """Each worker of the run has a Redis database of its own, because tests count requests and empty the cache."""
    cache = django_settings.CACHES["default"]
    if worker and cache.get("LOCATION", "").startswith("redis"):
        cache["LOCATION"] = re.sub(r"\d+$", str(1 + int(worker.removeprefix("gw"))), cache["LOCATION"])


def pytest_itemcollected(item: pytest.Item) -> None:
    """A tier's own folder bears its mark."""
    for tier in FOLDER_TIERS:
        if item.path.is_relative_to(TESTS / tier):
            item.add_marker(tier)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of tiers that lack something, after -k and -m have chosen."""
    lacking = {tier: missing for tier in _tiers_of(items) if (missing := TIERS[tier]())}
    left_out = [item for item in items if _marks(item) & lacking.keys()]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not _marks(item) & lacking.keys()]
    config.stash[LINES] = {tier: _lines(tier, missing, left_out) for tier, missing in lacking.items()}
    if hasattr(config, "workeroutput"):
        config.workeroutput[WORKER_OUTPUT] = config.stash[LINES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A parallel run collects in its workers; the lines are printed by the process that started them."""
    node.config.stash[LINES].update(getattr(node, "workeroutput", {}).get(WORKER_OUTPUT, {}))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing left to run is fine on a laptop; under CI whatever was left out or skipped is a failure."""
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return
    left_out = bool(session.config.stash[LINES])
    if machine.is_ci() and (left_out or _was_skipped(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif left_out:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    colour = {"red": True} if machine.is_ci() else {"yellow": True}
    for lines in config.stash[LINES].values():
        for line in lines:
            terminalreporter.write_line(line, bold=True, **colour)
    if machine.is_ci() and _was_skipped(config):
        terminalreporter.write_line("FAILED: CI=true and tests were skipped", bold=True, red=True)


@pytest.fixture(autouse=True)
def language_of_the_deployment() -> Iterator[None]:
    """The language of a request stays with its thread: what a test asks in Chinese must not reach the one after it."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which knows no host but this machine; its sandbox refuses to run as root."""
    only_loopback = "MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
    arguments = [f"--host-resolver-rules={only_loopback}"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": machine.chromium(), "args": arguments}


def _marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


def _tiers_of(items: list[pytest.Item]) -> list[str]:
    marks = {mark for item in items for mark in _marks(item)}
    return [tier for tier in TIERS if tier in marks]


def _lines(tier: str, missing: list[Missing], left_out: list[pytest.Item]) -> list[str]:
    word = "FAILED (CI=true)" if machine.is_ci() else "SKIPPED"
    count = sum(tier in _marks(item) for item in left_out)
    return [f"{word} the tier '{tier}' (tests: {count}): {reason}" for reason in missing]


def _was_skipped(config: pytest.Config) -> bool:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return bool(reporter and reporter.stats.get("skipped"))

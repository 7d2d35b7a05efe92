"""Fixtures of the tier that runs whole ways through the product, with sandbox clusters in-process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server import SandboxCluster, SandboxServer
from tests.integration.scenes import Scene, make_scene


@pytest.fixture
def sandbox() -> Iterator[SandboxCluster]:
    """One empty cluster over HTTPS on a free port."""
    server = SandboxServer(clusters=["dev-1"]).start()
    try:
        yield server.clusters["dev-1"]
    finally:
        server.stop()


@pytest.fixture
def scene(db: None, sandbox: SandboxCluster) -> Scene:
    """A dev cluster; see `Scene`."""
    return make_scene(sandbox)

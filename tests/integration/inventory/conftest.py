"""One sandbox cluster per test, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server import SandboxCluster, SandboxServer


@pytest.fixture
def sandbox() -> Iterator[SandboxCluster]:
    with SandboxServer(clusters=["dev-1"]) as server:
        yield server["dev-1"]

"""The ways in which somebody can ask for a host."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.integration.api.calls import Caller
from tests.integration.pitfalls.ways import Ways
from tests.integration.sandboxes import put
from tests.integration.scenes import Scene


@pytest.fixture
def ways(scene: Scene, client: Client) -> Ways:
    put(scene.sandbox, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tools"}})
    client.force_login(scene.developer)
    return Ways(scene, Caller(scene.developer), client)

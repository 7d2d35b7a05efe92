"""A fresh world for each test of the engine."""

from __future__ import annotations

import pytest

from tests.unit.approvals.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()

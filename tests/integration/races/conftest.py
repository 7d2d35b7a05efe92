"""Races are run on PostgreSQL only: SQLite lets one writer in at a time and ignores row locks, so it shows nothing.

Under SQLite the folder is not collected; `make test` comes back to it with PostgreSQL, and says so when there is none.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.approvals.world import World, make_world

FOLDER = Path(__file__).parent
collect_ignore_glob = [] if os.environ.get("DATABASE_URL", "").startswith("postgres") else ["test_*.py"]


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.is_relative_to(FOLDER):
        item.add_marker("postgres")


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, which other connections see."""
    return make_world()

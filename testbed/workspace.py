"""The folder that one run of the test bed keeps its files in.

It lies in the system's temporary folder under a short name (a Unix socket's path may have 107 bytes at most) and goes
with the run. A killed run cannot remove its folder; the next run does, which a lock on each folder makes safe.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "portico-testbed-"
START_SECONDS = 60


@contextmanager
def workspace() -> Iterator[Path]:
    """A fresh folder, removed at the end; other users may pass through it but not list it."""
    parent = Path(tempfile.gettempdir())
    _remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.chmod(0o711)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """A young folder, or one without a lock file, may belong to a run that is just starting."""
    try:
        if time.time() - folder.stat().st_mtime < START_SECONDS:
            return False
        with (folder / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

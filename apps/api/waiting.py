"""`?wait=`: holds the answer until something settled, at most a minute. No transaction is open while it waits (D3)."""

from __future__ import annotations

import time
from collections.abc import Callable

MAX_SECONDS = 60
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 0.5


def wait_until(is_settled: Callable[[], bool], seconds: int) -> bool:
    """Ask `is_settled` again and again with growing pauses; False when the time ran out."""
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while not is_settled():
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)
    return True

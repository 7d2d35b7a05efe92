"""A ceiling of requests for pages that are reached without a session."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `requests` in each window of `seconds`, counted in the cache for each caller."""

    name: str
    requests: int
    seconds: int

    def allows(self, caller: str) -> bool:
        """Counts this request. Without its counters a page is slower to protect, not out of order (D1)."""
        key = f"rate:{self.name}:{caller}:{int(time.time() // self.seconds)}"
        try:
            cache.add(key, 0, timeout=2 * self.seconds)
            return int(cache.incr(key)) <= self.requests
        except (RedisError, ValueError) as error:  # unreachable, or the counter was evicted in between
            logger.warning("rate_limit_uncounted", extra={"error": type(error).__name__})
            return True

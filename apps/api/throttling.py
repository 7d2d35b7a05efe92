"""A ceiling of requests per token, so that one runaway script cannot starve everyone else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from apps.accounts.models import ApiToken

if TYPE_CHECKING:
    # The framework imports this class while its own views module is still loading.
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class PerTokenThrottle(SimpleRateThrottle):
    """Counts in fixed windows: one counter in the cache instead of a list of times, and safe when requests race."""

    scope = "token"
    num_requests: int
    duration: int

    def get_cache_key(self, request: Request, view: APIView) -> str:
        if isinstance(request.auth, ApiToken):
            return f"throttle:{request.auth.public_id}"
        caller = request.user.pk or self.get_ident(request)
        return f"throttle:{caller}"

    def allow_request(self, request: Request, view: APIView) -> bool:
        self.now = self.timer()
        key = f"{self.get_cache_key(request, view)}:{int(self.now // self.duration)}"
        try:
            cache.add(key, 0, timeout=2 * self.duration)
            return int(cache.incr(key)) <= self.num_requests
        except (RedisError, ValueError) as error:  # unreachable, or the counter was evicted in between
            # Without its counters the API is slower to protect, not out of order (D1).
            logger.warning("rate_limit_uncounted", extra={"error": type(error).__name__})
            return True

    def wait(self) -> float:
        """Seconds until the next window opens."""
        return float(self.duration - self.now % self.duration)

"""A form that is sent twice acts once: the second post gets what the first one made.

The page carries a random token; whoever adds it to the cache first acts, the others wait for the result. A refused
form forgets its token, so that it can be corrected and sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.cache import cache

from apps.common.ids import new_id

KEEP_SECONDS = 3600
WAIT_SECONDS = 10.0
RUNNING = ""


def new_token() -> str:
    return new_id("form")


def act_once(token: str, user_id: object, act: Callable[[], str | None]) -> str | None:
    """The result of the first `act` with this token: an id, or None when it was refused."""
    key = _key(token, user_id)
    if token and not cache.add(key, RUNNING, KEEP_SECONDS):
        return _wait_for(key)
    result = None
    try:
        result = act()
    finally:
        if result is None:
            cache.delete(key)
        else:
            cache.set(key, result, KEEP_SECONDS)
    return result


def was_done(token: str, user_id: object) -> bool:
    """Whether the form with this token has acted; not while it still does, for it may be refused."""
    return bool(token and cache.get(_key(token, user_id)))


def _key(token: str, user_id: object) -> str:
    return f"form:{user_id}:{token[:60]}"


def _wait_for(key: str) -> str | None:
    deadline = time.monotonic() + WAIT_SECONDS
    while (result := cache.get(key)) == RUNNING and time.monotonic() < deadline:
        time.sleep(0.05)
    return result or None

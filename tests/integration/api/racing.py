"""The same POST from several threads in the same instant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from tests.integration.api.calls import Caller

TOKEN = {"name": "ci", "scopes": ["audit:read"]}
Result = TypeVar("Result")


def with_own_connection(act: Callable[[], Result]) -> Callable[[], Result]:
    """`act` for a thread of its own, which closes what it opened."""

    def run() -> Result:
        try:
            return act()
        finally:
            connection.close()

    return run


def post_at_once(caller: Caller, count: int) -> list[int]:
    """The statuses of `count` equal requests with one Idempotency-Key."""
    barrier = Barrier(count)

    def send() -> int:
        barrier.wait(timeout=20)
        return int(caller.post("tokens/", TOKEN, Idempotency_Key="raced").status_code)

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(with_own_connection(send)) for _ in range(count)]
        return [future.result() for future in futures]

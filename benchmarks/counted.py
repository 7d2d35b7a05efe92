"""The product's own WSGI application, telling in a header of each answer how many queries and how much CPU it took.

Only for measuring (see pages.py): `Server-Timing: cpu;dur=12.3, db;desc="7"`. The CPU time is that of the thread which
answers, so work of neighbours on a busy machine is not in it; nor is that of a database server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from portal.wsgi import application as product

Header = tuple[str, str]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    count = 0

    def counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    def starting(status: str, headers: list[Header], *rest: Any) -> Any:
        spent = (time.thread_time() - started) * 1000
        return start_response(status, [*headers, ("Server-Timing", f'cpu;dur={spent:.1f}, db;desc="{count}"')], *rest)

    started = time.thread_time()
    with connection.execute_wrapper(counting):
        return product(environ, starting)

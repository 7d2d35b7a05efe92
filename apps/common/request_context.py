"""What is known about the request or job that runs now: its id, the channel it came through, the token it used.

Services take the actor as `by=`; this is the rest that audit rows, logs and cluster calls want, without passing it
through every signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class RequestContext:
    """`channel` is web, api or system; `address` is the caller's network address."""

    request_id: str = ""
    channel: str = "system"
    address: str = ""
    token_id: str = ""


_current: ContextVar[RequestContext] = ContextVar("portico_request_context", default=RequestContext())  # noqa: B039 - frozen


def current_context() -> RequestContext:
    return _current.get()


def update_context(**changes: Any) -> None:
    """Refine the context of the running request, e.g. once the token is known."""
    _current.set(replace(_current.get(), **changes))


@contextmanager
def request_context(**values: Any) -> Iterator[RequestContext]:
    """Run a block as the request or job described by `values`."""
    token = _current.set(RequestContext(**values))
    try:
        yield _current.get()
    finally:
        _current.reset(token)

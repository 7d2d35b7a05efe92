"""Name servers that answer what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.unit.domains.dns.responder import Answer, Responder


@pytest.fixture
def serve() -> Iterator[Callable[..., Responder]]:
    """Start a name server: `serve(answer, speaks_tcp=False)`."""
    with ExitStack() as stack:

        def start(answer: Answer, *, speaks_tcp: bool = True) -> Responder:
            responder = Responder(answer, speaks_tcp=speaks_tcp)
            stack.callback(responder.stop)
            return responder

        yield start

"""The whole API against its own OpenAPI document: no server error, no answer that the document does not know.

Bounded and seeded, so that it says the same each time. Odd bodies, unknown ids and strange characters are what this is
about, valid and invalid ones in turn; that the happy ways do what they should is for the other tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.api import waiting
from portal.wsgi import application
from tests.integration.api.calls import Caller
from tests.integration.scenes import Scene

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TAGS = [
    "audit-events",
    "clusters",
    "deliveries",
    "exposures",
    "host-claims",
    "hosts",
    "me",
    "notices",
    "options",
    "private-roots",
    "requests",
    "reserved-hosts",
    "teams",
    "tokens",
    "zones",
]
EXAMPLES = 6
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class QuickClock:
    """`?wait=60` is over at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(params=["platform", "developer"])
def caller(request: pytest.FixtureRequest) -> Caller:
    found: Caller = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The transaction of the test stays open although whole WSGI requests end in it, as Django's own client sees to."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def schema(scene: Scene, kept_connection: None, monkeypatch: pytest.MonkeyPatch) -> BaseSchema:
    monkeypatch.setattr(waiting, "time", QuickClock())
    loaded: BaseSchema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    return loaded


def test_the_document_has_no_tag_that_is_left_out_here(schema: BaseSchema) -> None:
    assert sorted({tag for operation in operations(schema) for tag in operation.tags or []}) == TAGS


@pytest.mark.parametrize("tag", TAGS)
def test_every_answer_is_a_documented_one(tag: str, scene: Scene, schema: BaseSchema, caller: Caller) -> None:
    known = known_names(scene)
    for operation in operations(schema, tag):
        cases = sum(exercise(operation, mode, known, caller) for mode in GenerationMode)
        assert cases >= 1, operation.label


def operations(schema: BaseSchema, tag: str | None = None) -> list[Any]:
    found: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    return [operation for operation in found if tag is None or tag in (operation.tags or [])]


def exercise(operation: Any, mode: GenerationMode, known: dict[str, str], caller: Caller) -> int:
    """How many cases were sent; each is checked against the document."""
    turns = iter(range(EXAMPLES * 100))

    @seed(20261123)
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Case) -> None:
        if next(turns) % 2:
            # Every other case meets objects that exist, or the views behind the 404 would never be reached.
            case.path_parameters = (case.path_parameters or {}) | {
                name: known[name] for name in case.path_parameters or {} if name in known
            }
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {caller.plaintext}"})

    # Some addresses take nothing that could be wrong.
    with suppress(Unsatisfiable) if mode == GenerationMode.NEGATIVE else nullcontext():
        run()
    return next(turns)


def known_names(scene: Scene) -> dict[str, str]:
    exposure = scene.publish()
    pending = scene.ask("shop.example.com", tls="shop-tls")
    return {
        "name": "dev-1",
        "namespace": "web",
        "host": exposure.host,
        "exposure_id": exposure.pk,
        "request_id": pending.pk,
        "delivery_id": exposure.live_revision.delivery.pk if exposure.live_revision else "",
    }

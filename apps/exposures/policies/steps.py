"""What one check of the preflight found, as a value that form, API, request page and gate show alike.

Sentences are made with `say`, so that a step can be kept as evidence and read later in any language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from apps.common.errors import Violation
from apps.common.said import restored, spoken, stored


class State(StrEnum):
    """`unknown` is what cannot be said now, `skipped` what does not apply; neither counts as passed."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """`violations` are what forbids (failed) or surprises (warning); `message` and `hint` are those of the first.

    `conflicts` name who has the host. `raw` is what the cluster said, word by word. `observed_at` is set where what was
    seen then may no longer be so.
    """

    state: State
    message: str
    hint: str = ""
    name: str = ""
    field: str = ""
    violations: tuple[Violation, ...] = ()
    conflicts: tuple[dict[str, Any], ...] = ()
    raw: str = ""
    observed_at: datetime | None = None
    elapsed_ms: float = 0.0

    @property
    def errors(self) -> tuple[Violation, ...]:
        return self.violations if self.state == State.FAILED else ()

    @property
    def warnings(self) -> tuple[Violation, ...]:
        return self.violations if self.state == State.WARNING else ()

    def as_json(self) -> dict[str, Any]:
        """In the reader's language, as `dry_run` answers it."""
        return {
            "name": self.name,
            "state": str(self.state),
            "message": spoken(self.message),
            "hint": spoken(self.hint),
            "field": self.field,
            "elapsed_ms": round(self.elapsed_ms, 1),
            "observed_at": self.observed_at.isoformat() if self.observed_at else None,
            "raw": self.raw,
            "violations": [said_violation(violation).as_dict() for violation in self.violations],
        }

    def as_stored(self) -> dict[str, Any]:
        """To be kept as evidence: every sentence with what it was made of."""
        return {
            "name": self.name,
            "state": str(self.state),
            "said": stored(self.message),
            "hint": stored(self.hint),
            "field": self.field,
            "elapsed_ms": round(self.elapsed_ms, 1),
            "observed_at": self.observed_at.isoformat() if self.observed_at else None,
            "raw": self.raw,
            "violations": [
                {"code": one.code, "field": one.field, "said": stored(one.message), "hint": stored(one.hint)}
                for one in self.violations
            ],
        }


def step_from_stored(entry: dict[str, Any]) -> Step:
    """A kept step as it was."""
    seen = entry.get("observed_at")
    return Step(
        state=State(entry["state"]),
        message=restored(entry["said"]),
        hint=restored(entry["hint"]),
        name=entry["name"],
        field=entry.get("field", ""),
        violations=tuple(
            Violation(one["code"], one["field"], restored(one["said"]), restored(one["hint"]))
            for one in entry.get("violations", [])
        ),
        raw=entry.get("raw", ""),
        observed_at=datetime.fromisoformat(seen) if seen else None,
        elapsed_ms=entry.get("elapsed_ms", 0.0),
    )


def said_violation(violation: Violation) -> Violation:
    """In the reader's language."""
    return replace(violation, message=spoken(violation.message), hint=spoken(violation.hint))


def passed(message: str) -> Step:
    return Step(State.PASSED, message)


def unknown(message: str, hint: str = "") -> Step:
    return Step(State.UNKNOWN, message, hint)


def skipped(message: str) -> Step:
    return Step(State.SKIPPED, message)


def failed(violations: Iterable[Violation]) -> Step:
    return _of(State.FAILED, tuple(violations))


def warned(violations: Iterable[Violation]) -> Step:
    return _of(State.WARNING, tuple(violations))


def _of(state: State, violations: tuple[Violation, ...]) -> Step:
    first = violations[0]
    return Step(state, first.message, first.hint, field=first.field, violations=violations)

"""Kubernetes-style conditions kept as JSON on a row: type, status, reason, message, last_transition_time.

A condition's transition time moves only when its status changes, as in the Kubernetes API conventions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from apps.common.said import stored

Status = Literal["True", "False", "Unknown"]
Condition = dict[str, Any]


def set_condition(
    conditions: list[Condition],
    kind: str,
    status: Status,
    *,
    reason: str,
    message: str,
    now: datetime,
    observed_generation: int | None = None,
) -> list[Condition]:
    """A new list in which the condition `kind` has the given status; the order of first appearance is kept."""
    previous = find_condition(conditions, kind)
    changed = previous is None or previous["status"] != status
    condition: Condition = {
        "type": kind,
        "status": status,
        "reason": reason,
        **stored(message),
        "last_transition_time": now.isoformat() if changed or previous is None else previous["last_transition_time"],
        "observed_generation": observed_generation,
    }
    if previous is None:
        return [*conditions, condition]
    return [condition if entry["type"] == kind else entry for entry in conditions]


def find_condition(conditions: list[Condition], kind: str) -> Condition | None:
    return next((entry for entry in conditions if entry["type"] == kind), None)


def is_true(conditions: list[Condition], kind: str) -> bool:
    condition = find_condition(conditions, kind)
    return condition is not None and condition["status"] == "True"

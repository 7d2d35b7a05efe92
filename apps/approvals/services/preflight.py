"""The checks of a request as its page shows them: as they are now while somebody has to act, else as they were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services.dispatching import is_consent_withdrawn, present_facts
from apps.delivery.models import Delivery
from apps.exposures.enums import Operation
from apps.exposures.permissions import may_expose_for
from apps.exposures.policies import Asker, Step, run_preflight, step_from_stored
from apps.exposures.shared_hosts import is_guest

# Somebody can still change or decide something, so what holds now is what matters.
UNDECIDED = frozenset({RequestState.DRAFT, RequestState.PENDING, RequestState.RETURNED, RequestState.BLOCKED})


@dataclass(frozen=True, slots=True)
class RequestChecks:
    """`at` is when they were looked at; `is_now` says that it was for this answer."""

    steps: tuple[Step, ...]
    at: datetime
    is_now: bool

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "is_now": self.is_now, "steps": [step.as_json() for step in self.steps]}


def checks_of(request: ChangeRequest) -> RequestChecks | None:
    """None for a deletion, which nothing can forbid, and for requests from before checks were kept."""
    if request.operation == Operation.DELETE:
        return None
    return _present(request) if request.state in UNDECIDED else _kept(request)


def _present(request: ChangeRequest) -> RequestChecks:
    allowed = may_expose_for(request.submitter, request.exposure.team)
    asker = Asker(bool(allowed), allowed.reason, is_asking=False)
    asks = is_guest(request.exposure) and not is_consent_withdrawn(request)
    facts = present_facts(request, ask_owner=asks, asker=asker)
    return RequestChecks(run_preflight(facts).steps, timezone.now(), is_now=True)


def _kept(request: ChangeRequest) -> RequestChecks | None:
    """What the gate found is the last word, else what was found when it was sent or decided."""
    delivery: Delivery | None = getattr(request.revision, "delivery", None)
    gate: dict[str, Any] = next((step for step in delivery.steps if step.get("checks")), {}) if delivery else {}
    kept = {"at": gate["started_at"], "steps": gate["checks"]} if gate else request.checks
    if not kept:
        return None
    steps = tuple(step_from_stored(entry) for entry in kept["steps"])
    return RequestChecks(steps, datetime.fromisoformat(kept["at"]), is_now=False)

"""The checks of a request as its page shows them: as they are now while somebody has to act, else as they were kept.

The cluster itself is asked when somebody looks at them, with the very bytes that would be pushed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services.dispatching import is_consent_withdrawn, present_facts
from apps.delivery.models import Delivery
from apps.exposures.admission import ask_admission
from apps.exposures.enums import Operation
from apps.exposures.permissions import may_expose_for
from apps.exposures.policies import Asker, State, Step, run_preflight, step_from_stored, with_admission
from apps.exposures.shared_hosts import is_guest

# Somebody can still change or decide something, so what holds now is what matters.
UNDECIDED = frozenset({RequestState.DRAFT, RequestState.PENDING, RequestState.RETURNED, RequestState.BLOCKED})


@dataclass(frozen=True, slots=True)
class RequestChecks:
    """`at` is when they were looked at; `is_now` says that it was for this answer."""

    steps: tuple[Step, ...]
    at: datetime
    is_now: bool
    is_reachable: bool = False

    @property
    def awaits_cluster(self) -> bool:
        """Whether only the cluster's own word is missing: it can be asked, and nothing forbids the change already."""
        *own, admission = self.steps
        is_open = admission.state == State.UNKNOWN and all(step.state != State.FAILED for step in own)
        return self.is_now and self.is_reachable and is_open

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "is_now": self.is_now, "steps": [step.as_json() for step in self.steps]}


def checks_of(request: ChangeRequest, *, ask_cluster: bool = False) -> RequestChecks | None:
    """None for a deletion, which nothing can forbid, and for requests from before checks were kept.

    `ask_cluster` has the cluster say what it thinks of the bytes, as long as they can still be decided on.
    """
    if request.operation == Operation.DELETE:
        return None
    return _present(request, ask_cluster) if request.state in UNDECIDED else _kept(request)


def _present(request: ChangeRequest, ask_cluster: bool) -> RequestChecks:
    allowed = may_expose_for(request.submitter, request.exposure.team)
    asker = Asker(bool(allowed), allowed.reason, is_asking=False)
    asks = is_guest(request.exposure) and not is_consent_withdrawn(request)
    facts = present_facts(request, ask_owner=asks, asker=asker)
    found = run_preflight(facts)
    if ask_cluster and found.is_clean and facts.around.is_reachable:
        answer = ask_admission(request.exposure.cluster, json.loads(request.revision.rendered))
        found = with_admission(found, replace(facts, around=replace(facts.around, admission=answer)))
    return RequestChecks(found.steps, timezone.now(), is_now=True, is_reachable=facts.around.is_reachable)


def _kept(request: ChangeRequest) -> RequestChecks | None:
    """What the gate found is the last word, else what was found when it was sent or decided."""
    delivery: Delivery | None = getattr(request.revision, "delivery", None)
    gate: dict[str, Any] = next((step for step in delivery.steps if step.get("checks")), {}) if delivery else {}
    kept = {"at": gate["started_at"], "steps": gate["checks"]} if gate else request.checks
    if not kept:
        return None
    steps = tuple(step_from_stored(entry) for entry in kept["steps"])
    return RequestChecks(steps, datetime.fromisoformat(kept["at"]), is_now=False)

"""The preflight: every check in its order, the same for form, `dry_run`, submission, request page and delivery gate.

Pure: facts in, steps out. What rests on facts of a cluster that cannot be read now is never *passed*: it is *unknown*,
and says how old the facts are. A refusal stays one, because what was wrong then is more likely wrong still than mended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.exposures.policies import checks
from apps.exposures.policies.circumstances import STALE_AFTER, Reading
from apps.exposures.policies.facts import Facts
from apps.exposures.policies.steps import State, Step, skipped


@dataclass(frozen=True, slots=True)
class Check:
    """`kinds` are the objects of the cluster whose rows it rests on."""

    name: str
    look: Callable[[Facts], Step]
    kinds: tuple[str, ...] = ()


CHECKS = (
    Check("permission", checks.look_at_permission),
    Check("namespace", checks.look_at_namespace, ("Namespace",)),
    Check("service", checks.look_at_services, ("Service",)),
    Check("port", checks.look_at_ports, ("Service",)),
    Check("endpoints", checks.look_at_endpoints, ("Service", "EndpointSlice")),
    Check("host", checks.look_at_host, ("Ingress",)),
    Check("zone", checks.look_at_zone),
    Check("class", checks.look_at_class, ("IngressClass", "Ingress")),
    Check("certificate", checks.look_at_certificate, ("Secret",)),
    Check("dns", checks.look_at_names),
    Check("options", checks.look_at_options),
    Check("quota", checks.look_at_quota),
    Check("admission", checks.look_at_admission),
)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What all checks found. Errors and conflicts forbid, warnings only inform."""

    steps: tuple[Step, ...]

    @property
    def errors(self) -> tuple[Violation, ...]:
        return tuple(violation for step in self.steps for violation in step.errors)

    @property
    def warnings(self) -> tuple[Violation, ...]:
        return tuple(violation for step in self.steps for violation in step.warnings)

    @property
    def conflicts(self) -> tuple[dict[str, Any], ...]:
        return tuple(conflict for step in self.steps for conflict in step.conflicts)

    @property
    def is_clean(self) -> bool:
        return all(step.state != State.FAILED for step in self.steps)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


def run_preflight(facts: Facts) -> Preflight:
    """Every check, whatever the ones before it found: who mends one thing should know of the next. Only the cluster is
    not asked about what is forbidden already.
    """
    *own, admission = CHECKS
    found = Preflight(tuple(_run(check, facts) for check in own))
    last = _run(admission, facts) if found.is_clean else _not_asked(admission)
    return Preflight((*found.steps, last))


def with_admission(found: Preflight, facts: Facts) -> Preflight:
    """The same with the cluster's answer, which `facts` hold by now."""
    return Preflight((*found.steps[:-1], _run(CHECKS[-1], facts)))


def check_all(facts: Facts) -> list[Violation]:
    """All violations of all rules, in the order of the checks."""
    return list(run_preflight(facts).errors)


def _run(check: Check, facts: Facts) -> Step:
    started = time.perf_counter()
    step = check.look(facts)
    step = replace(step, name=check.name)
    if step.state != State.SKIPPED:
        step = _doubted(step, check, facts)
    spent = facts.around.spent_ms.get(check.name, 0.0)
    return replace(step, elapsed_ms=spent + (time.perf_counter() - started) * 1000)


def _not_asked(check: Check) -> Step:
    return replace(skipped(_("The cluster is asked once nothing else forbids it.")), name=check.name)


def _doubted(step: Step, check: Check, facts: Facts) -> Step:
    """The step as far as the age of its facts allows."""
    doubts = [doubt for doubt in (_doubt(kind, facts) for kind in check.kinds) if doubt is not None]
    if not doubts:
        return step
    message, observed_at = doubts[0]
    if step.state in {State.PASSED, State.WARNING}:
        hint = checks.LOOKED_AT_AGAIN
        return Step(State.UNKNOWN, message, hint, name=step.name, field=step.field, observed_at=observed_at)
    return replace(step, observed_at=observed_at)


def _doubt(kind: str, facts: Facts) -> tuple[str, Any] | None:
    """Why what is known of a kind may not be so now, and when it was seen."""
    around, cluster = facts.around, facts.cluster.name
    if around.readings is None or around.now is None:
        return None
    reading = around.readings.get(kind, Reading(None))
    seen = reading.observed_at
    if seen is None:
        return _("Cluster %(cluster)s has not been read yet.") % {"cluster": cluster}, None
    words = {"cluster": cluster, "age": _age(around.now - seen)}
    if not around.is_reachable:
        return _("Cluster %(cluster)s cannot be reached. It was last read %(age)s ago.") % words, seen
    if reading.error:
        return _("Cluster %(cluster)s could not be read again. It was last read %(age)s ago.") % words, seen
    if around.now - seen > STALE_AFTER:
        return _("Cluster %(cluster)s was last read %(age)s ago.") % words, seen
    return None


def _age(age: timedelta) -> str:
    """Short enough for every language: 45 s, 12 min, 3 h, 2 d."""
    seconds = max(int(age.total_seconds()), 0)
    for unit, length in (("d", 172_800), ("h", 7_200), ("min", 120)):
        if seconds >= length:
            return f"{seconds // {'d': 86_400, 'h': 3_600, 'min': 60}[unit]} {unit}"
    return f"{seconds} s"

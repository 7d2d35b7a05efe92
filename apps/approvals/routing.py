"""Which changes need a human, who decides, and how risky they are: pure functions over facts (§ 4b of the field notes).

Version 1 knows one rule: a name under a dev or test cluster's wildcard domain over HTTP goes live at once (E4);
everything else passes one any-of stage of the approver group of the zone, or of the platform's default group. Options
that widen access or touch headers need a human everywhere. A path on another team's host is asked of that team first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.approvals.enums import GROUP, TEAM, RiskLevel, StageMode
from apps.clusters.enums import Environment
from apps.exposures.enums import Operation
from apps.exposures.options import options_to_approve
from apps.exposures.policies import Facts, needs_consent
from apps.exposures.policies.chain import is_on_wildcard

FLOW_VERSION = "1"
OWNER_STAGE = "owner"
SHARED_HOST = "shared_host"


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage to come: `groups` are the names of the approver groups whose members may sign, `teams` those of teams
    whose developers and maintainers may.
    """

    name: str
    mode: StageMode
    needed: int
    groups: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    @property
    def who(self) -> tuple[str, ...]:
        """Those who are asked, by name."""
        return (*self.groups, *self.teams)

    def as_json(self) -> dict[str, Any]:
        candidates = [GROUP + group for group in self.groups] + [TEAM + team for team in self.teams]
        return {"name": self.name, "mode": str(self.mode), "needed": self.needed, "candidates": candidates}


@dataclass(frozen=True, slots=True)
class Route:
    """`because` lists the facts that ask for a human; empty means none is needed."""

    because: tuple[str, ...]
    stages: tuple[StagePlan, ...]
    risk_level: RiskLevel
    risk_facts: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_approval(self) -> bool:
        return bool(self.because)

    def as_json(self) -> dict[str, Any]:
        stages = [stage.as_json() for stage in self.stages]
        return {"version": FLOW_VERSION, "because": list(self.because), "stages": stages}


def choose_route(*, facts: Facts, operation: Operation, was_ever_live: bool, default_group: str) -> Route:
    """The route of a change. Unknown environments count as production: fail closed (I8)."""
    because = () if operation == Operation.DELETE and not was_ever_live else _reasons(facts, operation)
    group = facts.zone.approver_group if facts.zone else default_group
    stages = (StagePlan(name=group, mode=StageMode.ANY, needed=1, groups=(group,)),) if because else ()
    if operation != Operation.DELETE and facts.shared is not None and needs_consent(facts):
        because = (SHARED_HOST, *because)
        stages = (StagePlan(OWNER_STAGE, StageMode.ANY, needed=1, teams=(facts.shared.owner,)), *stages)
    return Route(
        because=because,
        stages=stages,
        risk_level=_risk(because, operation),
        risk_facts={
            "operation": str(operation),
            "environment": facts.cluster.environment,
            "https": facts.spec.has_tls,
            "custom_host": not is_on_wildcard(facts),
            "first_exposure": not was_ever_live,
            "zone": facts.zone.name if facts.zone else None,
            "options": _risky_options(facts, operation),
            "host_owner": facts.shared.owner if facts.shared else None,
        },
    )


def _reasons(facts: Facts, operation: Operation) -> tuple[str, ...]:
    reasons = []
    if not facts.cluster.allows_self_service:
        reasons.append("staging" if facts.cluster.environment == Environment.STAGING else "production")
    if facts.spec.has_tls:
        reasons.append("https")
    if not is_on_wildcard(facts):
        reasons.append("custom_host")
    if _risky_options(facts, operation):
        reasons.append("options")
    return tuple(reasons)


def _risky_options(facts: Facts, operation: Operation) -> list[str]:
    """Taking an exposure away takes its options away, which is no risk."""
    return [] if operation == Operation.DELETE else options_to_approve(facts.spec.options, facts.live_options)


def _risk(because: tuple[str, ...], operation: Operation) -> RiskLevel:
    if not because:
        return RiskLevel.LOW
    if "production" in because or operation == Operation.DELETE:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM

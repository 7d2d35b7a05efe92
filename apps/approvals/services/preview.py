"""What would happen: the chain, renderer and routing of a submission, with nothing written (`dry_run`, the form)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.enums import RiskLevel
from apps.approvals.routing import Route
from apps.approvals.selectors import compare
from apps.approvals.services.freshness import is_old_news, look_at_hosts, read_again
from apps.approvals.services.submit import route_for, team_for
from apps.clusters.models import Cluster
from apps.common.errors import PolicyViolation
from apps.common.said import spoken
from apps.exposures.admission import ask_admission
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_expose_for
from apps.exposures.policies import AdmissionFacts, Asker, Facts, Preflight, Step, run_preflight, with_admission
from apps.exposures.rendering import render
from apps.exposures.selectors import gather_facts
from apps.exposures.services import Verdict, judge, verdict_of
from apps.exposures.shared_hosts import is_guest
from apps.exposures.spec import ExposureSpec
from apps.kube.manifests import object_name, to_yaml

# Stands for the id that a creation will get; the name of the object depends on it, nothing else does.
PROVISIONAL_ID = "exp_new"


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """`manifest` is YAML, `diff` lists fields, `server_dry_run` is {"ok", "message"} with `ok` None when not asked."""

    verdict: Verdict
    route: Route
    manifest: str
    diff: list[dict[str, Any]]
    server_dry_run: dict[str, Any]

    @property
    def is_valid(self) -> bool:
        return self.verdict.is_clean and self.server_dry_run["ok"] is not False

    def as_json(self) -> dict[str, Any]:
        """The body of `?dry_run=true` in the REST contract."""
        route = self.route.as_json()
        return {
            "valid": self.is_valid,
            "errors": [violation.as_dict() for violation in self.verdict.errors],
            "warnings": [violation.as_dict() for violation in self.verdict.warnings],
            "conflicts": list(self.verdict.conflicts),
            "manifest": self.manifest,
            "diff": self.diff,
            "approval": {
                "required": self.route.needs_approval,
                "because": route["because"],
                "stages": route["stages"],
            },
            "server_dry_run": self.server_dry_run,
            "checks": [step.as_json() for step in self.verdict.steps],
        }


def preview_change(
    *,
    by: User,
    cluster: Cluster,
    namespace: str,
    spec: ExposureSpec,
    exposure: Exposure | None = None,
    operation: Operation = Operation.CREATE,
    ask_cluster: bool = True,
    ask_owner: bool = False,
) -> ChangePreview:
    """The preview of a creation, or of a change of `exposure`. Raises NotFound, NotPermitted, Unavailable.

    `ask_cluster` off leaves everything out that asks the cluster itself, as while somebody types. `ask_owner` as in a
    creation.
    """
    check(may_expose_for(by, team_for(by, cluster, namespace)))

    def look(*, answers: bool = True) -> ChangePreview:
        facts = _facts(by, cluster, namespace, spec, exposure, ask_owner=ask_owner)
        if not answers:
            facts = replace(facts, around=replace(facts.around, is_reachable=False))
        return _preview(facts, cluster, exposure, operation, ask_cluster=ask_cluster and answers)

    if not ask_cluster:
        return look()
    answers = look_at_hosts(cluster)
    preview = look(answers=answers)
    if answers and is_old_news(preview.verdict.errors, preview.verdict.conflicts) and read_again(cluster):
        return look()
    return preview


def preview_refusal(*, by: User, cluster: Cluster, namespace: str, refusal: PolicyViolation) -> ChangePreview:
    """The preview of what is not even a spec: its errors, and nothing that could only be said of one. Raises NotFound,
    NotPermitted.
    """
    check(may_expose_for(by, team_for(by, cluster, namespace)))
    return ChangePreview(
        verdict=Verdict(errors=tuple(refusal.errors), conflicts=(), warnings=()),
        route=Route(because=(), stages=(), risk_level=RiskLevel.LOW),
        manifest="",
        diff=[],
        server_dry_run=_as_dry_run(None),
    )


def _preview(
    facts: Facts, cluster: Cluster, exposure: Exposure | None, operation: Operation, *, ask_cluster: bool
) -> ChangePreview:
    manifest = _manifest(facts, cluster, exposure, operation)
    verdict, answer = judge(facts), None
    if ask_cluster and verdict.is_clean:
        answer, verdict = _ask_cluster(facts, cluster, manifest, verdict)
    return ChangePreview(
        verdict=verdict,
        route=route_for(facts, exposure, operation),
        manifest=to_yaml(manifest),
        diff=_diff(exposure, facts.spec),
        server_dry_run=_as_dry_run(answer),
    )


def preview_checks(
    *, by: User, cluster: Cluster, namespace: str, spec: ExposureSpec, exposure: Exposure | None = None
) -> tuple[Step, ...]:
    """The preflight alone, for who may not ask or while a cluster was never read. Raises only NotFound."""
    return run_preflight(_facts(by, cluster, namespace, spec, exposure, ask_owner=False)).steps


def _facts(
    by: User, cluster: Cluster, namespace: str, spec: ExposureSpec, exposure: Exposure | None, *, ask_owner: bool
) -> Facts:
    team = team_for(by, cluster, namespace)
    allowed = may_expose_for(by, team)
    return gather_facts(
        cluster=cluster,
        namespace=namespace,
        team=team,
        spec=spec,
        exposure=exposure,
        ask_owner=ask_owner if exposure is None else is_guest(exposure),
        asker=Asker(bool(allowed), allowed.reason),
    )


def _manifest(facts: Facts, cluster: Cluster, exposure: Exposure | None, operation: Operation) -> dict[str, Any]:
    identifier = exposure.pk if exposure else PROVISIONAL_ID
    rendering = render(
        operation=operation,
        cluster=cluster,
        namespace=facts.namespace,
        exposure_id=identifier,
        object_name=exposure.object_name if exposure else object_name(facts.spec.host, identifier),
        spec=facts.spec,
        facts=facts,
        base_revision=exposure.live_revision if exposure else None,
    )
    manifest: dict[str, Any] = json.loads(rendering.rendered)
    return manifest


def _diff(exposure: Exposure | None, spec: ExposureSpec) -> list[dict[str, Any]]:
    base = exposure.live_revision if exposure else None
    return compare(base.spec if base else None, spec.as_json())


def _ask_cluster(
    facts: Facts, cluster: Cluster, manifest: dict[str, Any], verdict: Verdict
) -> tuple[AdmissionFacts, Verdict]:
    """What the cluster itself says, and the verdict with it."""
    started = time.perf_counter()
    answer = ask_admission(cluster, manifest)
    spent = {**facts.around.spent_ms, "admission": (time.perf_counter() - started) * 1000}
    asked = replace(facts, around=replace(facts.around, admission=answer, spent_ms=spent))
    return answer, verdict_of(with_admission(Preflight(verdict.steps), asked))


def _as_dry_run(answer: AdmissionFacts | None) -> dict[str, Any]:
    """The older shape of the same answer: a refusal in the cluster's own words."""
    if answer is None:
        return {"ok": None, "message": _("The cluster was not asked.")}
    return {"ok": answer.accepted, "message": answer.raw or spoken(answer.message)}

"""Writes exposures and their revisions. Everything here runs inside the transaction of the request that asks for it.

Only the approval engine and the delivery call these: nothing changes an exposure but a change request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.common.conditions import Status, set_condition
from apps.common.errors import Conflict, PolicyViolation, Unavailable, Violation
from apps.common.said import say
from apps.domains.services import claim_host, release_host
from apps.exposures.enums import ConditionType, DriftKind, Operation
from apps.exposures.models import Exposure, Revision
from apps.exposures.policies import Facts, Preflight, Step, run_preflight, said_violation
from apps.exposures.rendering import Rendering, render
from apps.exposures.shared_hosts import ask_for_paths, end_share
from apps.exposures.spec import ExposureSpec
from apps.kube.manifests import RENDERER_VERSION, object_name

# Reasons of the condition InSync.
AS_APPLIED, CHANGED_OUTSIDE, GONE = "AsApplied", "ChangedOutside", "Gone"
DRIFTS = {CHANGED_OUTSIDE: DriftKind.CHANGED, GONE: DriftKind.MISSING}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the preflight says, in the reader's language: `errors` forbid it, `conflicts` name who is in the way,
    `warnings` only inform. `steps` are its single checks.
    """

    errors: tuple[Violation, ...]
    conflicts: tuple[dict[str, Any], ...]
    warnings: tuple[Violation, ...]
    steps: tuple[Step, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not self.errors and not self.conflicts


def judge(facts: Facts) -> Verdict:
    """Run the preflight. Raises Unavailable when the cluster was never read, because nothing can be said then."""
    if facts.services is None:
        raise Unavailable(
            _("Cluster %(cluster)s has not been read yet.") % {"cluster": facts.cluster.name},
            code="cluster_unreachable",
        )
    return verdict_of(run_preflight(facts))


def verdict_of(found: Preflight) -> Verdict:
    errors, warnings = (tuple(map(said_violation, some)) for some in (found.errors, found.warnings))
    return Verdict(errors, found.conflicts, warnings, found.steps)


def require_clean(facts: Facts) -> None:
    """Raise what the chain finds: PolicyViolation with every error, else Conflict `host_conflict` with all of them."""
    verdict = judge(facts)
    if verdict.errors:
        raise PolicyViolation(verdict.errors[0].message, errors=list(verdict.errors))
    if verdict.conflicts:
        raise Conflict(
            _("%(host)s is taken.") % {"host": facts.spec.host}, code="host_conflict", conflicts=list(verdict.conflicts)
        )


def create_exposure(
    *, by: User, cluster: Cluster, namespace: str, team: Team, spec: ExposureSpec, facts: Facts, reason: str
) -> Revision:
    """A new exposure with its first revision; claims the host, or asks its owner. Raises Conflict when somebody else
    was quicker.
    """
    exposure = Exposure(cluster=cluster, namespace=namespace, host=spec.host, team=team, created_by=by)
    exposure.object_name = object_name(spec.host, exposure.pk)
    try:
        with transaction.atomic():
            exposure.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("%(host)s is exposed on %(cluster)s already.") % {"host": spec.host, "cluster": cluster.name},
            code="host_conflict",
            conflicts=_own_conflicts(cluster, spec.host, team),
        ) from error
    hold_host(exposure, facts)
    return add_revision(
        by=by, exposure=exposure, operation=Operation.CREATE, spec=spec, facts=facts, reason=reason
    )  # fmt: skip


def hold_host(exposure: Exposure, facts: Facts) -> None:
    """Claim the host for the exposure's team, or note that its owner is asked. Raises Conflict when somebody else was
    quicker.
    """
    if facts.shared is None:
        claim_host(host=exposure.host, team=exposure.team)
        end_share(exposure)
    else:
        ask_for_paths(exposure=exposure, owner_name=facts.shared.owner)


def add_revision(
    *,
    by: User,
    exposure: Exposure,
    operation: Operation,
    spec: ExposureSpec,
    facts: Facts | None,
    reason: str,
) -> Revision:
    """The next immutable revision, based on what is live now (I3)."""
    base = exposure.live_revision
    rendering = render_revision(exposure=exposure, operation=operation, spec=spec, facts=facts)
    newest = exposure.newest_revision
    return Revision.objects.create(
        exposure=exposure,
        number=newest.number + 1 if newest else 1,
        operation=operation,
        spec=spec.as_json(),
        rendered=rendering.rendered,
        renderer_version=RENDERER_VERSION,
        content_hash=rendering.content_hash,
        base_revision=base,
        facts=rendering.facts,
        author=by,
        reason=reason,
    )


def render_revision(*, exposure: Exposure, operation: Operation, spec: ExposureSpec, facts: Facts | None) -> Rendering:
    """What `add_revision` would store. A deletion carries the bytes of what it deletes."""
    if operation == Operation.DELETE and exposure.live_revision is not None:
        spec = ExposureSpec.from_json(exposure.live_revision.spec)
    return render(
        operation=operation,
        cluster=exposure.cluster,
        namespace=exposure.namespace,
        exposure_id=exposure.pk,
        object_name=exposure.object_name,
        spec=spec,
        facts=facts,
        base_revision=exposure.live_revision,
    )


def lock_exposure(exposure_id: str) -> Exposure:
    """The row under lock, freshly read. Fixed order everywhere: exposure, request, stage, delivery (I9).

    Read after the lock, not with it: a joined row is as old as the question, so a revision that became live while we
    waited for the lock would seem not to exist.
    """
    Exposure.objects.select_for_update().only("pk").get(pk=exposure_id)
    return Exposure.objects.with_relations().get(pk=exposure_id)


def accept_revision(*, exposure: Exposure, revision: Revision) -> None:
    """The revision is approved: it is what the exposure should be from now on."""
    exposure.desired_revision = revision
    exposure.generation += 1
    note_condition(
        exposure,
        ConditionType.APPROVED,
        "True",
        "Approved",
        say(_n("Revision %(number)d is approved."), number=revision.number),
    )
    exposure.save()


def note_condition(
    exposure: Exposure, kind: ConditionType, status: Status, reason: str, message: str, *, now: datetime | None = None
) -> None:
    """Set one condition on the instance; the caller saves."""
    exposure.conditions = set_condition(
        exposure.conditions,
        kind,
        status,
        reason=reason,
        message=message,
        now=now or timezone.now(),
        observed_generation=exposure.generation,
    )
    if kind == ConditionType.SERVING:
        exposure.serving = status
    if kind == ConditionType.IN_SYNC:
        exposure.drift = DRIFTS.get(reason, DriftKind.NONE)


def mark_live(*, exposure: Exposure, revision: Revision) -> None:
    """What was applied was read back and is equal: the revision is live."""
    exposure.live_revision = revision
    exposure.observed_generation = exposure.generation
    exposure.save()


def close_exposure(*, exposure: Exposure) -> None:
    """The object is gone from the cluster, or never was there: free the host and take the exposure out of the lists.

    The host stays its owner's while a guest lives on it.
    """
    exposure.deleted_at = timezone.now()
    exposure.live_revision = None
    exposure.observed_generation = exposure.generation
    exposure.save()
    end_share(exposure)
    others = Exposure.objects.active().filter(host=exposure.host)
    release_host(host=exposure.host, is_used=others.exists)


def _own_conflicts(cluster: Cluster, host: str, team: Team) -> list[dict[str, Any]]:
    """What the team has there already; nothing when that has ended meanwhile."""
    existing = Exposure.objects.active().filter(cluster=cluster, host=host, team=team).first()
    if existing is None:
        return []
    return [
        {
            "host": host,
            "path": None,
            "kind": "exact",
            "cluster": cluster.name,
            "owner": {"team": team.name, "contact": team.contact},
            "exposure": existing.pk,
            "can_ask_owner": False,
        }
    ]

"""Opens change requests: create, change, delete, go back to a revision; and the next round of a returned one."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import Team, User
from apps.accounts.permissions import check
from apps.accounts.selectors import grant_of, team_ids_of
from apps.approvals.enums import OPEN_STATES, RequestState, StageState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.routing import Route, choose_route
from apps.approvals.services.dispatching import dispatch_approved, keep_checks
from apps.approvals.services.engine import (
    activate_next_stage,
    block,
    close_open_stages,
    lock_request,
    move,
    open_stages,
    require_move,
    require_single,
    require_standing,
)
from apps.approvals.services.freshness import on_fresh_inventory
from apps.clusters.models import Cluster
from apps.common.actors import POLICY
from apps.common.errors import Conflict, NotFound, PolicyViolation, Violation
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure, Revision
from apps.exposures.permissions import may_change, may_expose_for
from apps.exposures.policies import Asker, Facts, run_preflight
from apps.exposures.selectors import gather_facts
from apps.exposures.services import add_revision, create_exposure, hold_host, lock_exposure, require_clean
from apps.exposures.shared_hosts import is_guest
from apps.exposures.spec import ExposureSpec


def team_for(by: User, cluster: Cluster, namespace: str) -> Team:
    """The team that owns the namespace, if `by` may know of it; NotFound `namespace_not_found` otherwise (S5)."""
    grant = grant_of(cluster.name, namespace)
    if grant is None or not (by.sees_everything or grant.team_id in team_ids_of(by)):
        raise NotFound(_("There is no namespace %(name)s for you.") % {"name": namespace}, code="namespace_not_found")
    return grant.team


@on_fresh_inventory
@transaction.atomic
def open_create(
    *, by: User, cluster: Cluster, namespace: str, spec: ExposureSpec, reason: str = "", ask_owner: bool = False
) -> ChangeRequest:
    """A new exposure and the request for it. `ask_owner` asks the team that has the host for these paths first.

    Raises PolicyViolation, Conflict, NotPermitted, NotFound, Unavailable.
    """
    team = _hold_quota(team_for(by, cluster, namespace))
    check(may_expose_for(by, team))
    facts = gather_facts(
        cluster=cluster, namespace=namespace, team=team, spec=spec, ask_owner=ask_owner, asker=Asker(True)
    )
    require_clean(facts)
    revision = create_exposure(
        by=by, cluster=cluster, namespace=namespace, team=team, spec=spec, facts=facts, reason=reason
    )
    return _open(by=by, revision=revision, facts=facts, reason=reason)


@on_fresh_inventory
@transaction.atomic
def open_update(*, by: User, exposure: Exposure, spec: ExposureSpec, reason: str = "") -> ChangeRequest:
    """Change paths, certificate or class. The host is the exposure's identity and cannot change."""
    if spec.host != exposure.host:
        message = _("The host of an exposure cannot change.")
        hint = _("Create an exposure for the new host, then delete this one.")
        raise PolicyViolation(message, errors=[Violation("host_fixed", "host", message, hint)])
    exposure, facts = _prepare(by, exposure, spec)
    require_clean(facts)
    _keep_host(exposure, facts)
    operation = Operation.UPDATE if exposure.live_revision_id else Operation.CREATE
    revision = add_revision(by=by, exposure=exposure, operation=operation, spec=spec, facts=facts, reason=reason)
    return _open(by=by, revision=revision, facts=facts, reason=reason)


@transaction.atomic
def open_delete(*, by: User, exposure: Exposure, reason: str = "") -> ChangeRequest:
    """Take the exposure out of the cluster. The route is judged by what it is today; nothing can forbid a deletion."""
    newest = exposure.live_revision or exposure.newest_revision
    if newest is None:
        raise NotFound(code="exposure_not_found")
    spec = ExposureSpec.from_json(newest.spec)
    exposure, facts = _prepare(by, exposure, spec)
    revision = add_revision(by=by, exposure=exposure, operation=Operation.DELETE, spec=spec, facts=facts, reason=reason)
    return _open(by=by, revision=revision, facts=facts, reason=reason)


def open_rollback(*, by: User, exposure: Exposure, revision: Revision, reason: str = "") -> ChangeRequest:
    """Ask for what an earlier revision said; judged and rendered anew like every change."""
    return open_update(by=by, exposure=exposure, spec=ExposureSpec.from_json(revision.spec), reason=reason)


@on_fresh_inventory
@transaction.atomic
def resubmit(*, by: User, request: ChangeRequest, spec: ExposureSpec | None = None, reason: str = "") -> ChangeRequest:
    """The next round: new revision, new route, all earlier decisions void (I1). `spec` None keeps the last one."""
    request = lock_request(request)
    check(may_change(by, request.exposure))
    require_move(request, Verb.RESUBMIT)
    require_standing(request)
    exposure, operation = request.exposure, Operation(request.operation)
    stated = spec or ExposureSpec.from_json(request.revision.spec)
    facts = _gather(exposure, stated)
    if operation != Operation.DELETE:
        require_clean(facts)
        _keep_host(exposure, facts)
    request.revision = add_revision(
        by=by,
        exposure=exposure,
        operation=operation,
        spec=stated,
        facts=facts,
        reason=reason or request.revision.reason,
    )
    close_open_stages(request, StageState.CANCELLED)
    request.round += 1
    _pin_route(request, facts, operation)
    require_single(request)
    move(request, Verb.RESUBMIT, by=by, comment=reason)
    _begin(request)
    return request


def route_for(facts: Facts, exposure: Exposure | None, operation: Operation) -> Route:
    return choose_route(
        facts=facts,
        operation=operation,
        was_ever_live=exposure is not None and exposure.live_revision_id is not None,
        default_group=settings.PORTICO_APPROVER_GROUP,
    )


def _prepare(by: User, exposure: Exposure, spec: ExposureSpec) -> tuple[Exposure, Facts]:
    """Lock, authorise, and refuse a second open request (I11)."""
    exposure = lock_exposure(exposure.pk)
    if exposure.deleted_at is not None:
        raise NotFound(_("The exposure has been deleted."), code="exposure_not_found")
    check(may_change(by, exposure))
    _refuse_second(exposure)
    return exposure, _gather(exposure, spec)


def _hold_quota(team: Team) -> Team:
    """The team under lock: creations that count against one limit go one by one, or two would take the last place."""
    return Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def _keep_host(exposure: Exposure, facts: Facts) -> None:
    """Since a guest asked, the host may have become free, its own, or somebody else's."""
    if is_guest(exposure):
        hold_host(exposure, facts)


def _refuse_second(exposure: Exposure) -> None:
    existing = exposure.change_requests.filter(state__in=OPEN_STATES).first()
    if existing is not None:
        message = _("A request for %(host)s is open already. Finish or withdraw it first.") % {"host": exposure.host}
        raise Conflict(message, code="request_open", request=existing.pk, state=existing.state)


def _gather(exposure: Exposure, spec: ExposureSpec) -> Facts:
    """A guest's change asks the owner again as soon as it has a path that was not granted."""
    return gather_facts(
        cluster=exposure.cluster,
        namespace=exposure.namespace,
        team=exposure.team,
        spec=spec,
        exposure=exposure,
        ask_owner=is_guest(exposure),
        asker=Asker(True),
    )


def _open(*, by: User, revision: Revision, facts: Facts, reason: str) -> ChangeRequest:
    request = ChangeRequest(
        exposure=revision.exposure,
        operation=revision.operation,
        revision=revision,
        submitter=by,
        state=RequestState.DRAFT,
        submitted_at=timezone.now(),
    )
    _pin_route(request, facts, Operation(revision.operation))
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        _refuse_second(revision.exposure)
        raise
    move(request, Verb.SUBMIT, by=by, comment=reason)
    _begin(request)
    return request


def _pin_route(request: ChangeRequest, facts: Facts, operation: Operation) -> None:
    route = route_for(facts, request.exposure, operation)
    request.flow = route.as_json()
    request.risk_level = route.risk_level
    request.risk_facts = route.risk_facts
    request.checks = {} if operation == Operation.DELETE else keep_checks(run_preflight(facts))


def _begin(request: ChangeRequest) -> None:
    """Start the round: ask the first stage, or go on at once when the route needs nobody."""
    open_stages(request)
    stage = activate_next_stage(request)
    if stage is None:
        _pass_without_human(request)
    elif stage.state == StageState.BLOCKED:
        block(request, stage, by=POLICY)


def _pass_without_human(request: ChangeRequest) -> None:
    """Only when the pinned route says that nobody is needed; an empty route for any other reason blocks (I8)."""
    if request.flow.get("because"):
        raise Conflict(_("No stage could be found for a request that needs one."), code="no_route")
    move(request, Verb.PASS, by=POLICY, comment=_n("No approval needed: wildcard name, HTTP, development or test."))
    dispatch_approved(request)

"""Take a request back, or push a failed one again. Neither ever touches what is live (I12)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.enums import OPEN_STATES, RequestState, StageState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.services.engine import close_open_stages, lock_request, move, require_move
from apps.common.errors import Conflict, InvalidTransition
from apps.delivery.services import cancel_waiting
from apps.delivery.services import retry as retry_delivery
from apps.exposures.permissions import may_change
from apps.exposures.services import close_exposure


@transaction.atomic
def withdraw(*, by: User, request: ChangeRequest, comment: str = "") -> ChangeRequest:
    """By the submitter or the team's developers, until a worker has begun to push it. A repeat is a no-op."""
    request = lock_request(request)
    check(may_change(by, request.exposure))
    if request.state == RequestState.WITHDRAWN:
        return request
    require_move(request, Verb.WITHDRAW)
    if request.state == RequestState.DELIVERING:
        _take_back_delivery(request)
    close_open_stages(request, StageState.CANCELLED)
    move(request, Verb.WITHDRAW, by=by, comment=comment)
    close_if_never_live(request)
    return request


@transaction.atomic
def retry(*, by: User, request: ChangeRequest, overwrite: bool = False) -> ChangeRequest:
    """Push a failed request's approved bytes once more."""
    request = lock_request(request)
    check(may_change(by, request.exposure))
    require_move(request, Verb.RETRY)
    if request.exposure.change_requests.filter(state__in=OPEN_STATES).exists():
        raise Conflict(_("A newer request for this exposure is open."), code="request_open")
    retry_delivery(by=by, delivery=request.revision.delivery, overwrite=overwrite)
    request.refresh_from_db()
    return request


def close_if_never_live(request: ChangeRequest) -> None:
    """The request that would have made the exposure is over: free its host, unless something went live before."""
    exposure = request.exposure
    if exposure.live_revision_id is None and not exposure.change_requests.filter(state__in=OPEN_STATES).exists():
        close_exposure(exposure=exposure)


def _take_back_delivery(request: ChangeRequest) -> None:
    if not cancel_waiting(revision=request.revision):
        message = _("It is being applied right now. Ask for a change or a deletion instead.")
        raise InvalidTransition(message, state=request.state)
    exposure = request.exposure
    exposure.desired_revision = exposure.live_revision
    exposure.save()

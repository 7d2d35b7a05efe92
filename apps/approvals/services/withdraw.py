"""Take a request back, or push a failed one again. Neither ever touches what is live (I12)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.enums import RequestState, StageState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.services.engine import (
    close_open_stages,
    lock_request,
    move,
    require_move,
    require_single,
    require_standing,
)
from apps.common.errors import InvalidTransition
from apps.delivery.services import cancel_waiting, was_ever_sent
from apps.delivery.services import retry as retry_delivery
from apps.exposures.permissions import may_change
from apps.exposures.services import close_exposure
from apps.exposures.shared_hosts import restore_share


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
    close_if_never_live(request)
    move(request, Verb.WITHDRAW, by=by, comment=comment)
    return request


@transaction.atomic
def retry(*, by: User, request: ChangeRequest, overwrite: bool = False) -> ChangeRequest:
    """Push a failed request's approved bytes once more."""
    request = lock_request(request)
    check(may_change(by, request.exposure))
    require_move(request, Verb.RETRY)
    require_standing(request)
    require_single(request)
    retry_delivery(by=by, delivery=request.revision.delivery, overwrite=overwrite)
    request.refresh_from_db()
    return request


def close_if_never_live(request: ChangeRequest) -> None:
    """The request that would have made the exposure ends: free its host, unless something went to the cluster before.

    Called before the move that ends it, because the move holds the audit trail and the host's claim comes before that.
    """
    exposure = request.exposure
    if exposure.live_revision_id is None and not was_ever_sent(exposure):
        close_exposure(exposure=exposure)


def _take_back_delivery(request: ChangeRequest) -> None:
    if not cancel_waiting(revision=request.revision):
        message = _("It has gone to the cluster already. Ask for a change or a deletion instead.")
        raise InvalidTransition(message, state=request.state)
    exposure = request.exposure
    exposure.desired_revision = exposure.live_revision
    exposure.save()
    restore_share(exposure)

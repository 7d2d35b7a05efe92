"""Words around a request that change nothing of it: comments and reminders."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.enums import RequestState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.permissions import active_stage, author_names, may_comment
from apps.approvals.services.engine import eligible_people, lock_request, note
from apps.approvals.services.telling import tell_reminder
from apps.common.errors import Conflict, InvalidInput, InvalidTransition, Violation
from apps.exposures.permissions import may_change

REMIND_EVERY = timedelta(hours=1)


@transaction.atomic
def add_comment(*, by: User, request: ChangeRequest, comment: str) -> ChangeRequest:
    """Add to the timeline; everyone who sees the request may, but auditors."""
    if not comment.strip():
        message = _("The comment is empty.")
        raise InvalidInput(message, errors=[Violation("required", "comment", message)])
    request = lock_request(request)
    check(may_comment(by, request))
    note(request, Verb.COMMENT, by=by, before=request.state, comment=comment)
    return request


@transaction.atomic
def remind(*, by: User, request: ChangeRequest) -> ChangeRequest:
    """Say in the queue that somebody is waiting; at most once an hour."""
    request = lock_request(request)
    check(may_change(by, request.exposure))
    if request.state != RequestState.PENDING:
        raise InvalidTransition(_("Nobody is being waited for."), state=request.state)
    last = request.events.filter(verb=Verb.REMIND).order_by("-id").first()
    if last is not None and timezone.now() - last.at < REMIND_EVERY:
        raise Conflict(_("A reminder was sent less than an hour ago."), code="reminded_recently")
    note(request, Verb.REMIND, by=by, before=request.state)
    stage = active_stage(request)
    if stage is not None:
        tell_reminder(request=request, by=by, people=eligible_people(stage, without=author_names(request)))
    return request

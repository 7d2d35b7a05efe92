"""Who may see, decide on and act on a request. Eligibility is read at decision time, never stored (I6)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import YES, Allowed, role_in
from apps.accounts.selectors import group_names_of
from apps.approvals.enums import RequestState, SlotState, StageState, Verb
from apps.approvals.models import ChangeRequest, Slot, Stage


def author_names(request: ChangeRequest) -> set[str]:
    """Everyone who had a hand in the content: they never decide on it (I4)."""
    submitters = request.events.filter(verb__in=[Verb.SUBMIT, Verb.RESUBMIT]).values_list("actor", flat=True)
    return {request.submitter.username, request.revision.author.username, *submitters}


def active_stage(request: ChangeRequest) -> Stage | None:
    """The stage that is being asked now."""
    stages = [s for s in request.stages.all() if s.round == request.round and s.state == StageState.ACTIVE]
    return stages[0] if stages else None


def slot_for(user: User, request: ChangeRequest) -> Slot | None:
    """The open slot of the active stage that the person holds, by name or by group."""
    stage = active_stage(request)
    if stage is None or not user.is_active:
        return None
    holders = {f"user:{user.username}", *(f"group:{name}" for name in group_names_of(user))}
    return next((slot for slot in stage.slots.all() if slot.state == SlotState.OPEN and slot.holder in holders), None)


def may_decide(user: User, request: ChangeRequest, *, authors: set[str]) -> Allowed:
    """Approve, reject or return. `authors` had a hand in the content; nobody is exempt, superusers included (I4)."""
    if user.username in authors:
        return Allowed(False, _("You had a hand in this request, so somebody else decides on it."))
    if request.state != RequestState.PENDING:
        return Allowed(False, _("There is nothing to decide any more."))
    if not user.is_active or slot_for(user, request) is None:
        stage = active_stage(request)
        name = stage.name if stage else "–"
        return Allowed(False, _("Only members of %(group)s decide on this.") % {"group": name})
    return YES


def may_see(user: User, request: ChangeRequest) -> bool:
    """The team, everyone who sees everything, and members of the groups that are or were asked."""
    if not user.is_active:
        return False
    if user.sees_everything or role_in(user, request.exposure.team) is not None:
        return True
    groups = {f"group:{name}" for name in group_names_of(user)}
    return any(slot.holder in groups for stage in request.stages.all() for slot in stage.slots.all())


def may_comment(user: User, request: ChangeRequest) -> Allowed:
    if may_see(user, request) and (not user.is_auditor or role_in(user, request.exposure.team)):
        return YES
    return Allowed(False, _("Auditors read, they do not take part."))

"""Who may see, decide on and act on a request. Eligibility is read at decision time, never stored (I6)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import YES, Allowed, role_in
from apps.accounts.selectors import acting_teams_of, group_names_of
from apps.approvals.enums import GROUP, PERSON, TEAM, RequestState, SlotState, StageState, Verb
from apps.approvals.models import ChangeRequest, Slot, Stage


def author_names(request: ChangeRequest) -> set[str]:
    """Everyone who had a hand in the content: they never decide on it (I4)."""
    submitters = request.events.filter(verb__in=[Verb.SUBMIT, Verb.RESUBMIT]).values_list("actor", flat=True)
    return {request.submitter.username, request.revision.author.username, *submitters}


def active_stage(request: ChangeRequest) -> Stage | None:
    """The stage that is being asked now."""
    stages = [s for s in request.stages.all() if s.round == request.round and s.state == StageState.ACTIVE]
    return stages[0] if stages else None


def principals_of(user: User) -> set[str]:
    """In whose name the person may sign: their own, their approver groups', and the teams' for which they may act."""
    groups = {GROUP + name for name in group_names_of(user)}
    teams = acting_teams_of(user).values_list("name", flat=True)
    return {PERSON + user.username, *groups, *(TEAM + name for name in teams)}


def signer_names(request: ChangeRequest) -> set[str]:
    """Who decided on an earlier stage of the present round: two stages are two pairs of eyes (I5)."""
    stages = [stage for stage in request.stages.all() if stage.round == request.round]
    return {decision.actor.username for stage in stages for decision in stage.decisions.all()}


def slot_for(user: User, request: ChangeRequest) -> Slot | None:
    """The open slot of the active stage that the person holds, by name or by group."""
    stage = active_stage(request)
    if stage is None or not user.is_active:
        return None
    holders = principals_of(user)
    return next((slot for slot in stage.slots.all() if slot.state == SlotState.OPEN and slot.holder in holders), None)


def may_decide(user: User, request: ChangeRequest, *, authors: set[str]) -> Allowed:
    """Approve, reject or return. `authors` had a hand in the content; nobody is exempt, superusers included (I4)."""
    if user.username in authors:
        return Allowed(False, _("You had a hand in this request, so somebody else decides on it."))
    if request.state != RequestState.PENDING:
        return Allowed(False, _("There is nothing to decide any more."))
    if not user.is_active or slot_for(user, request) is None:
        return Allowed(False, _only(active_stage(request)))
    if user.username in signer_names(request):
        return Allowed(False, _("You have decided on an earlier stage already, so somebody else decides on this one."))
    return YES


def _only(stage: Stage | None) -> str:
    if stage is not None and stage.owner_team:
        words = _("Only developers and maintainers of team %(team)s, which owns the host, decide on this.")
        return words % {"team": stage.owner_team}
    return _("Only members of %(group)s decide on this.") % {"group": stage.name if stage else "–"}


def may_see(user: User, request: ChangeRequest) -> bool:
    """The team, everyone who sees everything, and those in whose groups or teams are or were asked."""
    if not user.is_active:
        return False
    if user.sees_everything or role_in(user, request.exposure.team) is not None:
        return True
    holders = principals_of(user)
    return any(slot.holder in holders for stage in request.stages.all() for slot in stage.slots.all())


def may_comment(user: User, request: ChangeRequest) -> Allowed:
    if may_see(user, request) and (not user.is_auditor or role_in(user, request.exposure.team)):
        return YES
    return Allowed(False, _("Auditors read, they do not take part."))

"""Reads of requests on behalf of someone, and what pages and the API say about them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from apps.accounts.models import User
from apps.accounts.permissions import Allowed
from apps.accounts.selectors import acting_teams_of, deciding_groups_of
from apps.approvals import permissions
from apps.approvals.enums import GROUP, PERSON, TEAM, RequestState, SlotState, StageState, Verb
from apps.approvals.models import ChangeRequest, Decision, RequestEvent, Slot
from apps.audit.models import AuditEvent
from apps.audit.selectors import all_events
from apps.common.errors import NotFound
from apps.domains.models import Zone
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure


def list_requests_for(user: User) -> QuerySet[ChangeRequest]:
    """Requests of the person's teams, and those that the person's groups and teams are or were asked for."""
    requests = ChangeRequest.objects.with_relations().order_by("-created_at", "-id")
    if user.sees_everything:
        return requests
    asked = Slot.objects.filter(_holds("holder", user)).order_by().values("stage__request")
    # As a set beside the other one: a join would walk through all exposures, whose rows are wide.
    own = Exposure.objects.filter(team__in=user.memberships.values("team")).order_by().values("pk")
    return requests.filter(Q(exposure__in=own) | Q(pk__in=asked))


def awaiting(user: User) -> QuerySet[ChangeRequest]:
    """What waits for this person's word now, the oldest first. Derived from slots, so it can never be out of date."""
    asked = Slot.objects.filter(_holds("holder", user), state=SlotState.OPEN, stage__state=StageState.ACTIVE)
    return (
        ChangeRequest.objects.with_relations()
        .filter(state=RequestState.PENDING, pk__in=asked.order_by().values("stage__request"))
        .exclude(_was_authored_by(user))
        .exclude(pk__in=_decided_by(user))
        .order_by("created_at", "id")
    )


def awaiting_count(user: User) -> int:
    return awaiting(user).order_by().values("pk").count()


def _holds(column: str, user: User) -> Q:
    """That the holder is the person, one of the person's groups, or a team for which the person may act; as a part of
    the caller's query, because the number in the navigation is asked for on every page.
    """
    groups = deciding_groups_of(user).annotate(principal=Concat(Value(GROUP), "name")).values("principal")
    teams = acting_teams_of(user).annotate(principal=Concat(Value(TEAM), "name")).values("principal")
    holders = Q(**{column: PERSON + user.username})
    return holders | Q(**{f"{column}__in": groups}) | Q(**{f"{column}__in": teams})


def _was_authored_by(user: User) -> Exists:
    """That the person had a hand in its content, in whichever round (I4)."""
    sent = [Verb.SUBMIT, Verb.RESUBMIT]
    return Exists(RequestEvent.objects.filter(request=OuterRef("pk"), actor=user.username, verb__in=sent))


def _decided_by(user: User) -> QuerySet[Decision, Any]:
    """Requests in whose present round the person's word is there; a set, because there are few of those that wait."""
    of_the_round = Decision.objects.filter(actor=user, round=F("stage__request__round"))
    return of_the_round.filter(stage__request__state=RequestState.PENDING).order_by().values("stage__request")


def get_request_for(user: User, request_id: str) -> ChangeRequest:
    request = list_requests_for(user).filter(pk=request_id).first()
    if request is None:
        raise NotFound(code="request_not_found")
    return request


def open_request_of(exposure: Exposure) -> ChangeRequest | None:
    return ChangeRequest.objects.with_relations().open().filter(exposure=exposure).first()


def pending_in(zone: Zone) -> QuerySet[ChangeRequest]:
    """Requests that wait for the word of the zone's group as it was when they were sent."""
    return ChangeRequest.objects.filter(
        exposure__team=zone.team, state=RequestState.PENDING, risk_facts__zone=zone.name
    )


def list_events(request: ChangeRequest) -> QuerySet[RequestEvent]:
    return request.events.order_by("id")


def events_of_exposure(exposure: Exposure) -> QuerySet[AuditEvent]:
    """Everything that was done about an exposure, by requests, deliveries and directly, the newest first."""
    requests = [str(pk) for pk in exposure.change_requests.values_list("pk", flat=True)]
    deliveries = [str(pk) for pk in exposure.deliveries.values_list("pk", flat=True)]
    about = Q(object_type="exposure", object_id=exposure.pk) | Q(object_type="request", object_id__in=requests)
    about |= Q(object_type="delivery", object_id__in=deliveries)
    return all_events().filter(about)


def decision_for(user: User, request: ChangeRequest) -> Allowed:
    """Whether the person may decide now, and why not."""
    return permissions.may_decide(user, request, authors=permissions.author_names(request))


def field_diff(request: ChangeRequest) -> list[dict[str, Any]]:
    """What changes, field by field, against what was live when it was asked for."""
    base = request.revision.base_revision
    after = None if request.operation == Operation.DELETE else request.revision.spec
    return compare(base.spec if base else None, after)


def compare(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The fields in which two specs differ: [{"field", "before", "after"}], None where absent."""
    old, new = flatten(before or {}), flatten(after or {})
    return [
        {"field": name, "before": old.get(name), "after": new.get(name)}
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested JSON as dotted paths: {"paths.0.path": "/"}; absent and null are the same."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = ((str(index), entry) for index, entry in enumerate(value))  # type: ignore[assignment]
    else:
        return {} if value is None else {prefix: value}
    flat: dict[str, Any] = {}
    for key, entry in pairs:
        flat |= flatten(entry, f"{prefix}.{key}" if prefix else str(key))
    return flat

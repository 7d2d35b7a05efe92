"""Tells people what a request wants of them and what became of theirs, in the transaction in which it happens.

Whoever asked is told how it goes on, whoever is asked that somebody waits, the team that a delivery failed. Nobody is
told of their own deed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _n

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.selectors import members_with_role
from apps.approvals.enums import RequestState, Verb
from apps.approvals.models import ChangeRequest, RequestEvent, Stage
from apps.common.actors import Actor
from apps.common.said import say
from apps.exposures.enums import Operation
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services import dismiss, notify
from apps.notices.subjects import Subject

# What the people who asked are told of an event, and how.
OUTCOMES: dict[str, tuple[NoticeKind, str]] = {
    Verb.PASS: (NoticeKind.REQUEST_APPROVED, _n("%(who)s approved your request for %(host)s.")),
    Verb.REJECT: (NoticeKind.REQUEST_REJECTED, _n("%(who)s rejected your request for %(host)s.")),
    Verb.RETURN: (NoticeKind.REQUEST_RETURNED, _n("%(who)s returned your request for %(host)s: change it.")),
    Verb.BLOCK: (
        NoticeKind.REQUEST_BLOCKED,
        _n("Nobody may decide on your request for %(host)s. Ask a platform admin."),
    ),
    Verb.OUTDATE: (NoticeKind.REQUEST_STALE, _n("Your request for %(host)s is out of date. Send it again.")),
    Verb.FAIL: (NoticeKind.REQUEST_FAILED, _n("Your request for %(host)s could not be delivered to %(cluster)s.")),
    Verb.COMPLETE: (NoticeKind.REQUEST_LIVE, _n("%(host)s is live on %(cluster)s, as you asked.")),
    Verb.COMMENT: (NoticeKind.REQUEST_COMMENT, _n("%(who)s commented on your request for %(host)s.")),
}
DELETED = _n("%(host)s is gone from %(cluster)s, as you asked.")
COMMENTED = _n("%(who)s commented on the request for %(host)s.")
REMINDED = _n("%(who)s reminds you that the request for %(host)s waits for you.")
FAILED = _n("A change of %(host)s could not be delivered to %(cluster)s.")
WAITING: dict[str, str] = {
    Operation.CREATE: _n("%(who)s asks for %(host)s on %(cluster)s. Your decision is needed."),
    Operation.UPDATE: _n("%(who)s asks to change %(host)s on %(cluster)s. Your decision is needed."),
    Operation.DELETE: _n("%(who)s asks to delete %(host)s from %(cluster)s. Your decision is needed."),
}
ACTING = (Role.DEVELOPER, Role.MAINTAINER)
ASKING = (NoticeKind.REQUEST_WAITING, NoticeKind.REQUEST_REMINDER)


def tell_of_event(event: RequestEvent, *, request: ChangeRequest, by: Actor) -> None:
    """What an event means to those who asked, and to those who take part. Called where the event is written."""
    if request.state != RequestState.PENDING:
        dismiss(kinds=ASKING, subject=_subject(request))
    _tell_requesters(event, request, by)
    if event.verb == Verb.COMMENT:
        people = _earlier_commenters(request)
        _tell(event, request=request, by=by, kind=NoticeKind.REQUEST_COMMENT, msgid=COMMENTED, people=people)
    if event.verb == Verb.FAIL:
        people = _without(members_with_role(request.exposure.team, *ACTING), _requesters(request))
        _tell(event, request=request, by=by, kind=NoticeKind.DELIVERY_FAILED, msgid=FAILED, people=people)


def tell_those_asked(stage: Stage, *, request: ChangeRequest, people: Iterable[User]) -> None:
    """A stage has become active: `people` may sign it. Who was asked before is asked no more."""
    dismiss(kinds=ASKING, subject=_subject(request))
    notify(
        to=people,
        kind=NoticeKind.REQUEST_WAITING,
        sentence=_said(WAITING[request.operation], request, request.revision.author),
        subject=_subject(request),
        once_key=f"{request.pk}:{stage.round}:{stage.order}",
    )


def tell_reminder(*, request: ChangeRequest, by: Actor, people: Iterable[User]) -> None:
    event = request.events.latest("id")
    _tell(event, request=request, by=by, kind=NoticeKind.REQUEST_REMINDER, msgid=REMINDED, people=people)


def _tell_requesters(event: RequestEvent, request: ChangeRequest, by: Actor) -> None:
    if event.verb not in OUTCOMES or (event.verb == Verb.PASS and not isinstance(by, User)):
        return  # what needs nobody's approval goes on at once, and its end is told
    kind, msgid = OUTCOMES[event.verb]
    if event.verb == Verb.COMPLETE and request.operation == Operation.DELETE:
        msgid = DELETED
    _tell(event, request=request, by=by, kind=kind, msgid=msgid, people=_requesters(request))


def _tell(
    event: RequestEvent, *, request: ChangeRequest, by: Actor, kind: NoticeKind, msgid: str, people: Iterable[User]
) -> None:
    notify(
        to=[user for user in people if user.pk != by.pk],
        kind=kind,
        sentence=_said(msgid, request, by),
        subject=_subject(request),
        once_key=f"{request.pk}:{event.pk}",
    )


def _requesters(request: ChangeRequest) -> list[User]:
    """Who sent it first, and who sent the present round."""
    return [request.submitter, request.revision.author]


def _earlier_commenters(request: ChangeRequest) -> list[User]:
    names = request.events.filter(verb__in=[Verb.COMMENT, Verb.RETURN]).values("actor")
    return _without(User.objects.filter(username__in=names), _requesters(request))


def _without(people: Iterable[User], others: Iterable[User]) -> list[User]:
    told = {user.pk for user in others}
    return [user for user in people if user.pk not in told]


def _said(msgid: str, request: ChangeRequest, by: Actor) -> str:
    exposure = request.exposure
    return say(msgid, who=by.username, host=exposure.host, cluster=exposure.cluster.name)


def _subject(request: ChangeRequest) -> Subject:
    return Subject(SubjectType.REQUEST, request.pk)

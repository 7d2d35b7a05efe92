"""Change requests over REST: the queue, one request, its timeline, and every word that can be said to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.serializers.requests import (
    CommentIn,
    DecisionIn,
    EventOut,
    OptionalCommentIn,
    RequestDetailOut,
    RequestOut,
    RequestQuery,
    RequestWaitQuery,
    RetryIn,
    ReturnIn,
)
from apps.api.serializers.specs import ResubmitIn
from apps.api.serializers.strict import Nothing, SearchQuery
from apps.api.settling import wait_for_request
from apps.api.views.base import PortalView
from apps.approvals import services
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import awaiting, get_request_for, list_events, list_requests_for
from apps.exposures.spec import parse_spec

SEARCHED = ("exposure__host", "exposure__namespace", "exposure__cluster__name", "submitter__username")
ORDERINGS = {
    "created_at": "created_at",
    "settled_at": "settled_at",
    "state": "state",
    "host": "exposure__host",
    "cluster": "exposure__cluster__name",
}
EVENT_SEARCHED = ("actor", "verb", "comment")
EVENT_ORDERINGS = {"at": "id", "actor": "actor", "verb": "verb"}
FILTERS = {
    "state": "state",
    "cluster": "exposure__cluster__name",
    "team": "exposure__team__name",
    "exposure": "exposure_id",
}


class RequestListView(PortalView):
    scopes = {"GET": Scope.REQUESTS_READ}
    queries = {"GET": RequestQuery}
    answers = {"GET": {200: RequestOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """Requests of your teams and those you were asked about; `awaiting=me` is what waits for your word."""
        requests = awaiting(self.user) if self.asked.get("awaiting") else list_requests_for(self.user)
        requests = self._mine(requests).filter(
            **{FILTERS[name]: value for name, value in self.asked.items() if name in FILTERS}
        )
        requests = search(requests, self.asked.get("search", ""), SEARCHED)
        ordered = order(requests, self.asked.get("ordering", ""), ORDERINGS)
        return self.respond_page(ordered.select_related("revision__delivery"))

    def _mine(self, requests: QuerySet[ChangeRequest]) -> QuerySet[ChangeRequest]:
        mine = self.asked.get("mine")
        if mine is None:
            return requests
        return requests.filter(submitter=self.user) if mine == "true" else requests.exclude(submitter=self.user)


class RequestDetailView(PortalView):
    scopes = {"GET": Scope.REQUESTS_READ}
    queries = {"GET": RequestWaitQuery}
    answers = {"GET": {200: RequestDetailOut}}

    def get(self, request: Request, request_id: str) -> Response:
        """One request. With `wait`, once it is over."""
        found = get_request_for(self.user, request_id)
        if self.asked["wait"]:
            found = wait_for_request(found, self.asked["wait"])
        return self.respond(found, etag=etag_of(found.pk, found.lock_version, found.state, found.round))


class RequestEventsView(PortalView):
    scopes = {"GET": Scope.REQUESTS_READ}
    queries = {"GET": SearchQuery}
    answers = {"GET": {200: EventOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request, request_id: str) -> Response:
        """The timeline, the oldest first."""
        events = list_events(get_request_for(self.user, request_id))
        found = search(events, self.asked.get("search", ""), EVENT_SEARCHED)
        return self.respond_page(order(found, self.asked.get("ordering", ""), EVENT_ORDERINGS))


class RequestCommandView(PortalView):
    """One verb. The actor is who is signed in, never a field of the body (I16)."""

    scopes = {"POST": Scope.REQUESTS_DECIDE}
    answers = {"POST": {200: RequestDetailOut}}
    command: ClassVar[Callable[..., ChangeRequest]]

    def post(self, request: Request, request_id: str) -> Response:
        found = get_request_for(self.user, request_id)
        type(self).command(by=self.user, request=found, **self.arguments(found))
        return self.respond(get_request_for(self.user, request_id))

    def arguments(self, found: ChangeRequest) -> dict[str, Any]:
        return self.body()


class RequestApproveView(RequestCommandView):
    """Approve what was seen: `content_hash` says what that was."""

    bodies = {"POST": DecisionIn}
    command = staticmethod(services.approve)


class RequestRejectView(RequestCommandView):
    """Reject, and say why. What is live stays as it is."""

    bodies = {"POST": DecisionIn}
    command = staticmethod(services.reject)


class RequestReturnView(RequestCommandView):
    """Hand it back to be changed, and say what."""

    bodies = {"POST": ReturnIn}
    command = staticmethod(services.return_request)

    def arguments(self, found: ChangeRequest) -> dict[str, Any]:
        return {"content_hash": found.content_hash} | self.body()


class RequestWithdrawView(RequestCommandView):
    """Take it back, until a worker has begun to push it."""

    bodies = {"POST": OptionalCommentIn}
    command = staticmethod(services.withdraw)


class RequestResubmitView(RequestCommandView):
    """Begin the next round, with another spec or the same."""

    bodies = {"POST": ResubmitIn}
    command = staticmethod(services.resubmit)

    def arguments(self, found: ChangeRequest) -> dict[str, Any]:
        body = self.body()
        reason = body.pop("reason")
        stated = found.revision.spec | body | {"host": found.exposure.host}
        return {"spec": parse_spec(stated) if body else None, "reason": reason}


class RequestRetryView(RequestCommandView):
    """Push a failed request's approved bytes once more."""

    bodies = {"POST": RetryIn}
    command = staticmethod(services.retry)


class RequestRemindView(RequestCommandView):
    """Say that somebody is waiting; at most once an hour."""

    bodies = {"POST": Nothing}
    command = staticmethod(services.remind)


class RequestCommentView(RequestCommandView):
    """Add a comment to the timeline."""

    bodies = {"POST": CommentIn}
    command = staticmethod(services.add_comment)

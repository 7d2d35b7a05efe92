"""The own notices: what one was told, and that one has read it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.api.serializers.notices import AllReadOut, NoticeOut, NoticeQuery
from apps.api.serializers.strict import Nothing
from apps.api.views.base import PortalView
from apps.notices.selectors import get_notice_for, list_notices_for, shown_notices
from apps.notices.services import mark_all_read, mark_read


class NoticeListView(PortalView):
    scopes = {"GET": Scope.NOTICES_READ}
    queries = {"GET": NoticeQuery}
    answers = {"GET": {200: NoticeOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """What you were told, the newest first."""
        notices = list_notices_for(self.user)
        if self.asked["unread"]:
            notices = notices.unread()
        if "kind" in self.asked:
            notices = notices.filter(kind=self.asked["kind"])
        return self.respond_page(notices)

    def prepare(self, page: list[Any]) -> list[Any]:
        return shown_notices(self.user, page)


class NoticeReadView(PortalView):
    scopes = {"POST": Scope.NOTICES_WRITE}
    bodies = {"POST": Nothing}
    answers = {"POST": {200: NoticeOut}}

    def post(self, request: Request, notice_id: str) -> Response:
        """You have read it. A repeat changes nothing."""
        self.body()
        notice = mark_read(by=self.user, notice=get_notice_for(self.user, notice_id))
        return self.respond(shown_notices(self.user, [notice])[0])


class AllNoticesReadView(PortalView):
    scopes = {"POST": Scope.NOTICES_WRITE}
    bodies = {"POST": Nothing}
    answers = {"POST": {200: AllReadOut}}

    def post(self, request: Request) -> Response:
        """You have read all of them."""
        self.body()
        return self.respond({"read": mark_all_read(by=self.user)})

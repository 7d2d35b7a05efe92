"""The audit trail over REST: a filtered list, and the same rows as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.accounts.permissions import may_read_audit
from apps.accounts.selectors import list_teams_for
from apps.api.paging import order, search
from apps.api.serializers.audit import FIELDS, AuditEventOut, AuditExportQuery, AuditQuery
from apps.api.views.base import PortalView
from apps.audit.models import AuditEvent
from apps.audit.selectors import all_events, events_of

SEARCHED = ("actor", "verb", "object_name", "comment")
ORDERINGS = {"at": "sequence", "sequence": "sequence", "actor": "actor", "verb": "verb"}
EQUAL = ("actor", "verb", "team", "cluster", "object_type", "object_id", "token_id")
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
# A cell that begins like this is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class AuditView(PortalView):
    scopes = {"GET": Scope.AUDIT_READ}

    def events(self) -> QuerySet[AuditEvent]:
        """What the person may read, narrowed by the query: everything, or their teams' and their own."""
        if may_read_audit(self.user):
            events = all_events()
        else:
            teams = list_teams_for(self.user).values_list("name", flat=True)
            events = events_of(teams=teams, username=self.user.username)
        wanted: dict[str, Any] = {name: self.asked[name] for name in EQUAL if name in self.asked}
        limits = {"since": "at__gte", "until": "at__lt"}
        wanted |= {lookup: self.asked[name] for name, lookup in limits.items() if name in self.asked}
        return search(events.filter(**wanted), self.asked.get("search", ""), SEARCHED)


class AuditEventListView(AuditView):
    queries = {"GET": AuditQuery}
    answers = {"GET": {200: AuditEventOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """Who did what: all of it for platform admins and auditors, else what your teams and you did."""
        return self.respond_page(order(self.events(), self.asked.get("ordering", ""), ORDERINGS))


class AuditExportView(AuditView):
    queries = {"GET": AuditExportQuery}
    answers = {"GET": {200: None}}
    streams = MEDIA_TYPES

    def get(self, request: Request) -> StreamingHttpResponse:
        """The filtered trail as CSV or as one JSON object per line, the newest first."""
        file_type = self.asked["file_type"]
        rows = (AuditEventOut(event).data for event in self.events().iterator(chunk_size=500))
        lines = _csv(rows) if file_type == "csv" else (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        headers = {"Content-Disposition": f'attachment; filename="audit-events.{file_type}"'}
        return StreamingHttpResponse(lines, content_type=MEDIA_TYPES[file_type], headers=headers)


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _csv_line(FIELDS)
    for row in rows:
        yield _csv_line(_cell(row[name]) for name in FIELDS)


def _csv_line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

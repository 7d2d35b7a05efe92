"""Change requests: the queue with its filters, one request, and the fragment that follows its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from apps.accounts.selectors import group_names_of
from apps.approvals.enums import OPEN_STATES, RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import awaiting, list_requests_for
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.request_lists import needing_team_of
from apps.web.presenters.requests import (
    row_of,
)

FILTERS = {"state": "state", "cluster": "exposure__cluster__name", "team": "exposure__team__name"}
VIEWS = {
    "awaiting": _("Waiting for me"),
    "team": _("Needs my team"),
    "mine": _("Mine"),
    "open": _("Open"),
    "all": _("All"),
}
# How often to ask while it moves, and while it is known to wait for something.
POLL_SECONDS, REST_SECONDS = "0.5", "3"
MOVES_WITHIN = timedelta(seconds=30)
CALLOUT_KINDS = {"mute": ""}


@dataclass(frozen=True, slots=True)
class View:
    """One of the ready-made lists, as a chip with its number."""

    name: str
    label: str | Promise
    active: bool
    count: int


@login_required
@require_GET
def request_list(request: SignedInRequest) -> HttpResponse:
    visible = list_requests_for(request.user)
    views = {
        "awaiting": awaiting(request.user),
        "team": needing_team_of(request.user),
        "mine": visible.filter(submitter=request.user),
        "open": visible.filter(state__in=OPEN_STATES),
        "all": visible,
    }
    chosen = request.GET.get("view", "")
    if chosen not in views:
        chosen = "awaiting" if group_names_of(request.user) else "open"
    asked = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    found = views[chosen].filter(**{FILTERS[name]: value for name, value in asked.items()})
    page = page_of(request, found)
    context = {
        "page": page,
        "rows": [row_of(entry) for entry in page.object_list],
        "view": chosen,
        "views": [View(name, VIEWS[name], name == chosen, _count(rows)) for name, rows in views.items()],
        "asked": asked,
        "states": RequestState.choices,
        "state_word": dict(RequestState.choices).get(asked.get("state", ""), ""),
        "clusters": _names(visible, FILTERS["cluster"]),
        "teams": _names(visible, FILTERS["team"]),
    }
    return render(request, "requests/request_list.html", context)


def _count(rows: QuerySet[ChangeRequest]) -> int:
    return rows.order_by().values("pk").distinct().count()


def _names(visible: QuerySet[ChangeRequest], field: str) -> list[str]:
    return list(visible.order_by(field).values_list(field, flat=True).distinct())

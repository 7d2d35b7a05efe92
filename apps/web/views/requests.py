"""Change requests: the queue with its views and filters, all of them in the address."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from apps.accounts.enums import SavedList
from apps.accounts.models import User
from apps.accounts.selectors import group_names_of
from apps.approvals.enums import OPEN_STATES, RequestState, RiskLevel
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import awaiting, list_requests_for
from apps.common.searching import in_name
from apps.web.context import ui_of
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.exposure_list import ChipMenu, chip_menu
from apps.web.presenters.request_lists import Numbers, needing_team_of, numbers_of
from apps.web.presenters.requests import RISKS, row_of
from apps.web.presenters.saved_views import saved_views_of

Text = str | Promise
FILTERS = {
    "state": "state",
    "risk": "risk_level",
    "cluster": "exposure__cluster__name",
    "team": "exposure__team__name",
}
VIEWS: dict[str, Text] = {
    "awaiting": _("Waiting for me"),
    "team": _("Needs my team"),
    "mine": _("Mine"),
    "open": _("Open"),
    "all": _("All"),
}
# Those that anybody may look at.
ALWAYS = ("open", "all")


@dataclass(frozen=True, slots=True)
class View:
    """One of the ready-made lists, as a chip with its number."""

    name: str
    label: Text
    active: bool
    count: int
    is_shown: bool = True


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
    numbers = numbers_of(visible, request.user)
    counts = {
        "awaiting": ui_of(request).awaiting,
        "team": views["team"].order_by().count(),
        "mine": numbers.mine,
        "open": numbers.open,
        "all": numbers.total,
    }
    q = request.GET.get("q", "").strip()
    is_filtered = bool(q or any(request.GET.get(name) for name in FILTERS))
    found = _filtered(views[chosen], request.GET)
    total = None if is_filtered else counts[chosen]
    page = page_of(request, found, shown=ChangeRequest.objects.for_lists(), total=total)
    now = timezone.now()
    context = {
        "page": page,
        "rows": [row_of(entry, now) for entry in page.object_list],
        "view": chosen,
        "has_any": any(counts.values()),
        "is_queue": chosen == "awaiting",
        "views": [_view(request.user, name, count, chosen) for name, count in counts.items()],
        "chips": _chips(numbers, request.GET),
        "q": q,
        "is_filtered": is_filtered,
        "saved": saved_views_of(request.user, SavedList.REQUESTS, request.GET),
    }
    return render(request, "requests/request_list.html", context)


def _view(user: User, name: str, count: int, chosen: str) -> View:
    """What is empty for this person for ever is not offered: own requests for those who only decide or look on."""
    is_chosen = name == chosen
    never = not user.decides if name == "awaiting" else (user.decides or user.sees_everything)
    return View(name, VIEWS[name], is_chosen, count, bool(count) or is_chosen or name in ALWAYS or not never)


def _filtered(rows: QuerySet[ChangeRequest], query: QueryDict) -> QuerySet[ChangeRequest]:
    asked = {lookup: query[name] for name, lookup in FILTERS.items() if query.get(name)}
    words = query.get("q", "").strip()
    found = in_name("exposure__host", words) | Q(submitter__username__icontains=words) if words else Q()
    return rows.filter(found, **asked)


def _chips(numbers: Numbers, query: QueryDict) -> list[ChipMenu]:
    risks = {level: RISKS[level][1] for level in (RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW)}
    return [
        chip_menu("state", _("State"), dict(RequestState.choices), query),
        chip_menu("risk", _("Risk"), {str(level): word for level, word in risks.items()}, query),
        chip_menu("cluster", _("Cluster"), {name: name for name in numbers.clusters}, query),
        chip_menu("team", _("Team"), {name: name for name in numbers.teams}, query),
    ]

"""The list of exposures: one's teams', filtered by chips and search that stand in the address, and the same as CSV."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.enums import SavedList
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.web.csvfile import csv_response
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.drafts import drafts_for
from apps.web.presenters.exposure_list import (
    asked_for,
    filter_chips,
    filtered,
    first_chips,
    groups_of,
    numbers_of,
    total_of,
)
from apps.web.presenters.exposure_rows import export_rows, exposure_rows
from apps.web.presenters.exposure_state import with_state
from apps.web.presenters.saved_views import saved_views_of

EXPORT_LIMIT = 10_000


@login_required
@require_GET
def exposure_list(request: SignedInRequest) -> HttpResponse:
    """Constant in queries: states and their numbers come with the rows, revisions and certificates once per page."""
    every = list_exposures_for(request.user)
    groups = groups_of(every, request.GET)
    numbers = numbers_of(groups, request.GET)
    found = filtered(every, request.GET).order_by("host", "cluster__name")
    shown = with_state(Exposure.objects.for_lists())
    page = page_of(request, found, shown=shown, total=total_of(groups, request.GET))
    q = request.GET.get("q", "").strip()
    total = sum(group.number for group in groups)
    context: dict[str, Any] = {
        "page": page,
        "rows": exposure_rows(page.object_list, timezone.now()),
        "drafts": drafts_for(request.user),
        "total": total,
        "acts": request.user.acts,
        "first": first_chips(numbers, request.GET),
        "chips": filter_chips(groups, numbers, request.GET),
        "q": q,
        "is_filtered": bool(q or asked_for(request.GET)),
        "query": request.GET.urlencode(),
        "export_limit": EXPORT_LIMIT,
        "saved": saved_views_of(request.user, SavedList.EXPOSURES, request.GET),
    }
    return render(request, "exposures/list.html", context)


@login_required
@require_GET
def exposure_export(request: SignedInRequest) -> HttpResponseBase:
    """CSV of what the list shows with the same filters, sent while it is read."""
    found = filtered(list_exposures_for(request.user), request.GET).order_by("host", "cluster__name")
    return csv_response("portico-exposures.csv", export_rows(with_state(found)[:EXPORT_LIMIT], timezone.now()))

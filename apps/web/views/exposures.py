"""The list of exposures: one's teams', filtered by chips and search that stand in the address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.exposures.selectors import list_exposures_for
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.exposure_list import exposure_rows, filter_chips, filtered
from apps.web.presenters.exposure_state import with_state


@login_required
@require_GET
def exposure_list(request: SignedInRequest) -> HttpResponse:
    """Constant in queries: states come with the rows, revisions in one query per page."""
    every = list_exposures_for(request.user)
    found = filtered(with_state(every).order_by("host", "cluster__name"), request.GET)
    page = page_of(request, found)
    rows = exposure_rows(page.object_list)
    context: dict[str, Any] = {
        "page": page,
        "rows": rows,
        "total": every.count(),
        "chips": filter_chips(every, request.GET),
        "q": request.GET.get("q", ""),
        "is_filtered": any(request.GET.get(name) for name in ("q", "cluster", "namespace", "team", "state")),
    }
    return render(request, "exposures/list.html", context)

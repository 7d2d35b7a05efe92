"""Where an exposure's host points: the record table, and checking it again at once."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apps.delivery.services.names import check_exposure_name
from apps.exposures.selectors import get_exposure_for
from apps.web.http import SignedInRequest
from apps.web.presenters.names import name_card


@login_required
@require_POST
def exposure_dns(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Asks DNS now, for three seconds at most. The table for htmx, the page with it for everybody else."""
    exposure = get_exposure_for(request.user, exposure_id)
    check_exposure_name(exposure.pk)
    if request.htmx:
        return render(request, "exposures/dns.html", {"exposure": exposure, "names": name_card(exposure)})
    return redirect("web:exposure_detail", exposure.pk)

"""The calendar of certificates: its secret address is made here, and calendar programs read it without a session."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from apps.common.middleware import client_address
from apps.notices.selectors import calendar_feed_of
from apps.notices.services import open_feed, renew_calendar, revoke_calendar
from apps.web.errors import too_many_requests
from apps.web.http import SignedInRequest
from apps.web.presenters.calendar import certificate_calendar
from apps.web.rates import Rate

# A calendar asks a few times a day; somebody who guesses addresses asks often.
PER_ADDRESS = Rate("calendar", requests=60, seconds=60)


@login_required
@require_GET
def calendar_address(request: SignedInRequest) -> HttpResponse:
    return render(request, "certificates/calendar.html", {"feed": calendar_feed_of(request.user)})


@login_required
@never_cache
@require_POST
def calendar_renew(request: SignedInRequest) -> HttpResponse:
    """Makes the address and shows it, this once."""
    token = renew_calendar(by=request.user)
    address = f"{settings.PORTICO_URL}{reverse('web:calendar_feed', args=[token])}"
    return render(request, "certificates/calendar_created.html", {"address": address}, status=201)


@login_required
@require_http_methods(["GET", "POST"])
def calendar_revoke(request: SignedInRequest) -> HttpResponse:
    """GET asks, POST revokes."""
    if request.method == "GET":
        return render(request, "certificates/calendar_revoke.html")
    revoke_calendar(by=request.user)
    messages.success(request, _("The calendar's address was revoked."))
    return redirect("web:calendar_address")


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the address's owner may see now, in their language; never kept on the way."""
    if not PER_ADDRESS.allows(client_address(request)):
        return too_many_requests(request)
    owner = open_feed(token)
    with override(owner.language or settings.LANGUAGE_CODE):
        content = certificate_calendar(owner, timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="portico-certificates.ics"'
    response["Cache-Control"] = "no-store"
    return response

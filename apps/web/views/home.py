"""The start page: what waits for the person who looks, by what that person may do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.selectors import group_names_of
from apps.web.http import SignedInRequest
from apps.web.presenters import home as parts
from apps.web.presenters.drafts import drafts_for
from apps.web.presenters.request_lists import acts_for_a_team
from apps.web.presenters.setup import setup_of


@login_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    user = request.user
    acts = acts_for_a_team(user)
    # A team's developers decide too, when somebody asks for a path on a host of theirs.
    decisions = parts.decisions_for(user) if acts or group_names_of(user) else None
    decides = decisions is not None and bool(group_names_of(user) or decisions.total)
    needs_team = parts.needs_team_of(user) if acts else None
    troubled = parts.troubled_of(user) if acts else []
    exposures, exposures_total = parts.exposures_of(user)
    certificates, certificates_total = parts.due_certificates(user, timezone.now()) if acts else ([], 0)
    context = {
        "acts": acts,
        "drafts": drafts_for(user),
        "decides": decides,
        "decisions": decisions,
        "needs_team": needs_team,
        "troubled": troubled,
        "certificates": certificates,
        "certificates_total": certificates_total,
        "moving": parts.moving_for(user) if acts else None,
        "exposures": exposures,
        "exposures_total": exposures_total,
        "recent": parts.recent_for(user),
        "overview": parts.overview_for(user) if user.sees_everything else None,
        "setup": setup_of(user),
        "waiting": sum(part.total for part in (decisions, needs_team) if part) + len(troubled),
    }
    return render(request, "home/home.html", context)

"""The start page: what waits for the person who looks, by what that person may do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.selectors import group_names_of
from apps.web.context import ui_of
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
    may_decide = bool(acts or group_names_of(user))
    requests = parts.parts_of(user, ui_of(request).awaiting if may_decide else None, acts=acts)
    decisions = requests[0] if may_decide else None
    decides = decisions is not None and bool(group_names_of(user) or decisions.total)
    team = parts.team_part_of(user, timezone.now(), (requests[1], requests[2])) if acts else parts.NO_TEAM
    exposures, exposures_total = parts.exposures_of(user)
    context = {
        "acts": acts,
        "drafts": drafts_for(user),
        "decides": decides,
        "decisions": decisions,
        "needs_team": team.needs,
        "troubled": team.troubled,
        "certificates": team.certificates,
        "certificates_total": team.certificates_total,
        "moving": team.moving,
        "exposures": exposures,
        "exposures_total": exposures_total,
        "recent": parts.recent_for(user),
        "overview": parts.overview_for(user) if user.sees_everything else None,
        "setup": setup_of(user),
        "waiting": sum(part.total for part in (decisions, team.needs) if part) + len(team.troubled),
    }
    return render(request, "home/home.html", context)

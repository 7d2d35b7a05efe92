"""What a person does with the own drafts besides typing: leave the page, settle two windows, discard."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.drafts.selectors import find_draft_of, get_draft_of
from apps.drafts.services import discard_draft, load_other
from apps.web.drafting import page_named, state_of
from apps.web.http import SignedInRequest
from apps.web.presenters.drafts import draft_url


@login_required
@require_GET
def draft_state(request: SignedInRequest) -> HttpResponse:
    """Whether another window saved the draft since; asked when somebody comes back to this one."""
    draft = find_draft_of(request.user, request.GET.get("draft", ""))
    if draft is None:
        return HttpResponse(status=204)
    state = state_of(draft, page_named(request.GET.get("token", ""), request.GET.get("seen", "")))
    return render(request, "drafts/state.html", {"draft": state})


@login_required
@require_POST
def draft_load(request: SignedInRequest, draft_id: str) -> HttpResponseRedirect:
    """The form with what the other window saved."""
    draft = get_draft_of(request.user, draft_id)
    load_other(by=request.user, draft_id=draft_id, page=page_named(request.POST.get("token", ""), ""))
    return redirect(draft_url(draft))


@login_required
@require_POST
def draft_discard(request: SignedInRequest, draft_id: str) -> HttpResponseRedirect:
    draft = find_draft_of(request.user, draft_id)
    if draft is not None:
        discard_draft(by=request.user, draft_id=draft_id)
        messages.success(request, _("The draft “%(title)s” was discarded.") % {"title": draft.title})
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=False)
    return HttpResponseRedirect(target if is_ours else reverse("web:exposure_list"))

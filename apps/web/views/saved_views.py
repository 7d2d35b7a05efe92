"""Keeping the filters of a list under a name; every answer leads back to the list."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.enums import SavedList
from apps.accounts.selectors import get_view_of
from apps.accounts.services.saved_views import delete_view, rename_view, save_view
from apps.common.errors import Conflict, InvalidInput
from apps.web.errors import spoken_violations
from apps.web.http import SignedInRequest
from apps.web.presenters.saved_views import kept_query

LISTS = {SavedList.EXPOSURES: "web:exposure_list", SavedList.REQUESTS: "web:request_list"}


@login_required
@require_POST
def view_save(request: SignedInRequest) -> HttpResponse:
    page = request.POST.get("page", "")
    if page not in LISTS:
        raise Http404
    query = kept_query(page, QueryDict(request.POST.get("query", "")))
    try:
        view = save_view(by=request.user, page=page, name=request.POST.get("name", ""), query=query)
    except (InvalidInput, Conflict) as error:
        _say(request, error)
        return _back(page, query)
    messages.success(request, _("The view %(name)s was saved.") % {"name": view.name})
    return _back(page, view.query)


@login_required
@require_POST
def view_rename(request: SignedInRequest, view_id: str) -> HttpResponse:
    view = get_view_of(request.user, view_id)
    try:
        view = rename_view(by=request.user, view=view, name=request.POST.get("name", ""))
        messages.success(request, _("The view is called %(name)s now.") % {"name": view.name})
    except (InvalidInput, Conflict) as error:
        _say(request, error)
    return _back(view.page, view.query)


@login_required
@require_POST
def view_delete(request: SignedInRequest, view_id: str) -> HttpResponse:
    view = get_view_of(request.user, view_id)
    delete_view(by=request.user, view=view)
    messages.success(request, _("The view %(name)s was deleted.") % {"name": view.name})
    return _back(view.page, view.query)


def _say(request: SignedInRequest, error: InvalidInput | Conflict) -> None:
    violations = spoken_violations(error)
    messages.error(request, violations[0].message if violations else error.message)


def _back(page: str, query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(LISTS[SavedList(page)])}?{query}")

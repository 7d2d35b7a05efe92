"""One search over everything the person may see: a page of its own, and the list inside the palette."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from apps.web.context import ui_of
from apps.web.http import SignedInRequest
from apps.web.presenters.search import clean, search


@login_required
@require_GET
@vary_on_headers("HX-Request")
def search_page(request: SignedInRequest) -> HttpResponse:
    """The palette asks by htmx and gets only the options; without JavaScript the form of the top bar leads here."""
    text = clean(request.GET.get("q", ""))
    sections = search(request.user, text, ui_of(request).places)
    context = {"text": text, "sections": sections, "total": sum(len(section.hits) for section in sections)}
    return render(request, "search/options.html" if request.htmx else "search/search.html", context)

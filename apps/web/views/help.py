"""The help page: the hard words and the keys."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.web.glossary import TERMS
from apps.web.http import SignedInRequest


@login_required
@require_GET
def help_page(request: SignedInRequest) -> HttpResponse:
    return render(request, "help/help.html", {"terms": TERMS})

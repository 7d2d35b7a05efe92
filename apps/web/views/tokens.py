"""The own API tokens. The plain text is on one page, once, and in no redirect, session or log."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts import selectors
from apps.accounts.services.tokens import create_token, revoke_token
from apps.web.forms.people_own import NewTokenForm
from apps.web.http import SignedInRequest, page_of
from apps.web.saving import save_form


@login_required
@require_GET
def token_list(request: SignedInRequest) -> HttpResponse:
    context = {"page": page_of(request, selectors.list_tokens_of(request.user)), "now": timezone.now()}
    return render(request, "tokens/token_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def token_create(request: SignedInRequest) -> HttpResponse:
    form = NewTokenForm(request.POST or None)
    created = save_form(form, create_token, by=request.user) if request.method == "POST" else None
    if created is None:
        return render(request, "tokens/token_create.html", {"form": form}, status=422 if form.errors else 200)
    token, plaintext = created
    command = f'curl -H "Authorization: Bearer {plaintext}" {settings.PORTICO_URL}/api/v1/exposures/'
    context = {"token": token, "plaintext": plaintext, "command": command}
    return render(request, "tokens/token_created.html", context, status=201)


@login_required
@require_http_methods(["GET", "POST"])
def token_revoke(request: SignedInRequest, token_id: str) -> HttpResponse:
    """GET asks, POST revokes."""
    token = selectors.get_token_of(request.user, token_id)
    if request.method == "GET":
        return render(request, "tokens/token_revoke.html", {"token": token})
    revoke_token(by=request.user, token=token)
    messages.success(request, _("Token %(name)s was revoked.") % {"name": token.name})
    return redirect("web:token_list")

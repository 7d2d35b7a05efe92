"""The own profile, and the language and theme switches that also work for someone who is not signed in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors
from apps.accounts.enums import Theme
from apps.accounts.services.people import PREFERENCES, save_preferences
from apps.common.errors import InvalidInput
from apps.web.context import THEME_COOKIE
from apps.web.forms.people_own import PreferencesForm
from apps.web.http import SignedInRequest
from apps.web.saving import save_form

YEAR = 365 * 24 * 3600


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, initial={name: getattr(request.user, name) for name in PREFERENCES})
    if request.method == "POST" and save_form(form, save_preferences, by=request.user) is not None:
        with override(form.cleaned_data["language"] or None):
            messages.success(request, _("Saved."))
        return _with_cookies(redirect("web:profile"), form.cleaned_data["language"], form.cleaned_data["theme"])
    context = {
        "form": form,
        "memberships": request.user.memberships.select_related("team").order_by("team__name"),
        "group_names": selectors.group_names_of(request.user),
    }
    return render(request, "profile/profile.html", context, status=422 if form.errors else 200)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """One switch of the top bar: `language` or `theme`, then back to the page. Kept in the profile and in a cookie."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language not in {None, *dict(settings.LANGUAGES)} or theme not in {None, *Theme.values}:
        raise InvalidInput(_("This language or theme is not offered."))
    if request.user.is_authenticated:
        save_preferences(by=request.user, language=language, theme=theme)
    return _with_cookies(HttpResponseRedirect(_back(request)), language, theme)


def _with_cookies(response: HttpResponse, language: str | None, theme: str | None) -> HttpResponse:
    # The cookies also keep the sign-in page as the person likes it.
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), (THEME_COOKIE, theme)):
        if value == "":
            response.delete_cookie(name, samesite="Lax")
        elif value:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
            )
    return response


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"

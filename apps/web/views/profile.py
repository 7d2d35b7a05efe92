"""The own profile, and the switches of looks, which work for someone who is not signed in as well."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

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
from apps.accounts.enums import Density, ListView, Theme
from apps.accounts.services.people import PREFERENCES, save_preferences
from apps.common.errors import InvalidInput
from apps.web.context import DENSITY_COOKIE, THEME_COOKIE
from apps.web.forms.people_own import PreferencesForm
from apps.web.http import SignedInRequest
from apps.web.presenters.notices import notice_topics
from apps.web.saving import save_form

YEAR = 365 * 24 * 3600


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, initial={name: getattr(request.user, name) for name in PREFERENCES})
    if request.method == "POST" and save_form(form, save_preferences, by=request.user) is not None:
        with override(form.cleaned_data["language"] or None):
            messages.success(request, _("Saved."))
        return _with_cookies(redirect("web:profile"), form.cleaned_data)
    context = {
        "form": form,
        "memberships": request.user.memberships.select_related("team").order_by("team__name"),
        "group_names": selectors.group_names_of(request.user),
        "notice_topics": notice_topics(request.user),
    }
    return render(request, "profile/profile.html", context, status=422 if form.errors else 200)


SWITCHES: dict[str, Collection[str]] = {
    "language": dict(settings.LANGUAGES),
    "theme": Theme.values,
    "density": Density.values,
    "clusters_view": ListView.values,
}
# These also keep the sign-in page as the person likes it.
COOKIES = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": THEME_COOKIE, "density": DENSITY_COOKIE}


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """One of the `SWITCHES`, then back to the page. Kept in the profile, and in a cookie where it has one."""
    asked: dict[str, Any] = {name: request.POST[name] for name in SWITCHES if name in request.POST}
    if any(value not in SWITCHES[name] for name, value in asked.items()):
        raise InvalidInput(_("This is not offered."))
    if request.user.is_authenticated:
        save_preferences(by=request.user, **asked)
    return _with_cookies(HttpResponseRedirect(_back(request)), asked)


def _with_cookies(response: HttpResponse, chosen: Mapping[str, Any]) -> HttpResponse:
    for field, name in COOKIES.items():
        value = chosen.get(field)
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

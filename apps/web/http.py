"""The request as signed-in pages see it, and one page of a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User
from apps.common.paging import KeyPaginator

PAGE_SIZE = 25
# A longer address is cut by servers on the way.
LONGEST_ADDRESS = 6000
LONGEST_KEPT = 256 * 1024
NOT_TYPED = ("csrfmiddlewaretoken", "token", "action", "seen")
TYPED = "typed"
View = Callable[..., HttpResponse]


class SignedInRequest(HttpRequest):
    """Behind `login_required`: the user is a person, never anonymous."""

    user: User
    htmx: HtmxDetails


def signed_in_keeping_input(view: View) -> View:
    """`login_required` for a form whose fields can also stand in its address.

    When the session ends while somebody types, the form comes back after the sign-in with everything in it: in its
    address, or, where that would be too long, in the new session of the same browser (`stated_fields` gives it back).
    """
    guarded = login_required(view)

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or request.user.is_authenticated:
            return guarded(request, *args, **kwargs)
        typed = request.POST.copy()
        for name in NOT_TYPED:
            typed.pop(name, None)
        address = f"{request.path}?{typed.urlencode()}"
        if len(address) <= LONGEST_ADDRESS:
            return redirect_to_login(address)
        if len(address) <= LONGEST_KEPT:
            request.session[TYPED] = {"path": request.path, "fields": typed.urlencode()}
        return redirect_to_login(request.path)

    return run


def stated_fields(request: HttpRequest) -> QueryDict:
    """What the form is to show: posted, or stated by its address, or kept over a sign-in. The last is given once."""
    if request.method == "POST":
        return request.POST
    kept = request.session.get(TYPED)
    if kept is None or kept["path"] != request.path:
        return request.GET
    del request.session[TYPED]
    return QueryDict(kept["fields"])


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any],
    size: int = PAGE_SIZE,
    *,
    shown: QuerySet[Any] | None = None,
    total: int | None = None,
) -> Page[Any]:
    """The page that `?page=` asks for; out of range or unreadable gives the nearest one."""
    return KeyPaginator(rows, size, shown=shown, total=total).get_page(request.GET.get("page"))

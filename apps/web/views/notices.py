"""The bell: its count, its latest notices, the page of all of them, and what one wants to be told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.notices.enums import NoticeKind
from apps.notices.selectors import get_notice_for, list_notices_for, shown_notices, unread_count_for
from apps.notices.services import choose_kinds, mark_all_read, mark_read
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.exposure_list import chip_menu
from apps.web.presenters.notices import capped, notice_rows, page_of_notice

LATEST = 10


@login_required
@require_GET
def notice_list(request: SignedInRequest) -> HttpResponse:
    """All of them, or by `?unread=true` and `?kind=`."""
    every = list_notices_for(request.user)
    only_unread = request.GET.get("unread") == "true"
    found = every.unread() if only_unread else every
    if request.GET.get("kind") in NoticeKind.values:
        found = found.filter(kind=request.GET["kind"])
    page = page_of(request, found)
    present = set(every.order_by().values_list("kind", flat=True).distinct())
    kinds = {kind.value: kind.label for kind in NoticeKind if kind in present}
    context = {
        "page": page,
        "rows": notice_rows(request.user, page.object_list),
        "only_unread": only_unread,
        "shows_all": not only_unread,
        "kinds": chip_menu("kind", _("Kind"), kinds, request.GET),
        "is_filtered": bool(request.GET.get("unread") or request.GET.get("kind")),
    }
    return render(request, "notices/notice_list.html", context)


@login_required
@require_GET
def notice_count(request: SignedInRequest) -> HttpResponse:
    """What the bell asks for from time to time; it is read out when there are more than it `known` already."""
    unread = unread_count_for(request.user)
    known = request.GET.get("known", "")
    context = {"unread": unread, "number": capped(unread), "is_news": known.isdecimal() and unread > int(known[:4])}
    return render(request, "notices/count.html", context)


@login_required
@require_GET
def notice_latest(request: SignedInRequest) -> HttpResponse:
    return _latest(request)


@login_required
@require_POST
def notice_open(request: SignedInRequest, notice_id: str) -> HttpResponse:
    """Reads the notice and goes where it leads. A form posts here: a link that is followed changes nothing."""
    notice = mark_read(by=request.user, notice=get_notice_for(request.user, notice_id))
    [shown] = shown_notices(request.user, [notice])
    return redirect(page_of_notice(shown) or "web:notice_list")


@login_required
@require_POST
def notice_read(request: SignedInRequest, notice_id: str) -> HttpResponse:
    notice = mark_read(by=request.user, notice=get_notice_for(request.user, notice_id))
    if not request.htmx:
        return redirect("web:notice_list")
    [row] = notice_rows(request.user, [notice])
    return render(request, "notices/read.html", {"row": row} | _count(request))


@login_required
@require_POST
def notice_read_all(request: SignedInRequest) -> HttpResponse:
    """From the bell the fresh fragment, from the page the page."""
    mark_all_read(by=request.user)
    if request.htmx:
        return _latest(request, was_read=True)
    messages.success(request, _("All notices are read."))
    return redirect("web:notice_list")


@login_required
@require_POST
def notice_kinds(request: SignedInRequest) -> HttpResponse:
    """The switches of the profile."""
    choose_kinds(by=request.user, kinds=request.POST.getlist("kinds"))
    messages.success(request, _("Saved."))
    return redirect("web:profile")


def _latest(request: SignedInRequest, *, was_read: bool = False) -> HttpResponse:
    rows = notice_rows(request.user, list_notices_for(request.user)[:LATEST])
    return render(request, "notices/latest.html", {"rows": rows, "was_read": was_read} | _count(request))


def _count(request: SignedInRequest) -> dict[str, object]:
    unread = unread_count_for(request.user)
    return {"unread": unread, "number": capped(unread)}

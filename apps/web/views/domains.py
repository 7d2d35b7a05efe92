"""Names: pools and zones, reserved names, the hosts that teams hold, and who has a name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.permissions import check, may_manage_people
from apps.approvals.selectors import pending_in
from apps.clusters.selectors import list_clusters_for
from apps.common.errors import PolicyViolation
from apps.domains import selectors
from apps.domains.services import change_zone, grant_zone, reserve_host, revoke_zone, unreserve_host
from apps.web.errors import add_errors
from apps.web.forms.domains import LookupForm, ReservedHostForm, ZoneChangeForm, ZoneForm
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.domains import claim_rows, look_up
from apps.web.saving import save_form


@login_required
@require_http_methods(["GET", "POST"])
def domain_list(request: SignedInRequest) -> HttpResponse:
    """Pools of the clusters one sees, and zones; POST grants one."""
    form = ZoneForm(request.POST or None)
    if request.method == "POST":
        check(may_manage_people(request.user))
        zone = save_form(form, grant_zone, by=request.user)
        if zone is not None:
            said = _("Team %(team)s may now ask for names in %(zone)s.")
            messages.success(request, said % {"team": zone.team.name, "zone": zone.name})
            return redirect("web:domain_list")
    search = request.GET.get("q", "").strip()
    context = {
        "pools": list_clusters_for(request.user).exclude(wildcard_domain=""),
        "page": page_of(request, _search(selectors.list_zones_for(request.user), search, "name")),
        "q": search,
        "form": form,
    }
    return _render(request, "domains/domain_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def zone_edit(request: SignedInRequest, zone_id: str) -> HttpResponse:
    """Who decides on names in the zone; POST changes it."""
    zone = selectors.get_zone_for(request.user, zone_id)
    check(may_manage_people(request.user))
    form = ZoneChangeForm(request.POST or None, initial={"approver_group": zone.approver_group.name})
    if request.method == "POST":
        changed = save_form(form, change_zone, by=request.user, zone=zone)
        if changed is not None:
            said = _("%(group)s decides on names in %(zone)s from now on.")
            messages.success(request, said % {"group": changed.approver_group.name, "zone": changed.name})
            return redirect("web:domain_list")
    context = {"zone": zone, "form": form, "waiting": pending_in(zone).count()}
    return render(request, "domains/zone_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def zone_revoke(request: SignedInRequest, zone_id: str) -> HttpResponse:
    """GET asks, POST revokes."""
    zone = selectors.get_zone_for(request.user, zone_id)
    check(may_manage_people(request.user))
    if request.method == "GET":
        context = {"zone": zone, "hosts": selectors.claims_under(zone).count()}
        return render(request, "domains/zone_revoke.html", context)
    revoke_zone(by=request.user, zone=zone)
    messages.success(request, _("The zone was revoked."))
    return redirect("web:domain_list")


@login_required
@require_http_methods(["GET", "POST"])
def reserved_list(request: SignedInRequest) -> HttpResponse:
    """For those who see everything; POST reserves."""
    form = ReservedHostForm(request.POST or None)
    if request.method == "POST":
        check(may_manage_people(request.user))
        reserved = save_form(form, reserve_host, by=request.user)
        if reserved is not None:
            messages.success(request, _("%(pattern)s is reserved.") % {"pattern": reserved.pattern})
            return redirect("web:reserved_list")
    search = request.GET.get("q", "").strip()
    rows = _search(selectors.list_reserved_hosts_for(request.user), search, "pattern")
    context = {"page": page_of(request, rows), "q": search, "form": form}
    return _render(request, "domains/reserved_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def reserved_remove(request: SignedInRequest, reserved_id: str) -> HttpResponse:
    """GET asks, POST removes."""
    reserved = selectors.get_reserved_host_for(request.user, reserved_id)
    check(may_manage_people(request.user))
    if request.method == "GET":
        return render(request, "domains/reserved_remove.html", {"reserved": reserved})
    unreserve_host(by=request.user, reserved=reserved)
    messages.success(request, _("%(pattern)s is no longer reserved.") % {"pattern": reserved.pattern})
    return redirect("web:reserved_list")


@login_required
@require_GET
def claim_list(request: SignedInRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    page = page_of(request, _search(selectors.list_claims_for(request.user), search, "host"))
    return _render(request, "domains/claim_list.html", {"page": page, "rows": claim_rows(page), "q": search})


@login_required
@require_GET
def host_lookup(request: SignedInRequest) -> HttpResponse:
    """Who has this name? For everyone: of another team's name there is the contact and nothing else."""
    form = LookupForm(request.GET if "host" in request.GET else None)
    answer = None
    if form.is_valid():
        try:
            answer = look_up(request.user, form.cleaned_data["host"])
        except PolicyViolation as error:
            add_errors(form, error)
    return _render(request, "domains/lookup.html", {"form": form, "answer": answer})


def _search(rows: Any, text: str, column: str) -> Any:
    return rows.filter(**{f"{column}__icontains": text}) if text else rows


def _render(request: SignedInRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    shared = {"may_manage": may_manage_people(request.user), "sees_everything": request.user.sees_everything}
    return render(request, template, context | shared, status=status)

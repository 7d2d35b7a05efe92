"""What is done with a registered cluster: check, refresh, edit, pause, resume, retire."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.permissions import check
from apps.clusters import services
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_change_cluster, may_check_cluster, may_refresh_cluster
from apps.clusters.selectors import get_cluster_for
from apps.common.errors import Conflict, InvalidInput, PolicyViolation
from apps.common.said import spoken
from apps.exposures.selectors import list_exposures_for
from apps.inventory.services import refresh_inventory
from apps.web.forms.clusters import PauseForm, RetireForm, SettingsForm
from apps.web.http import SignedInRequest

REFUSALS = (InvalidInput, PolicyViolation, Conflict)


@login_required
@require_POST
def cluster_check(request: SignedInRequest, name: str) -> HttpResponse:
    """Run the connection test with the stored credential and show what it found."""
    cluster = get_cluster_for(request.user, name)
    check(may_check_cluster(request.user, cluster))
    checked = services.check_cluster(cluster=cluster)
    if checked.is_reachable:
        messages.success(request, _("%(name)s answers.") % {"name": name})
    else:
        messages.warning(request, _("%(name)s does not answer; the check says where it stops.") % {"name": name})
    return redirect("web:cluster_detail", name)


@login_required
@require_POST
def cluster_refresh(request: SignedInRequest, name: str) -> HttpResponse:
    cluster = get_cluster_for(request.user, name)
    check(may_refresh_cluster(request.user, cluster))
    refresh = refresh_inventory(cluster=cluster)
    if not refresh.ran:
        messages.info(request, _("A refresh is running already."))
    elif refresh.errors:
        reason = spoken(next(iter(refresh.errors.values())))
        messages.warning(request, _("Not everything could be read: %(why)s") % {"why": reason})
    else:
        messages.success(request, _("The inventory is up to date."))
    return redirect("web:cluster_detail", name)


@login_required
@require_http_methods(["GET", "POST"])
def cluster_edit(request: SignedInRequest, name: str) -> HttpResponse:
    cluster = _changeable(request, name)
    form = SettingsForm(request.POST or None, initial=_stated(cluster))
    if form.is_valid():
        try:
            services.update_cluster(by=request.user, cluster=cluster, **form.settings())
        except REFUSALS as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:cluster_detail", name)
    return _form_page(request, "clusters/cluster_edit.html", cluster, form)


@login_required
@require_http_methods(["GET", "POST"])
def cluster_pause(request: SignedInRequest, name: str) -> HttpResponse:
    cluster = _changeable(request, name)
    form = PauseForm(request.POST or None, initial={"reason": cluster.pause_reason})
    if form.is_valid():
        try:
            services.pause_cluster(by=request.user, cluster=cluster, reason=form.cleaned_data["reason"])
        except REFUSALS as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("Paused. Nothing new is delivered to %(name)s.") % {"name": name})
            return redirect("web:cluster_detail", name)
    return _form_page(request, "clusters/cluster_pause.html", cluster, form)


@login_required
@require_POST
def cluster_resume(request: SignedInRequest, name: str) -> HttpResponse:
    services.resume_cluster(by=request.user, cluster=_changeable(request, name))
    messages.success(request, _("Deliveries to %(name)s go on.") % {"name": name})
    return redirect("web:cluster_detail", name)


@login_required
@require_http_methods(["GET", "POST"])
def cluster_retire(request: SignedInRequest, name: str) -> HttpResponse:
    """GET asks and says what stands in the way, POST with the typed name retires."""
    cluster = _changeable(request, name)
    form = RetireForm(request.POST or None, cluster=cluster)
    if form.is_valid():
        try:
            services.retire_cluster(by=request.user, cluster=cluster)
        except REFUSALS as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("%(name)s was retired and its credential deleted.") % {"name": name})
            return redirect("web:cluster_list")
    living = list_exposures_for(request.user).filter(cluster=cluster).count()
    return _form_page(request, "clusters/cluster_retire.html", cluster, form, living=living)


def _changeable(request: SignedInRequest, name: str) -> Cluster:
    cluster = get_cluster_for(request.user, name)
    check(may_change_cluster(request.user, cluster))
    return cluster


def _form_page(request: SignedInRequest, template: str, cluster: Cluster, form: Any, **more: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"cluster": cluster, "form": form, **more}, status=status)


def _stated(cluster: Cluster) -> dict[str, Any]:
    return {
        "environment": cluster.environment,
        "wildcard_domain": cluster.wildcard_domain,
        "addresses": ", ".join(cluster.entry_addresses),
        "http_port": cluster.http_port,
        "https_port": cluster.https_port,
        "default_ingress_class_name": cluster.default_ingress_class_name,
    }

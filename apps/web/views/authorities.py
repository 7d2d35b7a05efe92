"""Whom certificates are trusted by, and what clusters serve where no Secret is named. Everyone reads, admins change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.permissions import check, may_manage_people
from apps.clusters.permissions import may_change_cluster
from apps.clusters.selectors import get_cluster_for, list_clusters_for
from apps.clusters.services.default_certificate import (
    declare_default_certificate,
    withdraw_default_certificate,
)
from apps.inventory.selectors import get_root_for, list_roots_for
from apps.inventory.services import add_root, remove_root
from apps.web.forms.authorities import DefaultCertificateForm, RootForm
from apps.web.http import SignedInRequest, page_of
from apps.web.saving import save_form


@login_required
@require_http_methods(["GET", "POST"])
def root_list(request: SignedInRequest) -> HttpResponse:
    """The authorities of the platform's own; POST registers one."""
    form = RootForm(request.POST or None)
    if request.method == "POST":
        check(may_manage_people(request.user))
        root = save_form(form, add_root, by=request.user)
        if root is not None:
            said = _("%(name)s is known now. Certificates are judged anew.")
            messages.success(request, said % {"name": root.name})
            return redirect("web:root_list")
    context = {
        "page": page_of(request, list_roots_for(request.user)),
        "form": form,
        "may_manage": may_manage_people(request.user),
        "now": timezone.now(),
    }
    return render(request, "certificates/root_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def root_remove(request: SignedInRequest, root_id: str) -> HttpResponse:
    """GET asks, POST removes."""
    root = get_root_for(request.user, root_id)
    check(may_manage_people(request.user))
    if request.method == "GET":
        return render(request, "certificates/root_remove.html", {"root": root})
    remove_root(by=request.user, root=root)
    messages.success(request, _("%(name)s is not known any more.") % {"name": root.name})
    return redirect("web:root_list")


@login_required
@require_GET
def default_list(request: SignedInRequest) -> HttpResponse:
    """What the clusters that one sees serve where no Secret is named, as far as it was declared."""
    page = page_of(request, list_clusters_for(request.user))
    context = {
        "page": page,
        "may_manage": may_manage_people(request.user),
        "now": timezone.now(),
    }
    return render(request, "certificates/default_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def default_edit(request: SignedInRequest, cluster: str) -> HttpResponse:
    """GET shows what is declared, POST declares anew or, with the other button, withdraws."""
    found = get_cluster_for(request.user, cluster)
    check(may_change_cluster(request.user, found))
    if request.POST.get("action") == "withdraw":
        withdraw_default_certificate(by=request.user, cluster=found)
        messages.success(request, _("The default certificate of %(name)s is not offered any more.") % {"name": cluster})
        return redirect("web:default_certificates")
    stated: dict[str, Any] = {
        "names": "\n".join(found.default_certificate_names),
        "certificate": found.default_certificate.get("certificate", ""),
    }
    form = DefaultCertificateForm(request.POST or None, initial=stated)
    declared = None
    if request.method == "POST":
        declared = save_form(form, declare_default_certificate, by=request.user, cluster=found)
    if declared is not None:
        messages.success(request, _("The default certificate of %(name)s can be chosen now.") % {"name": cluster})
        return redirect("web:default_certificates")
    context = {"form": form, "cluster": found}
    return render(request, "certificates/default_edit.html", context, status=422 if form.errors else 200)

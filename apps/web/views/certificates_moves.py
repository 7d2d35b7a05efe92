"""What is done with certificates that are in use: moving exposures to another one, and retiring the old."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.permissions import check
from apps.approvals.services import move_exposures, retire_certificate, uses_of
from apps.common.errors import Conflict, InvalidInput
from apps.exposures.certificate_troubles import troubles_for
from apps.inventory.models import Secret
from apps.inventory.selectors import get_certificate_for
from apps.kube.errors import ClusterError
from apps.kube.manifests import FIELD_MANAGER, MANAGED_BY_LABEL
from apps.web.errors import add_errors
from apps.web.forms.certificate_moves import MoveForm, RetireForm
from apps.web.http import PAGE_SIZE, SignedInRequest
from apps.web.presenters.certificate_moves import candidates_for
from apps.web.presenters.certificates import may_upload


@login_required
@require_http_methods(["GET", "POST"])
def certificate_move(request: SignedInRequest, cluster: str, namespace: str, name: str) -> HttpResponse:
    """GET lists what could move, POST asks for what was ticked and shows what became of each."""
    secret = _changeable(request, cluster, namespace, name)
    candidates = candidates_for(request.user, secret, coming_from=request.GET.get("from", ""))
    form = MoveForm(_posted(request), candidates=candidates)
    context: dict[str, Any] = {"secret": secret, "candidates": candidates, "form": form}
    if form.is_valid():
        chosen = set(form.cleaned_data["exposures"])
        exposures = [one.exposure for one in candidates if one.exposure.pk in chosen]
        reason = form.cleaned_data["reason"]
        context["moves"] = move_exposures(by=request.user, exposures=exposures, to=secret, reason=reason)
        return render(request, "certificates/moved.html", context)
    return render(request, "certificates/move.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def certificate_retire(request: SignedInRequest, cluster: str, namespace: str, name: str) -> HttpResponse:
    """GET says what stands in the way, POST deletes the Secret once its name was typed."""
    secret = _changeable(request, cluster, namespace, name)
    form = RetireForm(_posted(request), secret_name=name)
    if form.is_valid():
        confirm = form.cleaned_data["confirm"]
        try:
            retire_certificate(by=request.user, cluster=secret.cluster, namespace=namespace, name=name, confirm=confirm)
        except (InvalidInput, Conflict, ClusterError) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(name)s was deleted in the cluster.") % {"name": name})
            return redirect("web:certificate_list")
    context = {
        "secret": secret,
        "form": form,
        "uses": uses_of(secret.cluster, namespace, name),
        "by_hand": f"kubectl delete secret {name} -n {namespace}",
        "is_ours": secret.labels.get(MANAGED_BY_LABEL) == FIELD_MANAGER,
    }
    return render(request, "certificates/retire.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def certificate_troubles(request: SignedInRequest) -> HttpResponse:
    """The exposures whose certificate is gone, replaced, broken or near its end."""
    troubles = troubles_for(request.user, timezone.now())
    page = Paginator(troubles, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "certificates/trouble_list.html", {"page": page})


def _posted(request: SignedInRequest) -> QueryDict | None:
    """An empty post is one, too."""
    return request.POST if request.method == "POST" else None


def _changeable(request: SignedInRequest, cluster: str, namespace: str, name: str) -> Secret:
    secret = get_certificate_for(request.user, cluster, namespace, name)
    check(may_upload(request.user, cluster, namespace))
    return secret

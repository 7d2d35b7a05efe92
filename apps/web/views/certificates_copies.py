"""The rows of the picker for a search, and Secrets of other types with the way to make certificates of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.clusters.selectors import get_cluster_for
from apps.common.errors import Conflict, PolicyViolation
from apps.common.said import spoken
from apps.delivery.services import copy_certificate
from apps.domains.hosts import InvalidHost, normalise_host
from apps.inventory.selectors import get_namespace_for
from apps.kube.errors import ClusterError
from apps.web.http import PAGE_SIZE, SignedInRequest
from apps.web.presenters.certificate_others import other_secrets
from apps.web.presenters.certificate_picker import Asked, picker_for


@login_required
@require_GET
def certificate_picker(request: SignedInRequest) -> HttpResponse:
    """The rows for what is searched; for htmx only."""
    cluster = get_cluster_for(request.user, request.GET.get("cluster", ""))
    namespace = get_namespace_for(request.user, cluster, request.GET.get("namespace", "")).name
    asked = Asked(
        cluster,
        namespace,
        host=_canonical(request.GET.get("host", "")),
        chosen=request.GET.get("secret", ""),
        search=request.GET.get("find", "").strip(),
        others=bool(request.GET.get("others")),
        preselects=False,
    )
    return render(request, "certificates/picker_rows.html", {"picker": picker_for(request.user, asked)})


@login_required
@require_GET
def certificate_others(request: SignedInRequest) -> HttpResponse:
    """Opaque Secrets of the namespaces in which the person may put certificates: one of them may hold a pair."""
    found = other_secrets(request.user, request.GET.get("q", "").strip())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "certificates/other_list.html", {"page": page, "q": request.GET.get("q", "").strip()})


@login_required
@require_POST
def certificate_copy(request: SignedInRequest) -> HttpResponse:
    """Makes the copy and shows its page; what is refused is said where it was asked for."""
    cluster_name, _slash, namespace = request.POST.get("place", "").partition("/")
    cluster = get_cluster_for(request.user, cluster_name)
    try:
        secret = copy_certificate(
            by=request.user, cluster=cluster, namespace=namespace, from_secret=request.POST.get("from_secret", "")
        )
    except (PolicyViolation, Conflict, ClusterError) as error:
        messages.error(request, spoken(error.message))
        return redirect("web:certificate_others")
    messages.success(request, _("%(name)s is in the cluster and can be chosen now.") % {"name": secret.name})
    return redirect("web:certificate_detail", cluster_name, namespace, secret.name)


def _canonical(host: str) -> str:
    try:
        return normalise_host(host)
    except InvalidHost:
        return ""

"""Where an exposure's host and a cluster's wildcard point: the record table, and checking it again at once."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apps.accounts.permissions import check
from apps.clusters.permissions import may_check_cluster
from apps.clusters.selectors import get_cluster_for
from apps.delivery.services.names import check_exposure_name
from apps.domains.services_dns import check_cluster_wildcard
from apps.exposures.selectors import get_exposure_for
from apps.web.http import SignedInRequest
from apps.web.presenters.names import name_card, wildcard_card


@login_required
@require_POST
def exposure_dns(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Asks DNS now, for three seconds at most. The table for htmx, the page with it for everybody else."""
    exposure = get_exposure_for(request.user, exposure_id)
    check_exposure_name(exposure.pk)
    if request.htmx:
        return render(request, "exposures/dns.html", {"exposure": exposure, "names": name_card(exposure)})
    return redirect("web:exposure_detail", exposure.pk)


@login_required
@require_POST
def cluster_dns(request: SignedInRequest, name: str) -> HttpResponse:
    """Asks DNS for the cluster's wildcard now and keeps the answer as its condition."""
    cluster = get_cluster_for(request.user, name)
    check(may_check_cluster(request.user, cluster))
    check_cluster_wildcard(cluster.pk)
    if request.htmx:
        card = wildcard_card(cluster, may_check=True)
        return render(request, "clusters/dns.html", {"cluster": cluster, "names": card})
    return redirect("web:cluster_detail", cluster.name)

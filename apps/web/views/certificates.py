"""The certificates that one may see: the list with its filters, the same as CSV, and the page of each."""

from __future__ import annotations

import csv
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.selectors import grant_of
from apps.delivery.services.certificates import without_day
from apps.exposures.certificate_troubles import troubles_of
from apps.exposures.certificate_uses import certificate_uses_for, place_of
from apps.inventory.selectors import freshness, get_certificate_for
from apps.web.http import PAGE_SIZE, SignedInRequest
from apps.web.presenters import certificates as shown
from apps.web.presenters.certificate_chain import chain_of
from apps.web.presenters.certificate_index import index_of_certificates, uploads_somewhere
from apps.web.presenters.certificate_moves import candidates_for, successor_of

# The others are said of the certificate itself.
SAID_OF_USES = ("changed", "uncovered")
FILTERS = ("cluster", "team", "bucket")


@login_required
@require_GET
def certificate_list(request: SignedInRequest) -> HttpResponse:
    """Soonest expiry first. Constant in queries: rows and what uses them are read for the page."""
    now = timezone.now()
    every = index_of_certificates(request.user, now)
    page = Paginator(shown.filtered(every, request.GET), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": shown.certificate_rows(request.user, list(page.object_list), now),
        "total": len(every),
        "buckets": shown.bucket_chips(shown.filtered(every, request.GET, names=FILTERS[:2]), request.GET),
        "chips": shown.place_chips(every, request.GET),
        "q": request.GET.get("q", "").strip(),
        "kept": {name: request.GET[name] for name in FILTERS if request.GET.get(name)},
        "is_filtered": any(request.GET.get(name) for name in ("q", *FILTERS)),
        "query": request.GET.urlencode(),
        "may_upload": uploads_somewhere(request.user),
    }
    return render(request, "certificates/certificate_list.html", context)


@login_required
@require_GET
def certificate_export(request: SignedInRequest) -> HttpResponse:
    """CSV of what the list shows with the same filters."""
    now = timezone.now()
    found = shown.filtered(index_of_certificates(request.user, now), request.GET)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="portico-certificates.csv"'
    csv.writer(response).writerows(shown.export_rows(request.user, found, now))
    return response


@login_required
@require_GET
def certificate_detail(request: SignedInRequest, cluster: str, namespace: str, name: str) -> HttpResponse:
    secret = get_certificate_for(request.user, cluster, namespace, name)
    grant = grant_of(cluster, namespace)
    teams = {(cluster, namespace): grant.team.name} if grant else {}
    now = timezone.now()
    certificate = shown.judged(secret, now, teams)
    uses = certificate_uses_for(request.user, [secret])[place_of(secret)]
    may_change = shown.may_upload(request.user, cluster, namespace)
    context: dict[str, Any] = {
        "certificate": certificate,
        "secret": secret,
        "team": grant.team if grant else None,
        "uses": uses,
        "hosts": shown.coverage(request.user, certificate, uses),
        "chain": chain_of(secret, now),
        "age": freshness(secret.cluster, "Secret"),
        "may_upload": may_change,
        "troubles": [one for one in troubles_of(uses.exposures, now).values() if one.code in SAID_OF_USES],
        "movable": sum(one.is_meant for one in candidates_for(request.user, secret)) if may_change else 0,
        "follower": successor_of(secret, uses, now) if may_change and certificate.key != "ok" else None,
        "successor": urlencode({"place": f"{cluster}/{namespace}", "name": without_day(name)}),
    }
    return render(request, "certificates/certificate_detail.html", context)

"""The page of one exposure: tabs with addresses of their own, and the overview that follows a running change."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.approvals.models import RequestEvent
from apps.common.errors import PortalError
from apps.common.said import spoken
from apps.delivery.services import Drift, read_drift
from apps.exposures.models import Exposure
from apps.exposures.selectors import get_exposure_for, get_revision, list_revisions
from apps.inventory.selectors import freshness
from apps.kube.manifests import to_yaml
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.exposure_changes import changes_between
from apps.web.presenters.exposure_page import ExposurePage, certificate_card, condition_rows, load_page
from apps.web.presenters.exposure_steps import steps_of
from apps.web.presenters.exposure_tabs import tabs_of
from apps.web.presenters.exposure_way import way_to
from apps.web.presenters.names import name_card
from apps.web.presenters.requests import happenings_of, row_of


@login_required
@require_GET
def exposure_overview(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    return render(request, "exposures/overview.html", _overview(page, asked=0))


@login_required
@require_GET
def exposure_live(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """The overview's next self, with the header's badges; carries no trigger once everything is settled."""
    page = _page_for(request, exposure_id)
    asked = request.GET.get("asked", "0")
    return render(request, "exposures/live.html", _overview(page, asked=int(asked[:4]) if asked.isdigit() else 0))


@login_required
@require_GET
def exposure_manifest(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    return render(request, "exposures/manifest.html", _manifest(page))


@login_required
@require_GET
def exposure_drift(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Asks the cluster now. The fragment for htmx, the manifest tab with the answer in it for everybody else."""
    page = _page_for(request, exposure_id)
    context = _drift(page.exposure)
    if request.htmx:
        return render(request, "exposures/drift.html", context)
    return render(request, "exposures/manifest.html", _manifest(page) | context)


@login_required
@require_GET
def exposure_history(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    revisions = page_of(request, list_revisions(page.exposure))
    return render(request, "exposures/history.html", _tab(page, "history") | {"revisions": revisions})


@login_required
@require_GET
def exposure_revision(request: SignedInRequest, exposure_id: str, revision_id: str) -> HttpResponse:
    """One revision, and what it changed against the one before it."""
    page = _page_for(request, exposure_id)
    revision = get_revision(page.exposure, revision_id)
    before = page.exposure.revisions.filter(number=revision.number - 1).first()
    context = {
        "revision": revision,
        "before": before,
        "changes": changes_between(before.spec if before else None, revision.spec, page.exposure.namespace),
        "yaml": to_yaml(json.loads(revision.rendered)),
    }
    return render(request, "exposures/revision.html", _tab(page, "history") | context)


@login_required
@require_GET
def exposure_requests(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    requests = page_of(request, page.exposure.change_requests.with_relations().order_by("-id"))
    rows = [row_of(one) for one in requests]
    return render(request, "exposures/requests.html", _tab(page, "requests") | {"requests": requests, "rows": rows})


@login_required
@require_GET
def exposure_events(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    events = page_of(request, RequestEvent.objects.filter(request__exposure=page.exposure).order_by("-id"))
    context = {"events": events, "happenings": happenings_of(events)}
    return render(request, "exposures/events.html", _tab(page, "events") | context)


def _page_for(request: SignedInRequest, exposure_id: str) -> ExposurePage:
    return load_page(request.user, get_exposure_for(request.user, exposure_id))


def _tab(page: ExposurePage, tab: str) -> dict[str, Any]:
    exposure: Exposure = page.exposure
    return {
        "page": page,
        "exposure": exposure,
        "tabs": tabs_of(exposure, tab),
        "namespace_url": f"{reverse('web:exposure_list')}?{urlencode({'namespace': exposure.namespace})}",
    }


def _overview(page: ExposurePage, *, asked: int) -> dict[str, Any]:
    return _tab(page, "detail") | {
        "way": way_to(page.exposure, page.spec) if page.spec else [],
        "steps": steps_of(page.request, page.delivery),
        "certificate": certificate_card(page),
        "conditions": condition_rows(page.exposure),
        "names": name_card(page.exposure),
        "live_url": f"{reverse('web:exposure_live', args=[page.exposure.pk])}?asked={asked + 1}",
        "seen_at": freshness(page.exposure.cluster, "Service").observed_at,
        "pause": page.pause(asked),
    }


def _manifest(page: ExposurePage) -> dict[str, Any]:
    revision = page.exposure.live_revision or page.revision
    manifest = json.loads(revision.rendered) if revision else None
    return _tab(page, "manifest") | {"yaml": to_yaml(manifest) if manifest else "", "shown": revision}


def _drift(exposure: Exposure) -> dict[str, Any]:
    """The comparison, or why the cluster could not be asked."""
    try:
        drift = read_drift(exposure=exposure)
    except PortalError as error:
        return {"drift": None, "drift_error": spoken(error.message)}
    return {"drift": drift, "drift_rows": _drift_rows(drift)}


def _drift_rows(drift: Drift) -> list[dict[str, Any]]:
    """What the portal wants, and what the cluster has."""
    return [{"label": one.path, "before": one.desired, "after": one.live} for one in drift.differences]

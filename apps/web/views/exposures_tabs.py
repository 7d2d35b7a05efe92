"""The page of one exposure: tabs with addresses of their own, and the overview that follows a running change."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.approvals.selectors import events_of_exposure
from apps.common.errors import NotFound
from apps.exposures.certificate_troubles import troubles_of
from apps.exposures.models import Exposure
from apps.exposures.selectors import get_exposure_for, get_revision, list_revisions
from apps.inventory.selectors import freshness
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.audit import event_rows
from apps.web.presenters.exposure_changes import changes_between
from apps.web.presenters.exposure_page import ExposurePage, certificate_card, conditions_card, load_page
from apps.web.presenters.exposure_steps import fold_delivered, steps_of
from apps.web.presenters.exposure_tabs import tabs_of
from apps.web.presenters.exposure_way import way_to
from apps.web.presenters.manifest_diff import counts, lines_between, yaml_of
from apps.web.presenters.names import name_card
from apps.web.presenters.requests import row_of
from apps.web.presenters.shared_hosts import granted_paths, guest_rows


@login_required
@require_GET
def exposure_overview(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    return render(request, "exposures/overview.html", _overview(request.user, page, asked=0))


@login_required
@require_GET
def exposure_live(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """The overview's next self, with the header's badges; carries no trigger once everything is settled."""
    page = _page_for(request, exposure_id)
    asked = request.GET.get("asked", "0")
    number = int(asked[:4]) if asked.isdigit() else 0
    return render(request, "exposures/live.html", _overview(request.user, page, asked=number))


@login_required
@require_GET
def exposure_manifest(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    return render(request, "exposures/manifest.html", _manifest(page))


@login_required
@require_GET
def exposure_history(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    revisions = page_of(request, list_revisions(page.exposure))
    numbers = [revision.number for revision in revisions]
    context = {
        "revisions": revisions,
        "comparable": len(numbers) > 1,
        "compare_from": numbers[min(1, len(numbers) - 1)] if numbers else None,
        "compare_to": numbers[0] if numbers else None,
    }
    return render(request, "exposures/history.html", tab_context(page, "history") | context)


@login_required
@require_GET
def exposure_compare(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """What differs between any two revisions, named by their numbers in the address."""
    page = _page_for(request, exposure_id)
    revisions = {str(one.number): one for one in list_revisions(page.exposure)}
    before, after = (revisions.get(request.GET.get(name, "")) for name in ("from", "to"))
    if before is None or after is None:
        raise NotFound(code="revision_not_found")
    lines = lines_between(yaml_of(before), yaml_of(after))
    added, removed = counts(lines)
    context = {
        "before": before,
        "after": after,
        "numbers": [one.number for one in revisions.values()],
        "changes": changes_between(before.spec, after.spec, page.exposure.namespace),
        "lines": lines,
        "added": added,
        "removed": removed,
    }
    return render(request, "exposures/compare.html", tab_context(page, "history") | context)


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
        "yaml": yaml_of(revision),
        "lines": lines_between(yaml_of(before), yaml_of(revision)) if before else [],
    }
    return render(request, "exposures/revision.html", tab_context(page, "history") | context)


@login_required
@require_GET
def exposure_requests(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    requests = page_of(request, page.exposure.change_requests.with_relations().order_by("-id"))
    rows = [row_of(one) for one in requests]
    return render(
        request, "exposures/requests.html", tab_context(page, "requests") | {"requests": requests, "rows": rows}
    )


@login_required
@require_GET
def exposure_events(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    page = _page_for(request, exposure_id)
    events = page_of(request, events_of_exposure(page.exposure))
    context = {"events": events, "rows": event_rows(events)}
    return render(request, "exposures/events.html", tab_context(page, "events") | context)


def _page_for(request: SignedInRequest, exposure_id: str) -> ExposurePage:
    return load_page(request.user, get_exposure_for(request.user, exposure_id))


def tab_context(page: ExposurePage, tab: str) -> dict[str, Any]:
    exposure: Exposure = page.exposure
    return {
        "page": page,
        "exposure": exposure,
        "tabs": tabs_of(exposure, tab),
        "namespace_url": f"{reverse('web:exposure_list')}?{urlencode({'namespace': exposure.namespace})}",
    }


def _overview(user: User, page: ExposurePage, *, asked: int) -> dict[str, Any]:
    steps, delivered = fold_delivered(steps_of(page.request, page.delivery), page.delivery)
    return tab_context(page, "detail") | {
        "way": way_to(page.exposure, page.spec) if page.spec else [],
        "steps": steps,
        "delivered": delivered,
        "certificate": certificate_card(page),
        "trouble": troubles_of([page.exposure], timezone.now()).get(page.exposure.pk),
        "conditions": conditions_card(page.exposure),
        "names": name_card(page.exposure),
        "granted": granted_paths(page.exposure),
        "guests": guest_rows(user, page.exposure),
        "live_url": f"{reverse('web:exposure_live', args=[page.exposure.pk])}?asked={asked + 1}",
        "seen_at": freshness(page.exposure.cluster, "Service").observed_at,
        "pause": page.pause(asked),
    }


def _manifest(page: ExposurePage) -> dict[str, Any]:
    revision = page.exposure.live_revision or page.revision
    return tab_context(page, "manifest") | {"yaml": yaml_of(revision), "shown": revision}

"""The page of one request: tabs with addresses of their own, what one can do, and what follows a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.approvals.enums import TRANSITIONS, RequestState, Verb
from apps.approvals.explain import explain
from apps.approvals.models import ChangeRequest
from apps.approvals.permissions import active_stage, author_names, may_comment, may_decide, signer_names
from apps.approvals.selectors import get_request_for, list_events
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_change
from apps.exposures.permissions import may_see as may_see_exposure
from apps.exposures.spec import ExposureSpec
from apps.web.forms.exposures import draft_of
from apps.web.forms.requests import CommentForm, DecisionForm, ResubmitForm, RetryForm
from apps.web.http import SignedInRequest
from apps.web.presenters.checks import checks_card
from apps.web.presenters.exposure_urls import url_of
from apps.web.presenters.manifest_diff import counts, lines_between, yaml_of
from apps.web.presenters.progress import progress_of
from apps.web.presenters.request_page import (
    checks_step,
    coming_steps,
    queue_place,
    revision_before,
    risk_facts,
    tabs_of,
)
from apps.web.presenters.request_timeline import timeline_of
from apps.web.presenters.requests import (
    RISKS,
    STATES,
    changes_of,
    changes_since,
    happenings_of,
    last_voice,
    reasons_of,
    stages_of,
    title_of,
)

# How often to ask while it moves, and while it is known to wait for something.
POLL_SECONDS, REST_SECONDS = "0.5", "3"
MOVES_WITHIN = timedelta(seconds=30)
CALLOUT_KINDS = {"mute": ""}
# It is over, and the way on is another request.
ASK_ANEW = frozenset({RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.LAPSED})
# It waits for others, or something else is nearer than to edit it.
OTHERS_FIRST = frozenset({RequestState.PENDING, RequestState.FAILED, RequestState.WITHDRAWN})
# Of the timeline, on the first tab.
LATEST = 4


@login_required
@require_GET
def request_detail(request: SignedInRequest, request_id: str) -> HttpResponse:
    return request_page(request, get_request_for(request.user, request_id))


@login_required
@require_GET
def request_manifest(request: SignedInRequest, request_id: str) -> HttpResponse:
    """The bytes that are asked for, line by line against what was live when it was asked."""
    change = get_request_for(request.user, request_id)
    return render(request, "requests/manifest.html", _frame(request, change, "manifest") | _manifest(change))


@login_required
@require_GET
def request_checks(request: SignedInRequest, request_id: str) -> HttpResponse:
    """As they are now while somebody can still act; afterwards as they were when it was decided or pushed.

    The page does not wait for the cluster: once it stands, it asks for its card again, with the cluster's own word.
    """
    change = get_request_for(request.user, request_id)
    if request.htmx.target == "checks":
        checks = checks_card(change, ask_cluster=True)
        context = {"change": change, "checks": checks, "checks_step": checks_step(checks)}
        return render(request, "requests/checks_asked.html", context)
    return render(request, "requests/checks.html", _frame(request, change, "checks"))


@login_required
@require_GET
def request_activity(request: SignedInRequest, request_id: str) -> HttpResponse:
    change = get_request_for(request.user, request_id)
    return render(request, "requests/activity_tab.html", _frame(request, change, "activity"))


@login_required
@require_GET
def request_progress(request: SignedInRequest, request_id: str) -> HttpResponse:
    """What changes while it is delivered, as one fragment; without htmx the whole page."""
    change = get_request_for(request.user, request_id)
    if not request.htmx:
        return request_page(request, change)
    return render(request, "requests/live.html", _frame(request, change, "detail") | {"oob": True})


def request_page(request: SignedInRequest, change: ChangeRequest, status: int = 200, **refused: Any) -> HttpResponse:
    """The first tab; `refused` are forms or a message of a command that was not carried out."""
    before = revision_before(change)
    context = {
        "changes": changes_of(change),
        "reasons": reasons_of(change),
        "risk_facts": risk_facts(change),
        "since_round": changes_since(before, change) if before else [],
    }
    frame = _frame(request, change, "detail") | _manifest(change)
    return render(request, "requests/request_detail.html", frame | context | refused, status=status)


def _frame(request: SignedInRequest, change: ChangeRequest, tab: str) -> dict[str, Any]:
    """What stands on every tab: how it is, what comes next, who acts, and what the reader can do."""
    authors = author_names(change)
    delivery = delivery_of(change)
    stage = active_stage(change)
    kind, icon = STATES[change.state]
    checks = checks_card(change)
    happenings = happenings_of(list_events(change))
    timeline = timeline_of(happenings)
    return {
        "change": change,
        "title": title_of(change),
        "kind": kind,
        "icon": icon,
        **callout_of(change, kind),
        "turn": stage.who if stage else "",
        "risk": RISKS[change.risk_level],
        "explanation": explain(change),
        "voice": last_voice(change),
        "tabs": tabs_of(change, tab, checks, len(happenings)),
        "checks": checks,
        "checks_step": checks_step(checks),
        "stages": stages_of(change, request.user, authors | signer_names(change)),
        "coming": coming_steps(change, delivery),
        "decision": may_decide(request.user, change, authors=authors),
        "may_comment": may_comment(request.user, change),
        "place": queue_place(request.user, change),
        "actions": actions_for(request, change),
        "progress": progress_of(delivery) if delivery else None,
        "delay": delay_of(change, delivery),
        "open_url": open_url_of(change),
        "may_see_exposure": may_see_exposure(request.user, change.exposure),
        "happenings": happenings,
        "timeline": timeline,
        "latest": timeline[-LATEST:],
        "form": DecisionForm(initial={"content_hash": change.content_hash}),
        "comment_form": CommentForm(),
        "retry_form": RetryForm(),
        "resubmit_form": ResubmitForm(),
    }


def callout_of(change: ChangeRequest, kind: str) -> dict[str, str]:
    """The sentence has the colour of the state; but what a paused cluster holds back does not move."""
    if change.state == RequestState.DELIVERING and change.exposure.cluster.is_paused:
        return {"callout_kind": "wait", "callout_icon": "pause"}
    return {"callout_kind": CALLOUT_KINDS.get(kind, kind), "callout_icon": ""}


def _manifest(change: ChangeRequest) -> dict[str, Any]:
    """What is live falls away with a deletion, so its lines are all taken out."""
    before = yaml_of(change.revision.base_revision)
    after = "" if change.operation == Operation.DELETE else yaml_of(change.revision)
    lines = lines_between(before, after)
    added, removed = counts(lines)
    return {"manifest": yaml_of(change.revision), "lines": lines, "added": added, "removed": removed}


@dataclass(frozen=True, slots=True)
class Actions:
    """What the reader may do besides deciding; an address for editing only where a form can say something new."""

    withdraw: bool = False
    remind: bool = False
    retry: bool = False
    resubmit: bool = False
    edit: str = ""
    edit_is_next: bool = False

    def __bool__(self) -> bool:
        return self.withdraw or self.remind or self.retry or self.resubmit or bool(self.edit)


def actions_for(request: SignedInRequest, change: ChangeRequest) -> Actions:
    if not may_change(request.user, change.exposure):
        return Actions()
    resubmit = (change.state, Verb.RESUBMIT) in TRANSITIONS and change.exposure.deleted_at is None
    edit = edit_url_of(change) if resubmit or change.state in ASK_ANEW else ""
    return Actions(
        withdraw=(change.state, Verb.WITHDRAW) in TRANSITIONS,
        remind=change.state == RequestState.PENDING,
        retry=(change.state, Verb.RETRY) in TRANSITIONS,
        # While somebody is asked, sending the same again would only begin a new round.
        resubmit=resubmit and change.state != RequestState.PENDING,
        edit=edit,
        edit_is_next=bool(edit) and change.state not in OTHERS_FIRST,
    )


def edit_url_of(change: ChangeRequest) -> str:
    """The form with what was asked for. What never went live is gone with its request, so that is asked for as new."""
    exposure = change.exposure
    if change.operation == Operation.DELETE or (change.state in ASK_ANEW and _was_asked_since(change)):
        return ""
    if exposure.deleted_at is None:
        return reverse("web:exposure_edit", args=[exposure.pk])
    asked = draft_of(ExposureSpec.from_json(change.revision.spec), exposure.cluster, exposure.namespace)
    stated = {name: value for name, value in asked.as_values().items() if value}
    return f"{reverse('web:exposure_new')}?{urlencode(stated)}"


def _was_asked_since(change: ChangeRequest) -> bool:
    exposure = change.exposure
    same = Exposure.objects.filter(cluster=exposure.cluster, host=exposure.host, team=exposure.team)
    return ChangeRequest.objects.filter(exposure__in=same, pk__gt=change.pk).exists()


def delivery_of(change: ChangeRequest) -> Delivery | None:
    return getattr(change.revision, "delivery", None)


def open_url_of(change: ChangeRequest) -> str:
    """Where to open what went live; empty before, and after a deletion."""
    if change.state != RequestState.DONE or change.operation == Operation.DELETE or not change.exposure.is_live:
        return ""
    return url_of(change.exposure.cluster, ExposureSpec.from_json(change.revision.spec))


def delay_of(change: ChangeRequest, delivery: Delivery | None) -> str:
    """Seconds until the page asks again; empty once nothing moves."""
    if change.state not in {RequestState.APPROVED, RequestState.DELIVERING}:
        return ""
    if delivery is None or change.exposure.cluster.is_paused or delivery.state == DeliveryState.RETRYING:
        return REST_SECONDS
    return POLL_SECONDS if timezone.now() - delivery.created_at < MOVES_WITHIN else REST_SECONDS

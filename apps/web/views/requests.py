"""Change requests: the queue with its filters, one request, and the fragment that follows its delivery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from apps.accounts.selectors import group_names_of
from apps.approvals.enums import OPEN_STATES, TRANSITIONS, RequestState, Verb
from apps.approvals.explain import explain
from apps.approvals.models import ChangeRequest
from apps.approvals.permissions import active_stage, author_names, may_comment, may_decide, signer_names
from apps.approvals.selectors import awaiting, get_request_for, list_events, list_requests_for
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import Operation
from apps.exposures.permissions import may_change
from apps.exposures.permissions import may_see as may_see_exposure
from apps.exposures.spec import ExposureSpec
from apps.kube.manifests import to_yaml
from apps.web.forms.requests import CommentForm, DecisionForm, ResubmitForm, RetryForm
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.checks import checks_card
from apps.web.presenters.exposure_urls import url_of
from apps.web.presenters.progress import progress_of
from apps.web.presenters.request_lists import needing_team_of
from apps.web.presenters.requests import (
    RISKS,
    STATES,
    changes_of,
    happenings_of,
    last_voice,
    reasons_of,
    row_of,
    stages_of,
    title_of,
)

FILTERS = {"state": "state", "cluster": "exposure__cluster__name", "team": "exposure__team__name"}
VIEWS = {
    "awaiting": _("Waiting for me"),
    "team": _("Needs my team"),
    "mine": _("Mine"),
    "open": _("Open"),
    "all": _("All"),
}
# How often to ask while it moves, and while it is known to wait for something.
POLL_SECONDS, REST_SECONDS = "0.5", "3"
MOVES_WITHIN = timedelta(seconds=30)
CALLOUT_KINDS = {"mute": ""}


@dataclass(frozen=True, slots=True)
class View:
    """One of the ready-made lists, as a chip with its number."""

    name: str
    label: str | Promise
    active: bool
    count: int


@login_required
@require_GET
def request_list(request: SignedInRequest) -> HttpResponse:
    visible = list_requests_for(request.user)
    views = {
        "awaiting": awaiting(request.user),
        "team": needing_team_of(request.user),
        "mine": visible.filter(submitter=request.user),
        "open": visible.filter(state__in=OPEN_STATES),
        "all": visible,
    }
    chosen = request.GET.get("view", "")
    if chosen not in views:
        chosen = "awaiting" if group_names_of(request.user) else "open"
    asked = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    found = views[chosen].filter(**{FILTERS[name]: value for name, value in asked.items()})
    page = page_of(request, found)
    context = {
        "page": page,
        "rows": [row_of(entry) for entry in page.object_list],
        "view": chosen,
        "views": [View(name, VIEWS[name], name == chosen, _count(rows)) for name, rows in views.items()],
        "asked": asked,
        "states": RequestState.choices,
        "state_word": dict(RequestState.choices).get(asked.get("state", ""), ""),
        "clusters": _names(visible, FILTERS["cluster"]),
        "teams": _names(visible, FILTERS["team"]),
    }
    return render(request, "requests/request_list.html", context)


@login_required
@require_GET
def request_detail(request: SignedInRequest, request_id: str) -> HttpResponse:
    return request_page(request, get_request_for(request.user, request_id))


@login_required
@require_GET
def request_progress(request: SignedInRequest, request_id: str) -> HttpResponse:
    """What changes while it is delivered, as one fragment; without htmx the whole page."""
    change = get_request_for(request.user, request_id)
    if not request.htmx:
        return request_page(request, change)
    return render(request, "requests/live.html", detail_context(request, change) | {"oob": True})


def request_page(request: SignedInRequest, change: ChangeRequest, status: int = 200, **refused: Any) -> HttpResponse:
    """The page of a request; `refused` are forms or a message of a command that was not carried out."""
    return render(request, "requests/request_detail.html", detail_context(request, change) | refused, status=status)


def detail_context(request: SignedInRequest, change: ChangeRequest) -> dict[str, Any]:
    authors = author_names(change)
    delivery = delivery_of(change)
    stage = active_stage(change)
    kind, icon = STATES[change.state]
    return {
        "change": change,
        "title": title_of(change),
        "kind": kind,
        "icon": icon,
        "callout_kind": CALLOUT_KINDS.get(kind, kind),
        "turn": stage.who if stage else "",
        "risk": RISKS[change.risk_level],
        "explanation": explain(change),
        "voice": last_voice(change),
        "changes": changes_of(change),
        "manifest": to_yaml(json.loads(change.revision.rendered)),
        "reasons": reasons_of(change),
        "stages": stages_of(change, request.user, authors | signer_names(change)),
        "decision": may_decide(request.user, change, authors=authors),
        "actions": actions_for(request, change),
        "preflight": partial(checks_card, change),
        "progress": progress_of(delivery) if delivery else None,
        "delay": delay_of(change, delivery),
        "open_url": open_url_of(change),
        "may_see_exposure": may_see_exposure(request.user, change.exposure),
        "happenings": happenings_of(list_events(change)),
        "may_comment": may_comment(request.user, change),
        "form": DecisionForm(initial={"content_hash": change.content_hash}),
        "comment_form": CommentForm(),
        "retry_form": RetryForm(),
        "resubmit_form": ResubmitForm(),
    }


@dataclass(frozen=True, slots=True)
class Actions:
    """What the reader may do besides deciding; an address for editing only where a form can say something new."""

    withdraw: bool = False
    remind: bool = False
    retry: bool = False
    resubmit: bool = False
    edit: bool = False

    def __bool__(self) -> bool:
        return self.withdraw or self.remind or self.retry or self.resubmit


def actions_for(request: SignedInRequest, change: ChangeRequest) -> Actions:
    if not may_change(request.user, change.exposure):
        return Actions()
    resubmit = (change.state, Verb.RESUBMIT) in TRANSITIONS and change.exposure.deleted_at is None
    return Actions(
        withdraw=(change.state, Verb.WITHDRAW) in TRANSITIONS,
        remind=change.state == RequestState.PENDING,
        retry=(change.state, Verb.RETRY) in TRANSITIONS,
        # While somebody is asked, sending the same again would only begin a new round.
        resubmit=resubmit and change.state != RequestState.PENDING,
        edit=resubmit and change.operation != Operation.DELETE,
    )


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


def _count(rows: QuerySet[ChangeRequest]) -> int:
    return rows.order_by().values("pk").distinct().count()


def _names(visible: QuerySet[ChangeRequest], field: str) -> list[str]:
    return list(visible.order_by(field).values_list(field, flat=True).distinct())

"""The exposure form: new, copy and edit. A plain form post all the way; htmx only refreshes parts of the same page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.approvals.enums import TRANSITIONS, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import open_request_of
from apps.approvals.services import open_create, open_update, resubmit
from apps.clusters.permissions import may_refresh_cluster
from apps.clusters.selectors import get_cluster_for
from apps.common.errors import NotFound, PortalError
from apps.common.said import spoken
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_change
from apps.exposures.selectors import get_exposure_for
from apps.exposures.spec import ExposureSpec, parse_spec
from apps.inventory.services import refresh_inventory
from apps.web.forms.exposures import Draft, ExposureForm, draft_of, read_draft
from apps.web.http import SignedInRequest, signed_in_keeping_input
from apps.web.once import act_once, new_token
from apps.web.presenters.exposure_changes import changes_between
from apps.web.presenters.exposure_choices import Offer, offer_for
from apps.web.presenters.exposure_outcome import host_note, outcome_of, spec_json
from apps.web.presenters.exposure_urls import shown_revision
from apps.web.presenters.requests import Change

SECTIONS = {"what": 2, "name": 3, "how": 4, "why": 5}
# Where the exposure is stands already.
SECTIONS_OF_EXISTING = {"what": 1, "name": 2, "how": 3, "why": 4}
SEND, CHECK, REFRESH, ADD_PATH, REMOVE_PATH = "send", "check", "refresh", "add_path", "remove_path"


@dataclass(frozen=True, slots=True)
class Editor:
    """One rendering of the form."""

    offer: Offer
    form: ExposureForm
    action: str


@signed_in_keeping_input
@require_http_methods(["GET", "POST"])
def exposure_new(request: SignedInRequest) -> HttpResponse:
    """GET shows what the query string states, POST acts on the button that was pressed."""
    editor = _editor(request)
    if editor.action == SEND:
        made = act_once(editor.offer.draft.token, request.user.pk, lambda: _create(editor, request.user))
        if made is not None:
            return redirect("web:exposure_detail", made)
    return _page(request, editor)


@signed_in_keeping_input
@require_http_methods(["GET", "POST"])
def exposure_edit(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Host, cluster and namespace are what the exposure is; the rest can be asked to change."""
    exposure = get_exposure_for(request.user, exposure_id)
    if exposure.deleted_at is not None:
        raise NotFound(_("The exposure has been deleted."), code="exposure_not_found")
    check(may_change(request.user, exposure))
    editor = _editor(request, exposure)
    if editor.action == SEND:
        sent = act_once(editor.offer.draft.token, request.user.pk, lambda: _update(editor, request.user, exposure))
        if sent is not None:
            messages.success(request, _("The change was sent."))
            return redirect("web:exposure_detail", exposure.pk)
    return _page(request, editor)


@login_required
@require_POST
def exposure_form(request: SignedInRequest) -> HttpResponse:
    """The parts of the form that follow from what was chosen; for htmx only."""
    exposure_id = request.POST.get("exposure", "")
    exposure = get_exposure_for(request.user, exposure_id) if exposure_id else None
    editor = _editor(request, exposure)
    context = _context(request, editor)
    only_outcome = request.htmx.target == "outcome"
    template = "exposures/form_outcome_fragment.html" if only_outcome else "exposures/form_fragment.html"
    return render(request, template, context)


@login_required
@require_GET
def exposure_copy(request: SignedInRequest, exposure_id: str) -> HttpResponseRedirect:
    """The form for a new exposure, filled with this one's choices; the cluster is what is left to choose."""
    exposure = get_exposure_for(request.user, exposure_id)
    revision = shown_revision(exposure)
    if revision is None:
        raise NotFound(code="revision_not_found")
    draft = draft_of(ExposureSpec.from_json(revision.spec), exposure.cluster, exposure.namespace)
    values = {name: value for name, value in draft.as_values().items() if value and name not in {"cluster", "token"}}
    return redirect(f"{reverse('web:exposure_new')}?{urlencode(values)}")


def _editor(request: SignedInRequest, exposure: Exposure | None = None) -> Editor:
    values = request.POST if request.method == "POST" else request.GET
    action, _dot, index = request.POST.get("action", "").partition(".")
    draft = read_draft(values, fallback=_present_draft(exposure))
    if action == ADD_PATH:
        draft = draft.with_row()
    if action == REMOVE_PATH and index.isdigit():
        draft = draft.without_row(int(index))
    if action == REFRESH and draft.cluster:
        _refresh(request, exposure.cluster.name if exposure else draft.cluster)
    # A token comes from the page that was posted, never from an address that several tabs may share.
    draft = replace(draft, token=request.POST.get("token") or new_token())
    offer = offer_for(request.user, draft, exposure, final=action == SEND)
    return Editor(offer, _form(offer, action), action)


def _form(offer: Offer, action: str) -> ExposureForm:
    return ExposureForm(offer.draft, offer.choices(), options=offer.option_names, sent=action == SEND)


def _present_draft(exposure: Exposure | None) -> Draft | None:
    revision = exposure.newest_revision if exposure else None
    if exposure is None or revision is None:
        return None
    return draft_of(ExposureSpec.from_json(revision.spec), exposure.cluster, exposure.namespace)


def _refresh(request: SignedInRequest, cluster_name: str) -> None:
    cluster = get_cluster_for(request.user, cluster_name)
    check(may_refresh_cluster(request.user, cluster))
    refresh = refresh_inventory(cluster=cluster)
    if refresh.errors:
        messages.error(request, spoken(next(iter(refresh.errors.values()))))
    elif refresh.ran:
        messages.success(request, _("What is in %(cluster)s was read again.") % {"cluster": cluster.name})


def _create(editor: Editor, user: User) -> str | None:
    offer, spec = editor.offer, _stated_spec(editor)
    if spec is None or offer.cluster is None:
        return None
    try:
        made = open_create(
            by=user,
            cluster=offer.cluster,
            namespace=offer.draft.namespace,
            spec=spec,
            reason=offer.draft.reason,
            ask_owner=bool(offer.draft.ask_owner),
        )
    except PortalError as error:
        editor.form.add_refusal(error)
        return None
    return str(made.exposure_id)


def _update(editor: Editor, user: User, exposure: Exposure) -> str | None:
    spec = _stated_spec(editor)
    if spec is None:
        return None
    try:
        return str(_send_change(user, exposure, spec, editor.offer.draft.reason).pk)
    except PortalError as error:
        editor.form.add_refusal(error)
        return None


def _stated_spec(editor: Editor) -> ExposureSpec | None:
    """The spec if every part is stated and well formed; otherwise all that is wrong stands in the form at once."""
    is_complete = editor.form.is_valid()
    try:
        spec = parse_spec(spec_json(editor.offer))
    except PortalError as error:
        editor.form.add_refusal(error, keep_first=True)
        return None
    return spec if is_complete else None


def _send_change(user: User, exposure: Exposure, spec: ExposureSpec, reason: str) -> ChangeRequest:
    """A request that is open and can be sent again takes the change as its next round; else a new one is opened."""
    present = open_request_of(exposure)
    if present is not None and (present.state, Verb.RESUBMIT) in TRANSITIONS:
        return resubmit(by=user, request=present, spec=spec, reason=reason)
    return open_update(by=user, exposure=exposure, spec=spec, reason=reason)


def _page(request: SignedInRequest, editor: Editor) -> HttpResponse:
    status = 422 if editor.action == SEND else 200
    return render(request, "exposures/form.html", _context(request, editor), status=status)


def _context(request: SignedInRequest, editor: Editor) -> dict[str, Any]:
    cluster = editor.offer.cluster
    asked = editor.action == CHECK or request.htmx.target == "outcome"
    outcome = outcome_of(request.user, editor.offer, ask_cluster=asked and cluster is not None and cluster.is_reachable)
    note = host_note(request.user, editor.offer)
    return {
        "offer": editor.offer,
        "form": editor.form,
        "numbers": SECTIONS_OF_EXISTING if editor.offer.exposure else SECTIONS,
        "exposure": editor.offer.exposure,
        "outcome": outcome,
        "changes": _changes(editor.offer.exposure, outcome.spec),
        "asks_by_itself": not asked and outcome.preview is not None and outcome.preview.verdict.is_clean,
        "host_note": note,
        "name_done": editor.offer.exposure is not None or (note is not None and note.kind == "ok"),
    }


def _changes(exposure: Exposure | None, spec: ExposureSpec | None) -> list[Change]:
    """Against what is live, for an exposure that exists."""
    if exposure is None or spec is None or exposure.live_revision is None:
        return []
    return changes_between(exposure.live_revision.spec, spec.as_json(), exposure.namespace)

"""The exposure form: new, copy and edit. A plain form post all the way; htmx only refreshes parts of the same page.

Whatever is posted is kept as a draft of the person who types, so nothing is lost until it is sent or discarded.
"""

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
from apps.drafts.models import ExposureDraft
from apps.drafts.selectors import find_draft_of, newest_draft_for
from apps.drafts.services import keep_mine
from apps.exposures.models import Exposure, Revision
from apps.exposures.permissions import may_change
from apps.exposures.selectors import get_exposure_for
from apps.exposures.spec import ExposureSpec, parse_spec
from apps.inventory.services import refresh_inventory
from apps.web.copying import with_copy
from apps.web.drafting import DraftState, finish, keep, look_at, new_state, page_named, sent_as, shown_state
from apps.web.forms.exposures import Draft, ExposureForm, draft_of, read_draft
from apps.web.http import SignedInRequest, signed_in_keeping_input, stated_fields
from apps.web.once import act_once, new_token
from apps.web.presenters.drafts import draft_url
from apps.web.presenters.exposure_changes import changes_between
from apps.web.presenters.exposure_choices import Offer, offer_for
from apps.web.presenters.exposure_outcome import host_note, outcome_of, spec_json
from apps.web.presenters.exposure_sections import button_word, sections_of
from apps.web.presenters.exposure_sentence import sentence_of
from apps.web.presenters.exposure_urls import shown_revision
from apps.web.presenters.requests import Change

SEND, CHECK, REFRESH, ADD_PATH, REMOVE_PATH = "send", "check", "refresh", "add_path", "remove_path"
UPLOAD, KEEP, LOOK, COPY = "upload", "keep", "look", "copy"


@dataclass(frozen=True, slots=True)
class Editor:
    """One rendering of the form, and the draft behind it. `is_unsaved`: it states what the draft does not have."""

    offer: Offer
    form: ExposureForm
    action: str
    draft: DraftState
    is_unsaved: bool = False

    @property
    def is_sending(self) -> bool:
        return self.action == SEND


@signed_in_keeping_input
@require_http_methods(["GET", "POST"])
def exposure_new(request: SignedInRequest) -> HttpResponse:
    """GET shows what the query string states, POST acts on the button that was pressed."""
    source = _source(request)
    if source is not None and source.exposure_id is not None:
        return redirect(draft_url(source))
    editor = _editor(request, source=source)
    if editor.is_sending:
        made = act_once(editor.offer.draft.token, request.user.pk, lambda: _create(editor, request.user))
        if made is not None:
            finish(request.user, editor.draft.id, made)
            return redirect("web:exposure_detail", made)
    return _uploading(request, editor) or _page(request, editor)


@signed_in_keeping_input
@require_http_methods(["GET", "POST"])
def exposure_edit(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Host, cluster and namespace are what the exposure is; the rest can be asked to change."""
    exposure = get_exposure_for(request.user, exposure_id)
    if exposure.deleted_at is not None:
        return redirect("web:exposure_detail", exposure.pk)
    check(may_change(request.user, exposure))
    source = _source(request)
    editor = _editor(request, exposure, source if source and source.exposure_id == exposure.pk else None)
    if editor.is_sending:
        sent = act_once(editor.offer.draft.token, request.user.pk, lambda: _update(editor, request.user, exposure))
        if sent is not None:
            finish(request.user, editor.draft.id, exposure.pk)
            messages.success(request, _("The change was sent."))
            return redirect("web:exposure_detail", exposure.pk)
    return _uploading(request, editor) or _page(request, editor)


@login_required
@require_POST
def exposure_form(request: SignedInRequest) -> HttpResponse:
    """The parts of the form that follow from what was chosen; for htmx only, and for a page that is being left."""
    exposure_id = request.POST.get("exposure", "")
    exposure = get_exposure_for(request.user, exposure_id) if exposure_id else None
    editor = _editor(request, exposure)
    if not request.htmx:
        return HttpResponse(status=204)
    if request.htmx.target == "draft-state":
        return render(request, "drafts/state.html", {"draft": editor.draft})
    only_outcome = request.htmx.target == "outcome"
    template = "exposures/form_outcome_fragment.html" if only_outcome else "exposures/form_fragment.html"
    return render(request, template, _context(request, editor))


@login_required
@require_GET
def exposure_copy(request: SignedInRequest, exposure_id: str) -> HttpResponseRedirect:
    """The form for a new exposure, filled with this one's choices; the cluster is what is left to choose."""
    exposure = get_exposure_for(request.user, exposure_id)
    if shown_revision(exposure) is None:
        raise NotFound(code="revision_not_found")
    return redirect(f"{reverse('web:exposure_new')}?{urlencode({'copy': exposure.pk})}")


def _source(request: SignedInRequest) -> ExposureDraft | None:
    """The draft that a page is opened for. A posted form is complete in itself."""
    return find_draft_of(request.user, request.GET.get("draft", "")) if request.method == "GET" else None


def _editor(request: SignedInRequest, exposure: Exposure | None = None, source: ExposureDraft | None = None) -> Editor:
    values = stated_fields(request)
    action, _dot, index = request.POST.get("action", "").partition(".")
    draft = read_draft(values, fallback=_base(request, exposure, source))
    if action == ADD_PATH:
        draft = draft.with_row()
    if action == REMOVE_PATH and index.isdigit():
        draft = draft.without_row(int(index))
    if action == REFRESH and draft.cluster:
        _refresh(request, exposure.cluster.name if exposure else draft.cluster)
    if action == COPY:
        draft = with_copy(request, draft, exposure, index)
    # A token comes from the page that was posted, never from an address that several tabs may share.
    draft = replace(draft, token=request.POST.get("token") or new_token())
    offer = offer_for(request.user, draft, exposure, final=action == SEND)
    is_unsaved = source is not None and bool(set(values) - {"draft"})
    return Editor(offer, _form(offer, action), action, _draft_state(request, offer, source), is_unsaved)


def _draft_state(request: SignedInRequest, offer: Offer, source: ExposureDraft | None) -> DraftState:
    """Of a page that is opened; or of what was posted, which is kept unless the page only looked by itself."""
    if request.method == "GET":
        return shown_state(source) if source is not None else new_state()
    draft_id, action = request.POST.get("draft", ""), request.POST.get("action", "")
    page = page_named(offer.draft.token, request.POST.get("seen", ""))
    if action == LOOK:
        return look_at(request.user, draft_id, page)
    state = keep(request.user, offer, draft_id, page)
    if action != KEEP:
        return state
    keep_mine(by=request.user, draft_id=state.id, page=page)
    return replace(state, is_elsewhere=False)


def _form(offer: Offer, action: str) -> ExposureForm:
    return ExposureForm(offer.draft, offer.choices(), options=offer.option_names, sent=action == SEND)


def _base(request: SignedInRequest, exposure: Exposure | None, source: ExposureDraft | None) -> Draft | None:
    """What stands where nothing is stated: the draft that goes on, what an exposure has, or what is copied."""
    if source is not None:
        return read_draft(source.values)
    if exposure is not None:
        return _stated_by(exposure, exposure.newest_revision)
    copied = request.GET.get("copy", "") if request.method == "GET" else ""
    return _copy_of(get_exposure_for(request.user, copied)) if copied else None


def _copy_of(exposure: Exposure) -> Draft | None:
    copy = _stated_by(exposure, shown_revision(exposure))
    return replace(copy, cluster="") if copy else None


def _stated_by(exposure: Exposure, revision: Revision | None) -> Draft | None:
    if revision is None:
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
    if _changes_nothing(exposure, spec):
        editor.form.add_error(None, _("Nothing differs from what runs now. Change something first, or leave the page."))
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


def _changes_nothing(exposure: Exposure, spec: ExposureSpec) -> bool:
    """Whether sending it would only make a revision like the one that is live; what is under way may be sent again."""
    live = exposure.live_revision
    is_calm = not exposure.drift and open_request_of(exposure) is None
    return is_calm and live is not None and live.spec == spec.as_json()


def _send_change(user: User, exposure: Exposure, spec: ExposureSpec, reason: str) -> ChangeRequest:
    """A request that is open and can be sent again takes the change as its next round; else a new one is opened."""
    present = open_request_of(exposure)
    if present is not None and (present.state, Verb.RESUBMIT) in TRANSITIONS:
        return resubmit(by=user, request=present, spec=spec, reason=reason)
    return open_update(by=user, exposure=exposure, spec=spec, reason=reason)


def _uploading(request: SignedInRequest, editor: Editor) -> HttpResponseRedirect | None:
    """Away to upload a certificate, and back through the draft; not while what is typed could not be kept."""
    offer = editor.offer
    if editor.action != UPLOAD or editor.draft.problem or offer.cluster is None:
        return None
    place = f"{offer.cluster.name}/{offer.draft.namespace}"
    return redirect(f"{reverse('web:certificate_upload')}?{urlencode({'place': place, 'draft': editor.draft.id})}")


def _page(request: SignedInRequest, editor: Editor) -> HttpResponse:
    context = _context(request, editor)
    if request.method == "GET":
        context |= _what_else_there_is(request, editor)
    return render(request, "exposures/form.html", context, status=422 if editor.is_sending else 200)


def _what_else_there_is(request: SignedInRequest, editor: Editor) -> dict[str, Any]:
    """`sent`: what became of the draft that the address names. `begun`: a change that was begun and not sent."""
    asked, exposure = request.GET.get("draft", ""), editor.offer.exposure
    sent = sent_as(request.user, asked) if asked and editor.draft.id != asked else ""
    begun = newest_draft_for(request.user, exposure) if exposure is not None and not editor.draft.seen else None
    copied = request.GET.get("copy", "")
    copy_of = get_exposure_for(request.user, copied).host if copied and exposure is None else ""
    return {
        "copy_of": copy_of,
        "sent": sent,
        "begun": draft_url(begun) if begun else "",
        "begun_at": begun.updated_at if begun else None,
    }


def _context(request: SignedInRequest, editor: Editor) -> dict[str, Any]:
    cluster = editor.offer.cluster
    # While somebody types, only rows are asked: the page asks the cluster by itself once typing rests.
    asked = editor.action in {CHECK, LOOK}
    outcome = outcome_of(request.user, editor.offer, ask_cluster=asked and cluster is not None and cluster.is_reachable)
    note = host_note(request.user, editor.offer)
    return {
        "offer": editor.offer,
        "form": editor.form,
        "draft": editor.draft,
        "only_looked": editor.action == LOOK,
        "is_unsaved": editor.is_unsaved,
        "sections": sections_of(editor.offer, editor.form, is_named=note is not None and note.kind == "ok"),
        "exposure": editor.offer.exposure,
        "outcome": outcome,
        "sentence": sentence_of(editor.offer, outcome.url),
        "button": button_word(editor.offer, outcome),
        "changes": _changes(editor.offer.exposure, outcome.spec),
        "asks_by_itself": not asked and outcome.preview is not None and outcome.preview.verdict.is_clean,
        "host_note": note,
        "side": request.POST.get("side", ""),
    }


def _changes(exposure: Exposure | None, spec: ExposureSpec | None) -> list[Change]:
    """Against what is live, for an exposure that exists."""
    if exposure is None or spec is None or exposure.live_revision is None:
        return []
    return changes_between(exposure.live_revision.spec, spec.as_json(), exposure.namespace)

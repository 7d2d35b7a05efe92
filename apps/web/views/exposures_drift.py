"""What somebody changed in the cluster: shown with its author, then taken back, adopted, or changed otherwise."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.approvals.selectors import open_request_of
from apps.approvals.services import adoption_of, open_adoption
from apps.common.errors import NotFound, PortalError
from apps.common.said import spoken
from apps.delivery.services import Drift, check_drift, revert_drift
from apps.delivery.services.drift import desired_object
from apps.exposures.adoption import Adoption
from apps.exposures.models import Exposure
from apps.exposures.selectors import get_exposure_for
from apps.exposures.spec import ExposureSpec
from apps.kube.manifests import to_yaml
from apps.kube.plan import stated_part
from apps.web.errors import spoken_violations
from apps.web.forms.exposures import draft_of
from apps.web.forms.exposures_actions import AdoptForm, RevertForm
from apps.web.forms.options import PREFIX
from apps.web.http import SignedInRequest
from apps.web.presenters.exposure_changes import changes_between
from apps.web.presenters.exposure_page import ExposurePage, load_page
from apps.web.presenters.manifest_diff import Line, lines_between
from apps.web.views.exposures_tabs import tab_context

# What the form does not fill in from an address.
NOT_PREFILLED = {"cluster", "namespace", "host_kind", "prefix", "host", "token", "reason"}


@login_required
@require_GET
def exposure_drift(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Asks the cluster now. The short answer for htmx, the whole page with the ways on for everybody else."""
    page = load_page(request.user, get_exposure_for(request.user, exposure_id))
    if request.htmx:
        return render(request, "exposures/drift.html", {"exposure": page.exposure} | _found(page.exposure))
    return _drift_page(request, page)


@login_required
@require_POST
def exposure_drift_revert(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """The approved bytes once more, over what was shown."""
    page = load_page(request.user, get_exposure_for(request.user, exposure_id))
    form = RevertForm(request.POST)
    if not form.is_valid():
        return _drift_page(request, page, status=422)
    try:
        revert_drift(by=request.user, exposure=page.exposure, **form.cleaned_data)
    except NotFound:
        raise
    except PortalError as error:
        return _refused(request, page, error)
    messages.success(request, _("What was approved is applied again."))
    return redirect("web:exposure_detail", page.exposure.pk)


@login_required
@require_POST
def exposure_drift_adopt(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """A request for what was shown."""
    page = load_page(request.user, get_exposure_for(request.user, exposure_id))
    form = AdoptForm(request.POST)
    if not form.is_valid():
        return _drift_page(request, page, status=422, adopt_form=form)
    try:
        change = open_adoption(by=request.user, exposure=page.exposure, **form.cleaned_data)
    except NotFound:
        raise
    except PortalError as error:
        return _refused(request, page, error, adopt_form=form)
    messages.success(request, _("The request to adopt it was sent."))
    return redirect("web:request_detail", change.pk)


def _drift_page(request: SignedInRequest, page: ExposurePage, status: int = 200, **refused: Any) -> HttpResponse:
    context = tab_context(page, "manifest") | _found(page.exposure) | refused
    return render(request, "exposures/drift_page.html", context, status=status)


def _refused(request: SignedInRequest, page: ExposurePage, error: PortalError, **more: Any) -> HttpResponse:
    """The page as the cluster is now, with the reason."""
    refusal = {"refusal": spoken(error.message), "reasons": spoken_violations(error)}
    status = 422 if error.status == 400 else error.status
    return _drift_page(request, page, status=status, **refusal, **more)


def _found(exposure: Exposure) -> dict[str, Any]:
    """The comparison with the ways on, or why the cluster could not be asked."""
    try:
        drift = check_drift(exposure=exposure)
    except PortalError as error:
        return {"drift": None, "drift_error": spoken(error.message)}
    adoption = adoption_of(exposure, drift)
    stated = exposure.live_revision
    return {
        "drift": drift,
        "drift_rows": _rows(drift),
        "drift_lines": _lines(exposure, drift) if drift.state == "drifted" else [],
        "drift_at": parse_datetime(drift.writer.time) if drift.writer and drift.writer.time else None,
        "adoption": adoption,
        "adopted_changes": changes_between(stated.spec, adoption.spec.as_json(), exposure.namespace)
        if stated and adoption and adoption.spec
        else [],
        "open_request": open_request_of(exposure),
        "edit_url": _edit_url(exposure, adoption),
        "adopt_form": AdoptForm(initial={"seen": drift.fingerprint}),
    }


def _rows(drift: Drift) -> list[dict[str, Any]]:
    """What was approved, and what the cluster has; whole structures are read line by line below."""
    plain = [one for one in drift.differences if _is_plain(one.desired) and _is_plain(one.live)]
    return [{"label": one.path, "before": one.desired, "after": one.live} for one in plain]


def _is_plain(value: object) -> bool:
    return not isinstance(value, dict | list)


def _lines(exposure: Exposure, drift: Drift) -> list[Line]:
    """The manifest as approved, and the same parts of the live object."""
    revision = exposure.live_revision
    if revision is None or drift.live is None:
        return []
    desired = desired_object(revision)
    return lines_between(to_yaml(desired), to_yaml(stated_part(desired, drift.live)))


def _edit_url(exposure: Exposure, adoption: Adoption | None) -> str:
    """The form for this exposure; filled with what the cluster has where that can be stated."""
    address = reverse("web:exposure_edit", args=[exposure.pk])
    if adoption is None or adoption.spec is None or exposure.live_revision is None:
        return address
    draft = draft_of(adoption.spec, exposure.cluster, exposure.namespace)
    values = {name: value for name, value in draft.as_values().items() if name not in NOT_PREFILLED}
    before = ExposureSpec.from_json(exposure.live_revision.spec).options
    gone = {PREFIX + name: "" for name in before if name not in adoption.spec.options}
    return f"{address}?{urlencode(gone | values)}"

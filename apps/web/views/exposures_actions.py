"""What people do to an exposure besides editing it: delete, go back to a revision, retry a failed delivery."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.permissions import check
from apps.approvals.services import open_delete, open_rollback, retry
from apps.common.errors import InvalidTransition, NotFound
from apps.exposures.models import Exposure
from apps.exposures.permissions import may_change
from apps.exposures.selectors import get_exposure_for, get_revision
from apps.web.forms.exposures_actions import DeleteForm, RollbackForm
from apps.web.http import SignedInRequest
from apps.web.presenters.exposure_changes import changes_between
from apps.web.presenters.exposure_page import load_page
from apps.web.saving import save_form


@login_required
@require_http_methods(["GET", "POST"])
def exposure_delete(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """GET says what stops working, POST asks for it once the host was typed. Who comes back later sees what became."""
    exposure = get_exposure_for(request.user, exposure_id)
    if exposure.deleted_at is not None:
        return redirect("web:exposure_detail", exposure.pk)
    check(may_change(request.user, exposure))
    form = DeleteForm(request.POST or None, host=exposure.host)
    sent = save_form(form, open_delete, by=request.user, exposure=exposure) if request.method == "POST" else None
    if sent is not None:
        messages.success(request, _("The deletion was sent."))
        return redirect("web:exposure_detail", exposure.pk)
    page = load_page(request.user, exposure)
    context = {"exposure": exposure, "page": page, "form": form, "is_serving": exposure.serving == "True"}
    return render(request, "exposures/delete.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def exposure_rollback(request: SignedInRequest, exposure_id: str, revision_id: str) -> HttpResponse:
    """GET shows what would change against now, POST asks for it."""
    exposure = _changeable(request, exposure_id)
    revision = get_revision(exposure, revision_id)
    form = RollbackForm(request.POST or None)
    arguments = {"by": request.user, "exposure": exposure, "revision": revision}
    sent = save_form(form, open_rollback, **arguments) if request.method == "POST" else None
    if sent is not None:
        messages.success(request, _("The change back to revision %(number)d was sent.") % {"number": revision.number})
        return redirect("web:exposure_detail", exposure.pk)
    now = exposure.live_revision
    changes = changes_between(now.spec if now else None, revision.spec, exposure.namespace)
    context = {"exposure": exposure, "revision": revision, "changes": changes, "form": form}
    return render(request, "exposures/rollback.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def exposure_retry(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """Pushes the approved bytes of the newest request once more; `overwrite=yes` takes over what others changed."""
    exposure = get_exposure_for(request.user, exposure_id)
    newest = load_page(request.user, exposure).request
    if newest is None:
        raise InvalidTransition(_("There is nothing to retry."))
    retry(by=request.user, request=newest, overwrite=request.POST.get("overwrite") == "yes")
    return redirect("web:exposure_detail", exposure.pk)


def _changeable(request: SignedInRequest, exposure_id: str) -> Exposure:
    exposure = get_exposure_for(request.user, exposure_id)
    if exposure.deleted_at is not None:
        raise NotFound(_("The exposure has been deleted."), code="exposure_not_found")
    check(may_change(request.user, exposure))
    return exposure

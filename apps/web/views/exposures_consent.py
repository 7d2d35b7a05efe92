"""The owner of a host takes back what a guest was granted on it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.permissions import check
from apps.exposures.consents import withdraw_consent
from apps.exposures.permissions import may_withdraw_consent
from apps.exposures.shared_hosts import get_share_for, own_exposure_beside
from apps.web.forms.exposures_actions import WithdrawConsentForm
from apps.web.http import SignedInRequest
from apps.web.saving import save_form


@login_required
@require_http_methods(["GET", "POST"])
def consent_withdraw(request: SignedInRequest, exposure_id: str) -> HttpResponse:
    """GET says what that changes and what it does not, POST does it. `exposure_id` is the guest's."""
    share = get_share_for(request.user, exposure_id)
    check(may_withdraw_consent(request.user, share))
    own = own_exposure_beside(share)
    form = WithdrawConsentForm(request.POST or None)
    if request.method == "POST" and save_form(form, withdraw_consent, by=request.user, share=share) is not None:
        said = _("The consent was taken back. Team %(team)s was told.")
        messages.success(request, said % {"team": share.exposure.team.name})
        return redirect("web:exposure_detail", own.pk) if own else redirect("web:claim_list")
    context = {"share": share, "own": own, "form": form}
    return render(request, "exposures/consent_withdraw.html", context, status=422 if form.errors else 200)

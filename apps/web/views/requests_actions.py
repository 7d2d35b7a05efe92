"""What people do with a request. A refusal shows the page again with the reason where it belongs, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from apps.approvals import services
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import get_request_for
from apps.common.errors import InvalidInput, NotFound, PortalError, StaleRevision
from apps.web.errors import add_errors
from apps.web.forms.requests import CommentForm, DecisionForm, ResubmitForm, RetryForm, WithdrawForm
from apps.web.http import SignedInRequest
from apps.web.presenters.requests import changes_since, title_of
from apps.web.views.requests_page import request_page

Command = Callable[..., ChangeRequest]
VERDICTS: dict[str, tuple[Command, str | Promise]] = {
    "approve": (services.approve, gettext_lazy("Approved.")),
    "return": (services.return_request, gettext_lazy("Returned to its team.")),
    "reject": (services.reject, gettext_lazy("Rejected.")),
}


@login_required
@require_POST
def request_decide(request: SignedInRequest, request_id: str) -> HttpResponse:
    change = get_request_for(request.user, request_id)
    verdict = request.POST.get("verdict", "")
    if verdict not in VERDICTS:
        raise InvalidInput(_("Choose to approve, to return or to reject."))
    command, said = VERDICTS[verdict]
    return _carry_out(request, change, command, DecisionForm(request.POST), slot="form", said=said)


@login_required
@require_POST
def request_comment(request: SignedInRequest, request_id: str) -> HttpResponse:
    change = get_request_for(request.user, request_id)
    form = CommentForm(request.POST)
    return _carry_out(request, change, services.add_comment, form, slot="comment_form", said=_("Comment added."))


@login_required
@require_http_methods(["GET", "POST"])
def request_withdraw(request: SignedInRequest, request_id: str) -> HttpResponse:
    """GET asks, POST takes it back."""
    change = get_request_for(request.user, request_id)
    if request.method == "GET":
        context = {"change": change, "title": title_of(change), "form": WithdrawForm()}
        return render(request, "requests/request_withdraw.html", context)
    form = WithdrawForm(request.POST)
    return _carry_out(request, change, services.withdraw, form, said=_("Withdrawn."))


@login_required
@require_POST
def request_remind(request: SignedInRequest, request_id: str) -> HttpResponse:
    change = get_request_for(request.user, request_id)
    return _carry_out(request, change, services.remind, forms.Form({}), said=_("They were reminded."))


@login_required
@require_POST
def request_retry(request: SignedInRequest, request_id: str) -> HttpResponse:
    change = get_request_for(request.user, request_id)
    form = RetryForm(request.POST)
    return _carry_out(request, change, services.retry, form, slot="retry_form", said=_("It is tried again."))


@login_required
@require_POST
def request_resubmit(request: SignedInRequest, request_id: str) -> HttpResponse:
    """Ask again for the same, judged anew; changes are made in the exposure's form."""
    change = get_request_for(request.user, request_id)
    form = ResubmitForm(request.POST)
    return _carry_out(request, change, services.resubmit, form, slot="resubmit_form", said=_("Sent again."))


def _carry_out(
    request: SignedInRequest,
    change: ChangeRequest,
    command: Command,
    form: forms.Form,
    *,
    said: str | Promise,
    slot: str = "refused_form",
) -> HttpResponse:
    """One command with the form's values: back to the page, or the page with what was refused."""
    if not form.is_valid():
        return request_page(request, change, status=422, **{slot: form})
    try:
        command(by=request.user, request=change, **form.cleaned_data)
    except NotFound:
        raise
    except PortalError as error:
        return _refused(request, change, form, slot, error)
    messages.success(request, str(said))
    return redirect("web:request_detail", change.pk)


def _refused(
    request: SignedInRequest, change: ChangeRequest, form: forms.Form, slot: str, error: PortalError
) -> HttpResponse:
    """The request as it is now, with the reason: beside the field it belongs to, else above the page."""
    fresh = get_request_for(request.user, change.pk)
    shown: dict[str, Any] = {slot: form}
    if isinstance(error, StaleRevision):
        seen = form.cleaned_data.get("content_hash", "")
        shown |= {"refusal": error, "since": _since(fresh, seen), slot: _with_new_hash(form, fresh)}
    elif getattr(error, "errors", None) and slot != "refused_form" and _belongs(form, error):
        add_errors(form, error)
    else:
        shown["refusal"] = error
    return request_page(request, fresh, status=_status_of(error), **shown)


def _belongs(form: forms.Form, error: PortalError) -> bool:
    return all(violation.field in form.fields for violation in getattr(error, "errors", []))


def _status_of(error: PortalError) -> int:
    """Forms answer 422 for what was typed wrong; everything else keeps its own status."""
    return 422 if error.status == 400 else error.status


def _since(change: ChangeRequest, seen_hash: str) -> list[Any]:
    seen = change.exposure.revisions.filter(content_hash=seen_hash).first()
    return changes_since(seen, change) if seen else []


def _with_new_hash(form: forms.Form, change: ChangeRequest) -> forms.Form:
    """What was typed, on the content that is asked for now: the next click is a decision on what is shown."""
    return type(form)(initial=form.cleaned_data | {"content_hash": change.content_hash})

"""Uploading a certificate. The browser keeps what was put in: refusals are fragments, and no answer repeats a key."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from apps.clusters.selectors import get_cluster_for
from apps.common.errors import Conflict, InvalidInput, NotPermitted, PolicyViolation
from apps.delivery.services import upload_certificate
from apps.drafts.selectors import find_draft_of
from apps.kube.errors import ClusterError
from apps.web.errors import add_errors
from apps.web.forms.certificates import SECRET_FIELDS, UploadForm
from apps.web.http import SignedInRequest
from apps.web.once import act_once, new_token
from apps.web.presenters.certificates import upload_places
from apps.web.presenters.drafts import draft_url

REFUSALS = (InvalidInput, PolicyViolation, Conflict, ClusterError)


@login_required
@sensitive_post_parameters("certificate", "private_key")
@require_http_methods(["GET", "POST"])
def certificate_upload(request: SignedInRequest) -> HttpResponse:
    """GET takes place and name from the address; POST writes to the cluster and shows the new certificate's page."""
    places = upload_places(request.user)
    if not places:
        raise NotPermitted(_("Only developers and maintainers of a team with a namespace upload certificates."))
    if request.method == "GET":
        stated = {name: request.GET.get(name, "") for name in ("place", "name", "draft")}
        return _page(request, UploadForm(places=places, initial=stated | {"token": new_token()}))
    form = UploadForm(request.POST, request.FILES, places=places)
    if form.is_valid():
        made = act_once(form.cleaned_data["token"], request.user.pk, lambda: _upload(request, form))
        if made is not None:
            return HttpResponseClientRedirect(made) if request.htmx else redirect(made)
    return _page(request, form)


def _upload(request: SignedInRequest, form: UploadForm) -> str | None:
    """The address of the new certificate; None when it was refused, the reasons are in the form then."""
    cluster_name, namespace = form.place_names()
    cluster = get_cluster_for(request.user, cluster_name)
    try:
        secret = upload_certificate(by=request.user, cluster=cluster, namespace=namespace, **form.pair())
    except REFUSALS as error:
        add_errors(form, error)
        return None
    messages.success(request, _("%(name)s is in the cluster and can be chosen now.") % {"name": secret.name})
    draft = find_draft_of(request.user, form.cleaned_data["draft"])
    if draft is not None:
        return draft_url(draft, scheme="https", secret=secret.name)
    return reverse("web:certificate_detail", args=[cluster_name, namespace, secret.name])


def _page(request: SignedInRequest, form: UploadForm) -> HttpResponse:
    """The whole page, or, when htmx sent the form, only what was refused: what was put in stays where it is."""
    refused = bool(form.errors)
    context: dict[str, Any] = {
        "form": form,
        "plain_fields": [form["place"], form["name"]],
        "secret_fields": [form[name] for name in SECRET_FIELDS],
    }
    template = "refused" if refused and request.htmx else "certificate_upload"
    return render(request, f"certificates/{template}.html", context, status=422 if refused else 200)

"""Registering and re-keying a cluster: one page, with a connection test that stores nothing.

The browser keeps what was typed: the test and every refusal come as fragments that leave the secret fields alone, and
no answer ever carries a credential.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.permissions import check
from apps.clusters import services
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_change_cluster, may_register_cluster
from apps.clusters.selectors import get_cluster_for
from apps.common.dispatch import dispatch
from apps.common.errors import Conflict, InvalidInput, PolicyViolation
from apps.kube.connection import CheckStep, ConnectionReport, ConnectionSteps, finished
from apps.kube.permissions import rbac_manifest
from apps.web.forms.clusters import SECRET_FIELDS, AccessForm, RegisterForm
from apps.web.http import SignedInRequest
from apps.web.presenters.cluster_page import short_lines
from apps.web.presenters.clusters import running_lines, step_lines, verdict_of

PART_ENDS = "<!--part-->"
REFUSALS = (InvalidInput, PolicyViolation, Conflict)
hides_credentials = sensitive_post_parameters("kubeconfig", "token")


@login_required
@hides_credentials
@require_http_methods(["GET", "POST"])
def cluster_register(request: SignedInRequest) -> HttpResponse:
    check(may_register_cluster(request.user))
    if request.method == "GET":
        return _register_page(request, RegisterForm())
    form = RegisterForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            cluster = services.register_cluster(by=request.user, **form.registration())
        except REFUSALS as error:
            form.add_refusal(error)
        else:
            services.check_cluster(cluster=cluster)
            dispatch("apps.inventory.tasks.refresh", cluster.pk)
            return _done(request, cluster, _("%(name)s is registered.") % {"name": cluster.name})
    return _register_page(request, form)


@login_required
@hides_credentials
@require_POST
def cluster_test(request: SignedInRequest) -> HttpResponseBase:
    """The staged test of what stands in the form; nothing is stored. By htmx it answers line by line, in parts."""
    check(may_register_cluster(request.user))
    form = AccessForm(request.POST, request.FILES)
    steps = _begin_test(request, form)
    if request.htmx and steps is not None:
        return _in_parts(request, form, steps)
    report = finished(steps) if steps is not None else None
    if request.htmx:
        return render(request, "clusters/test_result.html", _context(form))
    shown = RegisterForm(request.POST, request.FILES)
    shown.full_clean()
    shown.errors.clear()
    shown.errors.update(form.errors)
    return _register_page(request, shown, **_report_context(report))


@login_required
@hides_credentials
@require_http_methods(["GET", "POST"])
def cluster_rekey(request: SignedInRequest, name: str) -> HttpResponse:
    cluster = get_cluster_for(request.user, name)
    check(may_change_cluster(request.user, cluster))
    if request.method == "GET":
        return _rekey_page(request, cluster, AccessForm())
    form = AccessForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.rekey_cluster(by=request.user, cluster=cluster, **form.access())
        except REFUSALS as error:
            form.add_refusal(error)
        else:
            services.check_cluster(cluster=cluster)
            return _done(request, cluster, _("%(name)s has a new credential.") % {"name": cluster.name})
    return _rekey_page(request, cluster, form)


def _begin_test(request: SignedInRequest, form: AccessForm) -> ConnectionSteps | None:
    if not form.is_valid():
        return None
    try:
        return services.begin_test(by=request.user, given=services.AccessInput(**form.access()))
    except REFUSALS as error:
        form.add_refusal(error)
    return None


def _in_parts(request: SignedInRequest, form: AccessForm, steps: ConnectionSteps) -> StreamingHttpResponse:
    """Each part is the whole outcome so far; static/js/parts.js shows the newest, htmx swaps in the last."""
    response = StreamingHttpResponse(_parts(request, form, steps, get_language()))
    # A proxy in between must not collect the parts.
    response["X-Accel-Buffering"] = "no"
    return response


def _parts(request: SignedInRequest, form: AccessForm, steps: ConnectionSteps, language: str | None) -> Iterator[str]:
    """Sent after the middleware is done with the request, so the language is kept from before."""
    done: list[CheckStep] = []
    with override(language):
        yield _part(request, {"lines": running_lines(done)})
        for step in (watched := Watched(steps)):
            done.append(step)
            yield _part(request, {"lines": running_lines(done)})
        context = _context(form) | _report_context(watched.report)
        yield render_to_string("clusters/test_result.html", context, request)


def _part(request: SignedInRequest, context: dict[str, Any]) -> str:
    return render_to_string("clusters/test_outcome.html", context, request) + PART_ENDS


class Watched:
    """Steps to be walked through once; afterwards `report` holds what the test came to."""

    def __init__(self, steps: ConnectionSteps) -> None:
        self.steps = steps
        self.report: ConnectionReport | None = None

    def __iter__(self) -> Iterator[CheckStep]:
        self.report = yield from self.steps


def _done(request: SignedInRequest, cluster: Cluster, said: str) -> HttpResponse:
    messages.success(request, said)
    if request.htmx:
        return HttpResponseClientRedirect(reverse("web:cluster_detail", args=[cluster.name]))
    return redirect("web:cluster_detail", cluster.name)


def _register_page(request: SignedInRequest, form: RegisterForm, **more: Any) -> HttpResponse:
    context = _context(form) | {"rbac": rbac_manifest()} | more
    return _page(request, "clusters/cluster_register.html", context)


def _rekey_page(request: SignedInRequest, cluster: Cluster, form: AccessForm) -> HttpResponse:
    return _page(request, "clusters/cluster_rekey.html", _context(form) | {"cluster": cluster})


def _page(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or, when htmx sent the form, only what was refused: what was typed stays where it is."""
    refused = bool(context["form"].errors)
    shown = "clusters/refused_fields.html" if refused and request.htmx else template
    return render(request, shown, context, status=422 if refused else 200)


def _context(form: AccessForm) -> dict[str, Any]:
    secrets = [form[name] for name in SECRET_FIELDS]
    plain = [field for field in form.visible_fields() if field.name not in {*SECRET_FIELDS, "context"}]
    return {"form": form, "contexts": form.contexts(), "secret_fields": secrets, "plain_fields": plain}


def _report_context(report: ConnectionReport | None) -> dict[str, Any]:
    if report is None:
        return {}
    return {
        "lines": short_lines(step_lines(report.steps)),
        "verdict": verdict_of(report),
        "found_classes": [found.name for found in report.ingress_classes],
    }

"""The audit trail as far as the reader may see it: filtered in the address, exported with the same filters."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.permissions import may_read_audit
from apps.accounts.selectors import list_events_for
from apps.web.csvfile import csv_response
from apps.web.forms.audit import AuditFilterForm
from apps.web.http import SignedInRequest, page_of
from apps.web.presenters.audit import event_rows, export_rows

EXPORT_LIMIT = 10_000
# The filters that are folded away until one of them is used.
FOLDED = ("verb", "object_type", "cluster", "since", "until")


@login_required
@require_GET
def audit_list(request: SignedInRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET, events=list_events_for(request.user))
    page = page_of(request, form.found())
    context = {
        "form": form,
        "page": page,
        "rows": event_rows(page.object_list),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_narrowed": bool(form.errors) or any(request.GET.get(name) for name in FOLDED),
        "query": request.GET.urlencode(),
        "export_limit": EXPORT_LIMIT,
        "reads_all": may_read_audit(request.user),
    }
    return render(request, "audit/audit_list.html", context)


@login_required
@require_GET
def audit_export(request: SignedInRequest) -> HttpResponseBase:
    """CSV of the newest events that fit the filters, sent while it is read."""
    events = AuditFilterForm(request.GET, events=list_events_for(request.user)).found()[:EXPORT_LIMIT]
    return csv_response("portico-audit.csv", export_rows(events.iterator()))

"""Error pages: what happened, why, and the next step. One table from status to page, used by errors of all kinds.

Every page carries the request id. Under /api/ the answer is a problem document even where no API view was reached.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.common.catalogue import CATALOGUE, Text
from apps.common.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    PolicyViolation,
    PortalError,
    Unavailable,
    Violation,
)
from apps.common.said import spoken
from apps.common.wording import in_a_line

PAGES = {400, 403, 404, 409, 413, 422, 429, 500, 503}
WAIT_SECONDS = "60"
# Codes that say no more than their status.
GENERAL = {
    one.code for one in (PortalError, InvalidInput, PolicyViolation, NotPermitted, NotFound, Conflict, Unavailable)
}


def error_page(request: HttpRequest, error: PortalError) -> HttpResponse:
    """The page, or for htmx the fragment, that tells a person what the product refused."""
    context = {"message": spoken(error.message), "errors": spoken_violations(error)}
    if getattr(request, "htmx", False):
        context["message"] = context["message"] or _("That is not possible.")
        return HttpResponse(render_to_string("errors/fragment.html", context, request), status=error.status)
    return _page(request, error.status, **context, **_catalogued(error))


def _catalogued(error: PortalError) -> dict[str, Text]:
    """Title and next step of a particular error; for one that only says its status, the page's own words do."""
    entry = CATALOGUE.get(error.code)
    if entry is None or error.code in GENERAL:
        return {}
    return {"what": entry.title, "next_step": entry.next_step}


def add_errors(form: forms.BaseForm, error: PortalError) -> None:
    """Put what a service refused beside the fields it belongs to; the rest stands in the form's summary."""
    violations = spoken_violations(error)
    for violation in violations:
        field = violation.field.split(".")[0]
        text = in_a_line(violation.message, violation.hint)
        form.add_error(field if field in form.fields else None, text)
    if not violations:
        form.add_error(None, spoken(error.message))


def spoken_violations(error: PortalError) -> list[Violation]:
    """Each broken rule in the reader's language."""
    return [_spoken(violation) for violation in getattr(error, "errors", [])]


def _spoken(violation: Violation) -> Violation:
    """In the reader's language, whoever found it: the gateway speaks English only."""
    return replace(violation, message=spoken(violation.message), hint=spoken(violation.hint))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        limit = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        message = _("What you sent is larger than %(limit)s, more than any form here takes. Nothing was saved.")
        return _page(request, 413, message=message % {"limit": limit})
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _(
        "The form has expired or your browser refused a cookie. Go back, load the page again, and send it again."
    )
    return _page(request, 403, message=message)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = _page(request, 429)
    response["Retry-After"] = WAIT_SECONDS
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: whatever broke must not break this page as well."""
    if request.path.startswith("/api/"):
        return _problem(request, 500)
    context = {"ui": {"language": get_language()}, "request_id": _request_id(request)}
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _problem(request, status, context.get("message", ""))
    template = f"errors/{status if status in PAGES else 400}.html"
    context["request_id"] = _request_id(request)
    return HttpResponse(render_to_string(template, context, request), status=status)


def _problem(request: HttpRequest, status: int, detail: str = "") -> JsonResponse:
    title = HTTPStatus(status).phrase
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": title.lower().replace(" ", "_"),
        "instance": request.path,
        "errors": [],
    }
    return JsonResponse(document, status=status, content_type="application/problem+json")


def _request_id(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")

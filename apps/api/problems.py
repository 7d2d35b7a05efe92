"""The one place where an error becomes an answer: RFC 9457 problem documents, for every status the API gives.

`code` is stable and meant for programs; `detail`, `message` and `hint` are for people, in the reader's language. An
error nobody foresaw is logged with its traceback and answered with the request id alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from apps.common.catalogue import CATALOGUE
from apps.common.errors import PortalError, Violation
from apps.common.said import spoken

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

TITLES = {
    400: gettext_lazy("The request has the wrong shape"),
    401: gettext_lazy("Not signed in"),
    403: gettext_lazy("Not permitted"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    406: gettext_lazy("Not acceptable"),
    409: gettext_lazy("Conflict"),
    412: gettext_lazy("Changed in the meantime"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Unsupported media type"),
    422: gettext_lazy("Refused by a rule"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Internal error"),
    502: gettext_lazy("The cluster refused"),
    503: gettext_lazy("Not available now"),
}
DETAILS = {
    404: gettext_lazy("There is no such object, or you may not see it."),
    403: gettext_lazy("You may not do this."),
    412: gettext_lazy("The object changed since you read it. Read it again."),
    503: gettext_lazy("A part that is needed for the answer cannot be reached. Try again in a moment."),
}
HINTS = {
    "unknown_field": gettext_lazy("GET /api/schema/ lists the fields. Check the spelling."),
    "unknown_parameter": gettext_lazy("GET /api/schema/ lists the parameters. Check the spelling."),
    "required": gettext_lazy("Add the field."),
    "null": gettext_lazy("Give a value or leave the field out."),
    "blank": gettext_lazy("Give a value or leave the field out."),
    "max_length": gettext_lazy("Shorten it."),
    "min_value": gettext_lazy("Give a larger number."),
    "max_value": gettext_lazy("Give a smaller number."),
    "invalid_choice": gettext_lazy("GET /api/schema/ lists the values."),
    "not_a_list": gettext_lazy("Put the value into [ ]."),
    "not_a_dict": gettext_lazy("Give an object with named members."),
    "repeated_parameter": gettext_lazy("Leave one of them out."),
    "forbidden_character": gettext_lazy("Remove the character."),
    "wrong_type": gettext_lazy("Values are not converted: true is not “true”, 1 is not “1”."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What an answer says about an error, before it knows of the request."""

    status: int
    code: str
    detail: str
    errors: list[Violation] = field(default_factory=list)
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler."""
    return render_problem(problem_of(error), context["request"])


def render_problem(problem: Problem, request: Request) -> Response:
    request_id = getattr(request, "request_id", "")
    entry = CATALOGUE.get(problem.code)
    content = {
        "type": f"urn:portico:problem:{problem.code}",
        "title": str(entry.title if entry else TITLES.get(problem.status, TITLES[400])),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "instance": f"{request.path}#{request_id}",
        "request_id": request_id,
        "hint": str(entry.next_step) if entry else "",
        "errors": [violation.as_dict() for violation in problem.errors],
    }
    members = {name: value for name, value in problem.members.items() if name not in content}
    return Response(content | members, status=problem.status, headers=dict(problem.headers), content_type=MEDIA_TYPE)


@singledispatch
def problem_of(error: Exception) -> Problem:
    """Whatever nobody foresaw. The signal is what Django itself sends, so tests and error reporters still notice."""
    logger.error("unexpected_error", exc_info=error)
    got_request_exception.send(sender=None, request=None)
    return Problem(500, "internal", gettext("Something went wrong here. Name the request id when you report it."))


@problem_of.register
def _portal_error(error: PortalError) -> Problem:
    headers = {"Retry-After": str(RETRY_SECONDS)} if error.status == 503 else {}
    return Problem(
        status=error.status,
        code=error.code,
        detail=str(spoken(error.message) or DETAILS.get(error.status, TITLES.get(error.status, ""))),
        errors=[_spoken(violation) for violation in getattr(error, "errors", [])],
        members=error.fields,
        headers=headers,
    )


def _spoken(violation: Violation) -> Violation:
    """In the reader's language, whoever found it: the gateway speaks English only."""
    return replace(violation, message=spoken(violation.message), hint=spoken(violation.hint))


@problem_of.register
def _database_busy(error: OperationalError) -> Problem:
    logger.error("database_unavailable", exc_info=error)
    return Problem(503, "unavailable", str(DETAILS[503]), headers={"Retry-After": str(RETRY_SECONDS)})


@problem_of.register
def _not_found(error: Http404) -> Problem:
    return Problem(404, "not_found", str(DETAILS[404]))


@problem_of.register
def _permission_denied(error: DjangoPermissionDenied) -> Problem:
    return Problem(403, "not_permitted", str(DETAILS[403]))


@problem_of.register
def _rest_error(error: exceptions.APIException) -> Problem:
    given = str(getattr(error.detail, "code", error.default_code))
    code = CODES.get(type(error), given) if given == error.default_code else given
    return Problem(error.status_code, code, str(error.detail), headers=_headers_of(error))


@problem_of.register
def _wrong_shape(error: exceptions.ValidationError) -> Problem:
    errors = list(violations_in(error.detail))
    unknown = any(violation.code == "unknown_field" for violation in errors)
    detail = gettext("%(field)s: %(message)s") % {"field": errors[0].field, "message": errors[0].message}
    return Problem(400, "unknown_field" if unknown else "invalid", detail.removeprefix(": "), errors)


CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
    exceptions.NotFound: "not_found",
}


def violations_in(detail: Any, path: str = "") -> Iterator[Violation]:
    """DRF's nested error detail as a flat list with dotted paths, e.g. `paths.0.service_port`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from violations_in(inner, path if name == api_settings.NON_FIELD_ERRORS_KEY else _join(path, name))
    elif isinstance(detail, list):
        nested = any(isinstance(inner, Mapping) for inner in detail)
        for index, inner in enumerate(detail):
            yield from violations_in(inner, _join(path, index) if nested else path)
    else:
        code = str(getattr(detail, "code", "invalid"))
        yield Violation(code, path, str(detail), str(HINTS.get(code, "")))


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _headers_of(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers

"""Every kind of error becomes a problem document with a stable code and its status."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation
from rest_framework import exceptions
from rest_framework.request import Request

from apps.api.parsers import BodyTooLarge
from apps.api.problems import MEDIA_TYPE, TITLES, problem_of, problem_response
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
from apps.kube.errors import Unreachable

VIOLATION = Violation("host_invalid", "host", "No.", "Use another.")


def answer(error: Exception) -> Any:
    request = Request(RequestFactory().get("/api/v1/x/"))
    setattr(request, "request_id", "r_12345678")  # noqa: B010 - the middleware sets it, no type knows it
    return problem_response(error, {"request": request})


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidInput("No.", errors=[VIOLATION]), 400, "invalid"),
        (PolicyViolation("No.", errors=[VIOLATION]), 422, "policy_violation"),
        (NotPermitted("No."), 403, "not_permitted"),
        (NotFound(code="cluster_not_found"), 404, "cluster_not_found"),
        (Conflict("No.", code="request_open", request="req_1"), 409, "request_open"),
        (BodyTooLarge("No."), 413, "body_too_large"),
        (Unavailable("No."), 503, "unavailable"),
        (Unreachable("No answer."), 503, "cluster_unreachable"),
        (PortalError("No."), 400, "error"),
        (OperationalError("database is locked"), 503, "unavailable"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_permitted"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed("No.", code="token_invalid"), 401, "token_invalid"),
        (exceptions.PermissionDenied("No.", code="csrf_failed"), 403, "csrf_failed"),
        (exceptions.NotFound("No.", code="page_not_found"), 404, "page_not_found"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.ParseError(), 400, "malformed"),
        (exceptions.ParseError("No.", code="too_deep"), 400, "too_deep"),
        (exceptions.Throttled(30), 429, "throttled"),
        (exceptions.ValidationError({"host": ["No."]}), 400, "invalid"),
    ],
)
def test_an_error_has_its_status_and_code(error: Exception, status: int, code: str):
    response = answer(error)
    body = response.data
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert response.content_type == MEDIA_TYPE
    assert (body["instance"], body["request_id"]) == ("/api/v1/x/#r_12345678", "r_12345678")
    assert body["type"] == f"urn:portico:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert status in TITLES


def test_members_and_violations_are_carried_along():
    body = answer(Conflict("No.", code="host_conflict", conflicts=[{"host": "x"}], status="ignored")).data
    assert (body["conflicts"], body["status"]) == ([{"host": "x"}], 409)
    assert answer(PolicyViolation("No.", errors=[VIOLATION])).data["errors"] == [
        {"code": "host_invalid", "field": "host", "message": "No.", "hint": "Use another."}
    ]


def test_nested_validation_errors_have_dotted_paths():
    detail: Any = {
        "paths": [{}, {"service_port": [exceptions.ErrorDetail("No.", "wrong_type")]}],
        "tls": {"x": ["No."]},
    }
    body = answer(exceptions.ValidationError(detail)).data
    assert [(error["code"], error["field"]) for error in body["errors"]] == [
        ("wrong_type", "paths.1.service_port"),
        ("invalid", "tls.x"),
    ]


def test_an_unknown_field_is_the_code_of_the_whole_problem():
    detail = {
        "host": [exceptions.ErrorDetail("No.", "unknown_field")],
        "name": [exceptions.ErrorDetail("No.", "required")],
    }
    assert answer(exceptions.ValidationError(detail)).data["code"] == "unknown_field"


def test_a_caller_is_told_when_to_come_back():
    assert answer(exceptions.Throttled(30.7)).headers["Retry-After"] == "31"
    assert int(answer(Unavailable("No.")).headers["Retry-After"]) > 0


def test_an_unforeseen_error_says_nothing_of_itself_and_is_reported(caplog: pytest.LogCaptureFixture):
    problem = problem_of(RuntimeError("the password is hunter2"))
    assert (problem.status, problem.code) == (500, "internal")
    assert "hunter2" not in problem.detail
    assert [(record.levelname, record.message) for record in caplog.records] == [("ERROR", "unexpected_error")]


def test_the_title_is_in_the_language_of_the_reader():
    with translation.override("en"):
        assert answer(exceptions.MethodNotAllowed("PUT")).data["title"] == "Method not allowed"

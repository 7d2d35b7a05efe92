"""Every request has an id and an address that can be believed."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from apps.common.middleware import RequestContextMiddleware, client_address
from apps.common.request_context import RequestContext, current_context


def passed_through(**headers: str) -> tuple[HttpResponse, RequestContext]:
    seen: list[RequestContext] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_context())
        return HttpResponse()

    response = RequestContextMiddleware(view)(RequestFactory().get("/api/v1/me/", headers=headers))
    return response, seen[0]


def test_callers_id_is_kept_and_echoed() -> None:
    response, context = passed_through(**{"X-Request-ID": "trace-12345678"})
    assert (response["X-Request-ID"], context.request_id, context.channel) == ("trace-12345678",) * 2 + ("api",)


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "new\nline-12345", "<script>alert(1)</script>"])
def test_id_that_could_do_harm_in_a_log_is_replaced(given: str) -> None:
    response, context = passed_through(**{"X-Request-ID": given})
    assert response["X-Request-ID"] == context.request_id != given


def test_context_ends_with_the_request() -> None:
    passed_through()
    assert current_context() == RequestContext()


@pytest.mark.parametrize(
    ("trusted", "header", "expected"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_is_the_one_that_the_outermost_trusted_proxy_wrote(trusted: int, header: str, expected: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=trusted):
        assert client_address(request) == expected

"""Refusals become pages: the right status, the sentence, the request id; a fragment for htmx, a problem under /api/."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

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
from portal import urls as portal_urls

pytestmark = pytest.mark.django_db
VIOLATION = Violation("host_reserved", "host", "This host is reserved.", "Choose another.")
ERRORS: dict[str, PortalError] = {
    "invalid": InvalidInput("The name is missing."),
    "not-permitted": NotPermitted("Ask a maintainer."),
    "not-found": NotFound(),
    "conflict": Conflict("Someone has it."),
    "policy": PolicyViolation(errors=[VIOLATION]),
    "unavailable": Unavailable("The cluster does not answer."),
    "particular": Conflict("Someone changed it.", code="drift_changed"),
}


def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail")


def deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("refuse/<str:name>/", refuse),
    path("crash/", crash),
    path("api/crash/", crash),
    path("api/denied/", deny),
    *portal_urls.urlpatterns,
]
handler400, handler403, handler404 = portal_urls.handler400, portal_urls.handler403, portal_urls.handler404
handler500 = portal_urls.handler500


@pytest.fixture(autouse=True)
def with_failing_pages(settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("invalid", 400, "The name is missing."),
        ("not-permitted", 403, "Ask a maintainer."),
        ("not-found", 404, "it belongs to a team you are not in."),
        ("conflict", 409, "Someone has it."),
        ("policy", 422, 'This host is reserved. <span class="muted">Choose another.</span>'),
        ("unavailable", 503, "The cluster does not answer."),
    ],
)
def test_refusal_becomes_a_page(client, name, status, sentence):
    response = client.get(f"/refuse/{name}/")
    assert response.status_code == status
    assert sentence in response.text
    assert f'<code id="request-id">{response["X-Request-ID"]}</code>' in response.text


def test_refusal_becomes_a_fragment_for_htmx(client):
    response = client.get("/refuse/conflict/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert "Someone has it." in response.text
    assert "That is not possible." in client.get("/refuse/not-found/", headers={"HX-Request": "true"}).text
    assert "<html" not in response.text


def test_unknown_address_is_a_page(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_crash_tells_nothing_but_the_request_id():
    response = Client(raise_request_exception=False).get("/crash/")
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert response["X-Request-ID"] in response.text


@pytest.mark.parametrize(
    ("url", "status", "code"), [("/api/denied/", 403, "forbidden"), ("/api/crash/", 500, "internal_server_error")]
)
def test_problem_document_under_api(url, status, code):
    response = Client(raise_request_exception=False).get(url)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["instance"]) == (code, url)


def test_bad_host_header_is_a_400(client):
    response = client.get("/accounts/login/", headers={"Host": "evil.example"})
    assert response.status_code == 400


def test_a_body_larger_than_the_limit_is_a_page_that_names_the_limit(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
    answer = client.post("/accounts/login/", {"login": "x" * 2000}, headers={"Accept-Language": "en"})

    assert answer.status_code == 413
    assert "larger than 1.0\xa0KB" in answer.content.decode()


def test_particular_error_is_titled_by_the_catalogue_and_says_the_next_step(client: Client) -> None:
    answer = client.get("/refuse/particular/")
    assert answer.status_code == 409
    for text in ("The object has changed again", "Someone changed it.", "Look at the differences, then decide."):
        assert text in answer.text
    assert "Someone was quicker" not in answer.text


def test_general_error_keeps_the_words_of_its_page(client: Client) -> None:
    assert "Someone was quicker" in client.get("/refuse/conflict/").text

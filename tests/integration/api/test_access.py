"""Who may call: tokens, sessions, limits, languages, and what every answer carries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.enums import Scope
from apps.accounts.models import ApiToken
from apps.api.throttling import PerTokenThrottle
from apps.audit.models import AuditEvent
from tests.factories import make_approver_group, make_grant, make_team, make_user
from tests.integration.api.calls import Caller, codes

ME = "/api/v1/me/"


@pytest.fixture
def caller(db: None) -> Caller:
    return Caller(make_user("script", team=make_team("web")))


def answer_to(header: str | None) -> tuple[int, str]:
    response = Client().get(ME, headers={} if header is None else {"Authorization": header})
    return response.status_code, response.json()["code"]


@pytest.mark.django_db
@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "Token abc"])
def test_without_a_token_nobody_is_signed_in(header: str | None) -> None:
    assert answer_to(header) == (401, "not_authenticated")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer ptc_unknown", "Bearer ä", "bearer a b", f"Bearer {'x' * 5000}"]
)
def test_a_token_that_is_none(header: str) -> None:
    assert answer_to(header) == (401, "token_invalid")


def test_a_token_lives_as_long_as_it_and_its_owner_do(caller: Caller) -> None:
    assert caller.get("me/").status_code == 200
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert caller.get("me/").body["code"] == "token_invalid"
    ApiToken.objects.update(expiry=timezone.now() + timedelta(days=1))
    caller.user.is_active = False
    caller.user.save()
    assert caller.get("me/").body["code"] == "token_invalid"


def test_a_token_is_bound_to_its_networks(caller: Caller) -> None:
    ApiToken.objects.update(allowed_networks=["10.0.0.0/8"])
    answer = caller.get("me/")
    assert (answer.status_code, answer.body["code"]) == (403, "network_not_allowed")
    ApiToken.objects.update(allowed_networks=["127.0.0.0/8"])
    assert caller.get("me/").status_code == 200


def test_the_use_of_a_token_is_noted_once_a_minute(caller: Caller) -> None:
    caller.get("me/")
    first = ApiToken.objects.get().last_used_at
    caller.get("me/")
    assert (ApiToken.objects.get().last_used_at, ApiToken.objects.get().last_used_from) == (first, "127.0.0.1")


def test_the_audit_trail_names_channel_and_token(caller: Caller) -> None:
    created = caller.post("tokens/", {"name": "ci", "scopes": ["audit:read"]})
    event = AuditEvent.objects.get(verb="token.created")
    assert (event.channel, event.token_id, event.actor) == ("api", caller.token.public_id, "script")
    assert event.request_id == created["X-Request-ID"]


def test_a_session_needs_the_csrf_token_to_change_anything(caller: Caller) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(caller.user)
    assert browser.get(ME).json()["scopes"] is None
    body = {"name": "ci", "scopes": ["audit:read"]}
    refused = browser.post("/api/v1/tokens/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    browser.cookies["csrftoken"] = "a" * 32
    accepted = browser.post("/api/v1/tokens/", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert accepted.status_code == 201


def test_a_caller_who_asks_too_often_is_told_when_to_come_back(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerTokenThrottle, "rate", "2/min", raising=False)
    monkeypatch.setattr(PerTokenThrottle, "timer", lambda self: 1_000_000.0)
    assert [caller.get("me/").status_code for _ in range(2)] == [200, 200]
    limited = caller.get("me/")
    assert (limited.status_code, limited.body["code"], limited["Retry-After"]) == (429, "throttled", "20")
    assert Caller(make_user("other")).get("me/").status_code == 200


def test_refusals_speak_the_language_of_the_reader(caller: Caller) -> None:
    english = caller.get("exposures/?page=0", Accept_Language="en").body
    chinese = caller.get("exposures/?page=0", Accept_Language="zh-hans").body
    assert english["code"] == chinese["code"] == "invalid"
    assert english["errors"][0]["message"] != chinese["errors"][0]["message"]


def test_without_a_wish_the_language_is_the_one_of_the_profile(caller: Caller) -> None:
    chinese = caller.get("exposures/?page=0", Accept_Language="zh-hans").body
    caller.user.language = "zh-hans"
    caller.user.save()
    assert caller.get("exposures/?page=0").body["errors"] == chinese["errors"]


def test_every_answer_has_a_request_id_and_is_not_cached(caller: Caller) -> None:
    answer = caller.get("me/", X_Request_ID="build-12345678")
    assert (answer["X-Request-ID"], answer["Cache-Control"]) == ("build-12345678", "no-store")
    problem = caller.get("exposures/exp_none/", X_Request_ID="build-12345678").body
    assert problem["instance"] == "/api/v1/exposures/exp_none/#build-12345678"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/clusters", "/api/v2/me/", "/api/%00/"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_answered_in_json(path: str, method: str) -> None:
    response = getattr(Client(), method)(path)
    assert (response.status_code, response.json()["code"]) == (404, "unknown_address")
    assert response["Content-Type"] == "application/problem+json"


def test_methods_and_types_that_are_not_understood(caller: Caller) -> None:
    answer = caller.send("put", "tokens/", {})
    assert (answer.status_code, answer.body["code"], answer["Allow"]) == (405, "method_not_allowed", "GET, HEAD, POST")
    plain = caller.client.post("/api/v1/tokens/", "name=ci", content_type="text/plain")
    assert (plain.status_code, plain.json()["code"]) == (415, "unsupported_media_type")
    html = caller.client.get(ME, headers={"Accept": "text/html"})
    assert (html.status_code, html.json()["code"]) == (406, "not_acceptable")
    assert caller.send("options", "me/").status_code == 405
    assert caller.client.head(ME).status_code == 200


def test_an_unforeseen_error_is_a_problem_too(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(user: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("apps.api.views.people.group_names_of", fail)
    caller.client.raise_request_exception = False
    answer = caller.get("me/")
    assert (answer.status_code, answer.body["code"]) == (500, "internal")
    assert "hunter2" not in answer.content.decode()


def test_me_says_who_i_am_and_what_i_may(caller: Caller) -> None:
    team = caller.user.memberships.get().team
    make_grant(team, "dev-1", "web")
    make_grant(make_team("pay"), "dev-1", "pay")
    make_approver_group("network", members=[caller.user])
    body = caller.get("me/").body
    assert (body["user"]["username"], body["user"]["is_platform_admin"]) == ("script", False)
    assert body["teams"] == [{"name": "web", "role": "developer"}]
    assert (body["groups"], body["scopes"]) == (["network"], Scope.values)
    assert body["grants"] == [{"cluster": "dev-1", "namespace": "web", "team": "web"}]


def test_tokens_are_shown_once_and_belong_to_their_owner(caller: Caller) -> None:
    made = caller.post("tokens/", {"name": "ci", "scopes": ["exposures:read"], "allowed_networks": ["127.0.0.0/8"]})
    assert made.status_code == 201
    assert set(made.body) == {"token"} | set(caller.get("tokens/").body["results"][0])
    assert (
        Client(headers={"Authorization": f"Bearer {made.body['token']}"}).get("/api/v1/exposures/").status_code == 200
    )
    read = caller.get(f"tokens/{made.body['id']}/")
    assert ("token" in read.body, made.body["token"] in read.content.decode()) == (False, False)
    assert caller.get("tokens/").body["count"] == 2
    other = Caller(make_user("other"))
    assert other.get(f"tokens/{made.body['id']}/").status_code == 404
    assert caller.delete(f"tokens/{made.body['id']}/", If_Match='"other"').status_code == 412
    assert caller.delete(f"tokens/{made.body['id']}/", If_Match=read["ETag"]).status_code == 204
    assert caller.get("tokens/").body["count"] == 1


def test_tokens_are_searched_and_ordered(caller: Caller) -> None:
    for name in ("nightly", "ci"):
        caller.post("tokens/", {"name": name, "scopes": ["exposures:read"]})
    found = {
        query: [token["name"] for token in caller.get(f"tokens/{query}").body["results"]]
        for query in ("?search=NIGHT", "?search=none", "?ordering=-created_at&page_size=2")
    }
    assert found == {
        "?search=NIGHT": ["nightly"],
        "?search=none": [],
        "?ordering=-created_at&page_size=2": ["ci", "nightly"],
    }
    assert codes(caller.get("tokens/?ordering=secret")) == [("unknown_ordering", "ordering")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, ("blank", "name")),
        ({"scopes": "audit:read"}, ("not_a_list", "scopes")),
        ({"scopes": [1]}, ("wrong_type", "scopes.0")),
        ({"scopes": []}, ("required", "scopes")),
        ({"scopes": ["everything"]}, ("unknown_scope", "scopes")),
        ({"expires_in_days": "90"}, ("wrong_type", "expires_in_days")),
        ({"expires_in_days": 0}, ("min_value", "expires_in_days")),
        ({"expires_in_days": 400}, ("max_value", "expires_in_days")),
        ({"allowed_networks": ["10.0.0.1/8"]}, ("network_invalid", "allowed_networks.0")),
        ({"user": "platform"}, ("unknown_field", "user")),
    ],
)
def test_a_bad_token_names_its_field(caller: Caller, change: dict, expected: tuple[str, str]) -> None:
    answer = caller.post("tokens/", {"name": "ci", "scopes": ["audit:read"]} | change)
    assert (answer.status_code, codes(answer)) == (400, [expected])


def test_a_token_makes_no_token_stronger_than_itself(caller: Caller) -> None:
    weak = Caller(caller.user, scopes=["tokens:write"])
    answer = weak.post("tokens/", {"name": "strong", "scopes": ["exposures:write"]})
    assert (answer.status_code, answer.body["code"]) == (403, "scope_not_held")


def test_teams_show_their_members_and_grants(caller: Caller) -> None:
    make_grant(caller.user.memberships.get().team, "dev-1", "web")
    make_team("pay")
    body = caller.get("teams/").body
    assert [team["name"] for team in body["results"]] == ["web"]
    assert body["results"][0]["members"] == [{"username": "script", "role": "developer"}]
    assert body["results"][0]["grants"] == [{"cluster": "dev-1", "namespace": "web", "exposure_limit": None}]
    assert caller.get("teams/pay/").body["code"] == "team_not_found"


@override_settings(DEBUG=False)
@pytest.mark.django_db
def test_the_schema_and_its_page_are_served_under_the_policy() -> None:
    schema = Client().get("/api/schema/?format=json").json()
    assert (schema["openapi"], "/api/v1/exposures/" in schema["paths"]) == ("3.1.0", True)
    page = Client().get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert ("<style" in text, "onload=" in text, "<script>" in text) == (False, False, False)
    for address in ("/api/docs/", "/api/schema/"):
        assert Client(headers={"Accept": "text/x-nothing"}).get(address).status_code == 200
    script = Client().get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in script.content.decode()

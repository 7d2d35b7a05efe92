"""`Idempotency-Key`: the same request twice happens once, also when both arrive in the same instant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.response import Response

from apps.accounts.models import ApiToken
from apps.api import idempotency, waiting
from apps.api.models import IdempotentRequest
from apps.api.views.people import TokenListView
from apps.exposures.models import Exposure
from tests.factories import make_user
from tests.integration.api.calls import Caller, wish
from tests.integration.api.racing import TOKEN, post_at_once, with_own_connection

BODY = TOKEN


@pytest.fixture
def caller(db: None) -> Caller:
    return Caller(make_user("script"))


def test_the_same_request_is_answered_again_and_happens_once(caller: Caller) -> None:
    first = caller.post("tokens/", BODY, Idempotency_Key="k1")
    again = caller.post("tokens/", BODY, Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.body == first.body
    assert again["ETag"] == first["ETag"]
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert ApiToken.objects.filter(name="ci").count() == 1


def test_the_order_of_names_in_the_body_does_not_matter(caller: Caller) -> None:
    first = caller.post("tokens/", BODY, Idempotency_Key="k1")
    again = caller.post("tokens/", dict(reversed(BODY.items())), Idempotency_Key="k1")
    assert again.body == first.body


@pytest.mark.parametrize(
    ("path", "body"), [("tokens/", BODY | {"name": "other"}), ("tokens/?x=1", BODY), ("exposures/", BODY)]
)
def test_another_request_with_the_key_is_refused(caller: Caller, path: str, body: dict) -> None:
    caller.post("tokens/", BODY, Idempotency_Key="k1")
    answer = caller.post(path, body, Idempotency_Key="k1")
    if path == "tokens/?x=1":
        assert answer.status_code == 400
    else:
        assert (answer.status_code, answer.body["code"]) == (422, "idempotency_key_reused")


def test_keys_belong_to_their_user(caller: Caller) -> None:
    caller.post("tokens/", BODY, Idempotency_Key="k1")
    other = Caller(make_user("other")).post("tokens/", BODY, Idempotency_Key="k1")
    assert (other.status_code, "Idempotent-Replayed" in other) == (201, False)


def test_without_a_key_it_happens_each_time(caller: Caller) -> None:
    for _ in range(2):
        assert caller.post("tokens/", BODY).status_code == 201
    assert (ApiToken.objects.filter(name="ci").count(), IdempotentRequest.objects.count()) == (2, 0)


def test_a_refusal_is_an_answer_like_any_other(caller: Caller) -> None:
    first = caller.post("tokens/", {"name": "ci", "scopes": ["nonsense"]}, Idempotency_Key="k1")
    again = caller.post("tokens/", {"name": "ci", "scopes": ["nonsense"]}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, again.body) == (400, 400, first.body)
    assert again["Content-Type"] == "application/problem+json"


def test_a_server_error_is_not_kept(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(view: TokenListView, request: object) -> Response:
        return Response({"code": "unavailable"}, status=503)

    with monkeypatch.context() as patched:
        patched.setattr(TokenListView, "post", fail)
        assert caller.post("tokens/", BODY, Idempotency_Key="k1").status_code == 503
    assert IdempotentRequest.objects.count() == 0
    assert caller.post("tokens/", BODY, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none(caller: Caller, key: str) -> None:
    answer = caller.post("tokens/", BODY, Idempotency_Key=key)
    assert (answer.status_code, answer.body["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_what_is_stored_shows_neither_key_nor_answer(caller: Caller) -> None:
    plaintext = caller.post("tokens/", BODY, Idempotency_Key="my-secret-key").body["token"]
    row = IdempotentRequest.objects.get()
    stored = json.dumps([row.key_digest, row.request_digest]).encode() + bytes(row.sealed_answer or b"")
    assert plaintext.encode() not in stored
    assert b"my-secret-key" not in stored


def test_after_a_day_the_key_is_free_again(caller: Caller) -> None:
    caller.post("tokens/", BODY, Idempotency_Key="k1")
    IdempotentRequest.objects.update(started_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert caller.post("tokens/", BODY | {"name": "next"}, Idempotency_Key="k1").status_code == 201
    assert IdempotentRequest.objects.count() == 1


def test_while_the_first_runs_the_second_is_told_so(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    caller.post("tokens/", BODY, Idempotency_Key="k1")
    IdempotentRequest.objects.update(answered_at=None, sealed_answer=None)
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0)
    answer = caller.post("tokens/", BODY, Idempotency_Key="k1")
    assert (answer.status_code, answer.body["code"]) == (409, "in_progress")


def test_a_first_request_that_died_is_taken_over(caller: Caller) -> None:
    caller.post("tokens/", BODY, Idempotency_Key="k1")
    died = timezone.now() - idempotency.ABANDONED - timedelta(seconds=1)
    IdempotentRequest.objects.update(answered_at=None, sealed_answer=None, started_at=died)
    assert caller.post("tokens/", BODY, Idempotency_Key="k1").status_code == 201
    assert caller.post("tokens/", BODY, Idempotency_Key="k1")["Idempotent-Replayed"] == "true"


def test_an_exposure_made_twice_with_one_key_is_one(developer: Caller) -> None:
    answers = [developer.post("exposures/", wish(), Idempotency_Key="e1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    assert answers[1]["Location"] == answers[0]["Location"]
    assert Exposure.objects.count() == 1


def test_the_second_waits_for_the_answer_of_the_first(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(make_user("script"))
    caller.post("tokens/", BODY, Idempotency_Key="k1")
    kept = IdempotentRequest.objects.values("answered_at", "sealed_answer", "status").get()
    IdempotentRequest.objects.update(answered_at=None, sealed_answer=None, status=None)
    monkeypatch.setattr(waiting.time, "sleep", lambda seconds: IdempotentRequest.objects.update(**kept))
    assert caller.post("tokens/", BODY, Idempotency_Key="k1")["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_racing_requests_make_one_object(a_database_that_waits: None) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        caller = elsewhere.submit(with_own_connection(lambda: Caller(make_user("script")))).result()
        assert post_at_once(caller, 6) == [201] * 6
        assert elsewhere.submit(with_own_connection(lambda: ApiToken.objects.filter(name="ci").count())).result() == 1


@pytest.fixture
def a_database_that_waits(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On SQLite, threads meet a copy of the database in a file; the one in memory refuses where others wait."""
    if connection.vendor != "sqlite":
        yield
        return
    path = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", str(path))
        yield

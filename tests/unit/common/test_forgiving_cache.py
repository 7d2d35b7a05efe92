"""Without Redis the cache is empty, not broken: people still sign in."""

from __future__ import annotations

import socket

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.test import Client, override_settings

from tests.factories.people import make_user


def unreachable() -> dict[str, dict[str, str]]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    place = f"redis://127.0.0.1:{port}/0"
    return {"default": {"BACKEND": "apps.common.forgiving_cache.ForgivingRedisCache", "LOCATION": place}}


def test_every_operation_answers_as_an_empty_cache_would() -> None:
    with override_settings(CACHES=unreachable()):
        cache: BaseCache = caches["default"]
        cache.set("a", 1)
        answers = (cache.get("a"), cache.get("a", "none"), cache.add("a", 1), cache.incr("a"), cache.delete("a"))
    assert answers == (None, "none", True, 1, False)


@pytest.mark.django_db
def test_signing_in_works_without_redis() -> None:
    user = make_user("ann")
    user.set_password("a long pass phrase")
    user.save()
    with override_settings(CACHES=unreachable()):
        answer = Client().post("/accounts/login/", {"login": "ann", "password": "a long pass phrase"})
    assert (answer.status_code, answer["Location"]) == (302, "/")

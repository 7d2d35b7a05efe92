"""Calls to the API as a script makes them: JSON and a bearer token."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.test import Client

from apps.accounts.enums import Scope
from apps.accounts.models import User
from tests.factories import make_token

ROOT = "/api/v1/"


class Caller:
    """A script with a token of `user`; every answer has its JSON as `.body`."""

    def __init__(self, user: User, *, scopes: Iterable[str] = tuple(Scope.values), **token: Any) -> None:
        self.user = user
        self.token, self.plaintext = make_token(user, scopes=scopes, **token)
        self.client = Client(headers={"Authorization": f"Bearer {self.plaintext}"})

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, **headers)

    def post(self, path: str, content: Any = None, **headers: str) -> Any:
        return self.send("post", path, {} if content is None else content, **headers)

    def put(self, path: str, content: Any, **headers: str) -> Any:
        return self.send("put", path, content, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, **headers)

    def send(self, method: str, path: str, content: Any = None, **headers: str) -> Any:
        body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = getattr(self.client, method)(
            path if path.startswith("/") else ROOT + path, data=body, content_type="application/json", headers=named
        )
        response.body = read(response)
        return response


def read(response: Any) -> Any:
    if response.streaming or "json" not in response.headers.get("Content-Type", ""):
        return None
    return json.loads(response.content)


def codes(response: Any) -> list[tuple[str, str]]:
    """The (code, field) pairs of a problem."""
    return [(error["code"], error["field"]) for error in response.body["errors"]]


def wish(host: str = "shop.dev.example.net", **fields: Any) -> dict[str, Any]:
    """The body of `POST /exposures/` in the contract."""
    path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
    return {"cluster": "dev-1", "namespace": "web", "host": host, "paths": [path], "reason": "A test."} | fields

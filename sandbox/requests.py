"""A request as the API understands it, and its answer: what the HTTP server hands over and gets back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.errors import Cause, bad_request, invalid
from sandbox.kinds import KINDS, Kind
from sandbox.rbac import Access, User

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    user: User

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes, user: User) -> "Request":
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return cls(method, unquote(parts.path), query, headers, body, user)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "")

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("true", "1")

    def number(self, name: str) -> int | None:
        text = self.query.get(name, "")
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None

    @property
    def dry_run(self) -> bool:
        value = self.query.get("dryRun", "")
        if value not in ("", "All"):
            cause = Cause(
                "FieldValueNotSupported", "dryRun", f'Unsupported value: ["{value}"]: supported values: "All"'
            )
            raise invalid("meta.k8s.io", "PatchOptions", "", [cause])
        return value == "All"

    @property
    def writer(self) -> str:
        agent = self.headers.get("user-agent", "unknown").partition("/")[0]
        return self.query.get("fieldManager") or agent[:128] or "unknown"


@dataclass(frozen=True)
class Response:
    code: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Iterator[bytes] | None = None


def json_response(body: Any, code: int = 200) -> Response:
    return Response(code, json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")


def text_response(text: str, code: int = 200) -> Response:
    return Response(code, text.encode(), "text/plain; charset=utf-8")


@dataclass(frozen=True)
class Target:
    """The resource that a path names."""

    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def kind(self) -> Kind | None:
        return KINDS.get(f"{self.group}/{self.resource}")

    def access(self, verb: str) -> Access:
        resource = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        return Access(verb, self.group, resource, self.namespace, self.name)


def target_of(path: str) -> Target | None:
    """None when the path is not about a resource."""
    parts = [part for part in path.split("/") if part]
    if parts[:2] == ["api", "v1"]:
        group, rest = "", parts[2:]
    elif len(parts) > 3 and parts[0] == "apis":
        group, rest = parts[1], parts[3:]
    else:
        return None
    return _resource(group, rest) if rest else None


def _resource(group: str, parts: list[str]) -> Target:
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        if len(parts) == 2 or (len(parts) == 3 and parts[2] in ("status", "finalize")):
            return Target(group, *_pad(["namespaces", namespace, *parts[2:]], namespace))
        parts = parts[2:]
    return Target(group, *_pad(parts, namespace))


def _pad(parts: Iterable[str], namespace: str) -> tuple[str, str, str, str]:
    resource, name, subresource = [*parts, "", ""][:3]
    return resource, namespace, name, subresource


VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def verb_of(request: Request, target: Target) -> str:
    if request.method == "GET":
        if target.name:
            return "get"
        return "watch" if request.flag("watch") else "list"
    if request.method == "DELETE" and not target.name:
        return "deletecollection"
    return VERBS.get(request.method, request.method.lower())

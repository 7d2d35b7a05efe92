"""Turns an API server's refusal into the gateway's error.

Only a well-formed Kubernetes `Status` is quoted, cleaned and cut. Any other body is reduced to its HTTP status: a
registered endpoint may be anything, and echoing it would make the portal a window into the network behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.common.sentences import gettext_noop as _n
from apps.common.sentences import say
from apps.kube.errors import (
    ApplyConflict,
    Cause,
    ClusterError,
    Forbidden,
    Gone,
    ObjectConflict,
    ObjectNotFound,
    RedirectRefused,
    Rejected,
    ServerFault,
    TooManyRequests,
    Unauthorized,
    clean_message,
)

CAUSE_LIMIT = 50
# The API server answers 500 to an apply with a field that the kind does not have; trying again will not make it exist.
_UNTYPED = "failed to create typed patch object"
_MANAGER = re.compile(r'conflict with "([^"]{1,200})"')


@dataclass(frozen=True, slots=True)
class Status:
    """What is quoted of a refusal."""

    reason: str = ""
    message: str = ""
    causes: list[Cause] = field(default_factory=list)
    retry_after: float | None = None


def error_from(
    http_status: int, content: bytes, headers: Mapping[str, str] | None = None, *, hide: str = ""
) -> ClusterError:
    """The error for one answer with a status of 300 or more; `hide` is blotted out wherever it occurs."""
    status = _read_status(content, hide)
    retry_after = _seconds((headers or {}).get("Retry-After")) or status.retry_after
    message = status.message or say(_n("The cluster answered with status %(status)d."), status=http_status)
    return _error(http_status, status, message, retry_after)


def error_from_status_object(status: Mapping[str, Any]) -> ClusterError:
    """The same for a Status that arrives as an event of a watch."""
    code = status.get("code")
    return error_from(code if isinstance(code, int) else 500, json.dumps(status).encode())


def _error(http_status: int, status: Status, message: str, retry_after: float | None) -> ClusterError:
    fields: dict[str, Any] = {"reason": status.reason} if status.reason else {}
    if http_status < 400:
        return RedirectRefused(_n("The cluster's endpoint redirects, which is not followed."), http_status=http_status)
    if http_status == 409:
        return _conflict(status, message)
    if http_status in {400, 406, 413, 415, 422} or message.startswith(_UNTYPED):
        return Rejected(message, causes=status.causes, **fields)
    if http_status == 429:
        return TooManyRequests(message, retry_after=retry_after, **fields)
    simple = {401: Unauthorized, 403: Forbidden, 404: ObjectNotFound, 410: Gone}.get(http_status)
    if simple:
        return simple(message, **fields)
    return (
        ServerFault(message, retry_after=retry_after, **fields) if http_status >= 500 else Rejected(message, **fields)
    )


def _conflict(status: Status, message: str) -> ObjectConflict:
    owned = [cause for cause in status.causes if cause.reason == "FieldManagerConflict"]
    if not owned:
        return ObjectConflict(message, **({"reason": status.reason} if status.reason else {}))
    managers = [match.group(1) for cause in owned if (match := _MANAGER.search(cause.message))]
    return ApplyConflict(
        message,
        managers=list(dict.fromkeys(managers)),
        fields_in_conflict=[cause.field.removeprefix(".") for cause in owned],
    )


def _read_status(content: bytes, hide: str) -> Status:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return Status()
    if not isinstance(body, dict) or body.get("kind") != "Status":
        return Status()
    details = body.get("details")
    details = details if isinstance(details, dict) else {}
    return Status(
        reason=_clean(body.get("reason"), hide),
        message=_clean(body.get("message"), hide),
        causes=_causes(details.get("causes"), hide),
        retry_after=_seconds(details.get("retryAfterSeconds")),
    )


def _causes(causes: Any, hide: str) -> list[Cause]:
    found = [cause for cause in causes if isinstance(cause, dict)] if isinstance(causes, list) else []
    return [
        Cause(_clean(cause.get("reason"), hide), _clean(cause.get("field"), hide), _clean(cause.get("message"), hide))
        for cause in found[:CAUSE_LIMIT]
    ]


def _clean(value: Any, hide: str) -> str:
    text = value if isinstance(value, str) else ""
    return clean_message(text.replace(hide, "[removed]") if hide else text)


def _seconds(value: Any) -> float | None:
    """A pause in whole seconds, at most an hour; an HTTP date or nonsense counts as not given."""
    text = str(value) if isinstance(value, str | int) else ""
    return float(min(int(text), 3600)) if text.isascii() and text.isdigit() and len(text) < 10 else None

"""The error tree that every app raises and only the edges (pages, API, tasks) translate.

Each error carries a stable `code`, a sentence for people, and optionally the list of single violations with the field
they belong to. The module is free of Django so that the cluster gateway can use it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: a stable `code`, the dotted `field` it belongs to, what is wrong, and the next step."""

    code: str
    field: str
    message: str
    hint: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class PortalError(Exception):
    """Base of everything the product raises on purpose.

    `code` is stable and meant for programs, `message` is one sentence in the reader's language, `fields` are further
    members of the problem document (never a secret).
    """

    code = "error"
    status = 400

    def __init__(self, message: str = "", *, code: str | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.fields = fields


class InvalidInput(PortalError):
    """The input has the wrong shape: a missing field, a wrong type, an unknown name."""

    code = "invalid"
    status = 400

    def __init__(self, message: str = "", *, errors: list[Violation] | None = None, **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.errors = errors or []


class PolicyViolation(PortalError):
    """The input is well formed but breaks one or more rules; `errors` lists all of them."""

    code = "policy_violation"
    status = 422

    def __init__(self, message: str = "", *, errors: list[Violation], **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.errors = errors


class NotPermitted(PortalError):
    """The actor may see the object but may not do this to it."""

    code = "not_permitted"
    status = 403


class NotFound(PortalError):
    """The object does not exist, or the actor may not know that it does."""

    code = "not_found"
    status = 404


class Conflict(PortalError):
    """The action collides with another object or with the present state of this one; `errors` where fields did it."""

    code = "conflict"
    status = 409

    def __init__(self, message: str = "", *, errors: list[Violation] | None = None, **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.errors = errors or []


class InvalidTransition(Conflict):
    """The object is no longer in a state from which this is possible; `state` names the present one."""

    code = "invalid_transition"


class StaleRevision(Conflict):
    """The decision was made on other content than the present one; `content_hash` names the present one."""

    code = "stale_revision"


class Unavailable(PortalError):
    """The answer needs a part that cannot be reached now."""

    code = "unavailable"
    status = 503

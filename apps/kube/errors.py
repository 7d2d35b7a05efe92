"""What can go wrong between the portal and a cluster, sorted by who can do something about it.

Every failure of the gateway is a `ClusterError` with a stable `code` and says in `transient` whether trying again may
help. Messages never contain more of a server's answer than its reason and a cut, cleaned message: a registered endpoint
may be hostile, and an answer may repeat a token. Nothing of `urllib3` or `kubernetes` leaves this package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.common.errors import PolicyViolation, PortalError

MESSAGE_LIMIT = 400

_SECRETS = re.compile(
    r"-----BEGIN [^-]*-----.*?(?:-----END [^-]*-----|$)"
    r"|\b[Bb]earer\s+\S+"
    r"|\beyJ[\w-]{8,}(?:\.[\w-]+){1,4}"
    # Base64 as long as a key's: an admission webhook may repeat the Secret that it refuses.
    r"|[A-Za-z0-9+/]{80,}={0,2}",
    re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def clean_message(text: str, *, limit: int = MESSAGE_LIMIT) -> str:
    """One line of at most `limit` characters with tokens, PEM blocks and long base64 blotted out."""
    line = _CONTROL.sub(" ", _SECRETS.sub("[removed]", text)).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


class ClusterError(PortalError):
    """The cluster could not or would not do what was asked."""

    code = "cluster_error"
    status = 502
    transient: ClassVar[bool] = False


class Unreachable(ClusterError):
    """No answer: the name does not resolve, the connection fails or stalls, TLS does not come up."""

    code = "cluster_unreachable"
    status = 503
    transient = True


class Untrusted(Unreachable):
    """Something answers, but its certificate is not the cluster's: retrying does not help, a person must look."""

    code = "cluster_untrusted"
    transient = False


class Unauthorized(ClusterError):
    """The cluster does not know our credential (401)."""

    code = "cluster_unauthorized"


class Forbidden(ClusterError):
    """The cluster knows us and says no (403)."""

    code = "cluster_forbidden"


class ObjectNotFound(ClusterError):
    """The object, or the kind itself, does not exist there (404)."""

    code = "object_not_found"
    status = 404


class ObjectConflict(ClusterError):
    """The object moved on: another uid or resourceVersion than the one we meant, or it exists already (409)."""

    code = "object_conflict"
    status = 409


class ApplyConflict(ObjectConflict):
    """Fields that we want are owned by others; `managers` names them, `fields_in_conflict` the fields."""

    code = "apply_conflict"

    def __init__(self, message: str = "", *, managers: list[str], fields_in_conflict: list[str], **fields: Any) -> None:
        super().__init__(message, managers=managers, fields_in_conflict=fields_in_conflict, **fields)
        self.managers = managers
        self.fields_in_conflict = fields_in_conflict


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the reasons of a refusal, as the API server lists them."""

    reason: str
    field: str
    message: str


class Rejected(ClusterError):
    """The API server or an admission webhook refuses the object; `causes` has its details."""

    code = "cluster_rejected"
    status = 422

    def __init__(self, message: str = "", *, causes: list[Cause] | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.causes = causes or []


class TooManyRequests(ClusterError):
    """The API server asks for a pause (429); `retry_after` in seconds if it said how long."""

    code = "cluster_busy"
    status = 503
    transient = True

    def __init__(self, message: str = "", *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after = retry_after


class ServerFault(ClusterError):
    """The API server failed (5xx) or its answer cannot be understood."""

    code = "cluster_fault"
    transient = True

    def __init__(self, message: str = "", *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after = retry_after


class AnswerTooLarge(ClusterError):
    """The answer exceeds what the gateway reads; nothing of it is used."""

    code = "cluster_answer_too_large"


class Gone(ClusterError):
    """The resourceVersion or continue token is too old (410): list again."""

    code = "resource_version_gone"
    transient = True


class RedirectRefused(ClusterError):
    """The endpoint answers with a redirect, which the gateway never follows."""

    code = "cluster_redirects"


class AddressRefused(ClusterError, PolicyViolation):
    """The endpoint is no address that the portal may call; `errors` holds the one reason."""

    code = "address_refused"
    status = 422


class KubeconfigRefused(PolicyViolation):
    """The kubeconfig, endpoint or credential cannot be accepted; `errors` lists each reason with its field."""

    code = "kubeconfig_refused"

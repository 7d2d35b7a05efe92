"""The API's refusals, in the shape of a Kubernetes `Status`.

Every refusal is an `ApiError`; whoever serves the request turns it into the HTTP answer. Messages are those of
kube-apiserver, because clients (kubectl, and people) read them.
"""

from dataclasses import dataclass
from typing import Any

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


@dataclass(frozen=True)
class Cause:
    """One field that was refused: `field` is a dotted path, `reason` a CamelCase constant."""

    reason: str
    field: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {key: value for key, value in vars(self).items() if value}


class ApiError(Exception):
    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def status(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        return body | {"code": self.code}


def qualified(name: str, group: str) -> str:
    return f"{name}.{group}" if group else name


def _details(kind: str, group: str, name: str) -> dict[str, Any]:
    return {key: value for key, value in (("name", name), ("group", group), ("kind", kind)) if value}


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(group: str, resource: str, name: str, message: str) -> ApiError:
    subject = qualified(resource, group) + (f' "{name}"' if name else "")
    return ApiError(403, "Forbidden", f"{subject} is forbidden: {message}", _details(resource, group, name))


def not_found(group: str, resource: str, name: str) -> ApiError:
    message = f'{qualified(resource, group)} "{name}" not found'
    return ApiError(404, "NotFound", message, _details(resource, group, name))


def no_such_resource() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> ApiError:
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message, {})


def already_exists(group: str, resource: str, name: str) -> ApiError:
    message = f'{qualified(resource, group)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, _details(resource, group, name))


def conflict(group: str, kind: str, name: str, why: str) -> ApiError:
    message = f'Operation cannot be fulfilled on {qualified(kind, group)} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(kind, group, name))


def expired(message: str) -> ApiError:
    return ApiError(410, "Expired", message)


def unsupported_media_type(message: str, details: dict[str, Any] | None = None) -> ApiError:
    return ApiError(415, "UnsupportedMediaType", message, details)


def invalid(group: str, kind: str, name: str, causes: list[Cause]) -> ApiError:
    lines = [f"{cause.field}: {cause.message}" for cause in causes]
    text = lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"
    details = _details(kind, group, name) | {"causes": [cause.as_json() for cause in causes]}
    return ApiError(422, "Invalid", f'{qualified(kind, group)} "{name}" is invalid: {text}', details)


def required(field: str, message: str = "") -> Cause:
    return Cause("FieldValueRequired", field, f"Required value: {message}" if message else "Required value")


def not_supported(field: str, value: str, supported: list[str]) -> Cause:
    names = ", ".join(f'"{name}"' for name in sorted(supported))
    return Cause("FieldValueNotSupported", field, f'Unsupported value: "{value}": supported values: {names}')


def invalid_value(field: str, value: str | int | None, message: str) -> Cause:
    shown = "null" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
    return Cause("FieldValueInvalid", field, f"Invalid value: {shown}: {message}")

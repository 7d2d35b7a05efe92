"""What a user states about an exposure, in one canonical form.

`parse_spec` takes the JSON of the REST contract (the form builds the same) and returns an `ExposureSpec` or lists
everything that has the wrong shape. Whether the spec is *allowed* is for the policies to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.errors import PolicyViolation, Violation
from apps.domains.hosts import InvalidHost, normalise_host
from apps.exposures.options import parse_options

PATH_TYPES = ("Prefix", "Exact", "ImplementationSpecific")
MAX_PATHS = 50
# IANA_SVC_NAME of a Service port (Kubernetes ServicePort.name)
PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
SERVICE_NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
SECRET_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
# RFC 3986 path characters; regular expressions, spaces and quotes have no place in a Prefix or Exact path.
MAX_PATH_LENGTH = 1000
EMPTY_PART = re.compile(r"//|%2f|%5c")
DOT_PARTS = frozenset({".", "..", "%2e", "%2e%2e", ".%2e", "%2e."})
BAD_ENCODING = re.compile(r"%(?![0-9a-f]{2})|%[01][0-9a-f]|%7f")
# Letters, digits, hyphen, dot, underscore and tilde: encoded, they are the same path in another spelling, which some
# controllers never match and others take for the plain one.
NEEDLESS_ENCODING = re.compile(r"%(?:3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a]|2d|2e|5f|7e)")
PATH = re.compile(r"/[A-Za-z0-9._~+=:@%/-]*")


@dataclass(frozen=True, slots=True)
class PathSpec:
    """One path and its backend; `service_port` is the port's name, or its number."""

    path: str
    path_type: str
    service_name: str
    service_port: str | int

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "path_type": self.path_type,
            "service_name": self.service_name,
            "service_port": self.service_port,
        }


@dataclass(frozen=True, slots=True)
class ExposureSpec:
    """HTTPS comes with a Secret or, with `default_certificate`, with what the cluster's controller serves by itself.

    `ingress_class_name` None means the cluster's default.
    """

    host: str
    paths: tuple[PathSpec, ...]
    tls_secret_name: str | None = None
    ingress_class_name: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    default_certificate: bool = False

    @property
    def has_tls(self) -> bool:
        return self.tls_secret_name is not None or self.default_certificate

    @property
    def scheme(self) -> str:
        return "https" if self.has_tls else "http"

    @property
    def tls(self) -> dict[str, Any] | None:
        """As the REST contract has it."""
        if self.default_certificate:
            return {"default_certificate": True}
        return {"secret_name": self.tls_secret_name} if self.tls_secret_name else None

    def as_json(self) -> dict[str, Any]:
        """The canonical JSON, in the shape of the REST contract."""
        return {
            "host": self.host,
            "paths": [path.as_json() for path in self.paths],
            "tls": self.tls,
            "options": dict(self.options),
            "ingress_class_name": self.ingress_class_name,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExposureSpec:
        """Back from `as_json`; the data is ours and is trusted."""
        return cls(
            host=data["host"],
            paths=tuple(PathSpec(**path) for path in data["paths"]),
            tls_secret_name=(data.get("tls") or {}).get("secret_name"),
            ingress_class_name=data.get("ingress_class_name"),
            options=data.get("options") or {},
            default_certificate=bool((data.get("tls") or {}).get("default_certificate")),
        )


def parse_spec(data: Mapping[str, Any]) -> ExposureSpec:
    """The spec stated by `data` (shape-checked JSON). Raises PolicyViolation listing every violation by its field."""
    violations: list[Violation] = []
    host = _parse_host(data.get("host", ""), violations)
    paths = tuple(_parse_path(path, f"paths.{index}", violations) for index, path in enumerate(data.get("paths") or []))
    violations += _check_path_list(paths)
    secret_name = _parse_tls(data.get("tls"), violations)
    options, broken_options = parse_options(
        data.get("options") or {},
        has_tls=data.get("tls") is not None,
        path_types=[path.path_type for path in paths],
    )
    violations += broken_options
    if violations:
        raise PolicyViolation(_errors_sentence(len(violations)), errors=violations)
    return ExposureSpec(
        host=host,
        paths=paths,
        tls_secret_name=secret_name,
        ingress_class_name=data.get("ingress_class_name") or None,
        options=options,
        default_certificate=bool((data.get("tls") or {}).get("default_certificate")),
    )


def _errors_sentence(count: int) -> str:
    return ngettext("The exposure has one error.", "The exposure has %(count)d errors.", count) % {"count": count}


def _parse_tls(data: Mapping[str, Any] | None, violations: list[Violation]) -> str | None:
    if data is None:
        return None
    if data.get("default_certificate"):
        if data.get("secret_name"):
            message, hint = _("Choose a Secret or the cluster’s default certificate, not both."), _("Leave one out.")
            violations.append(Violation("secret_not_offered", "tls.secret_name", message, hint))
        return None
    secret_name: str = data.get("secret_name") or ""
    if not SECRET_NAME.fullmatch(secret_name):
        message, hint = _("Name the Secret with the certificate."), _("Choose one of those offered for this host.")
        violations.append(Violation("secret_not_offered", "tls.secret_name", message, hint))
    return secret_name


def _parse_host(text: str, violations: list[Violation]) -> str:
    try:
        return normalise_host(text)
    except InvalidHost as error:
        violations.append(error.violation)
        return ""


def _parse_path(data: Mapping[str, Any], place: str, violations: list[Violation]) -> PathSpec:
    path = data.get("path") or "/"
    path_type = data.get("path_type") or "Prefix"
    service_name = data.get("service_name") or ""
    service_port = _parse_port(data.get("service_port"))
    if problem := path_problem(path):
        violations.append(
            Violation("path_invalid", f"{place}.path", problem, _("Write it like /shop or /api/v1."))
        )  # fmt: skip
    if path_type not in PATH_TYPES:
        violations.append(
            Violation("path_invalid", f"{place}.path_type", _("Use Prefix, Exact or ImplementationSpecific."))
        )
    if not SERVICE_NAME.fullmatch(service_name):
        violations.append(
            Violation("service_not_found", f"{place}.service_name", _("Name a Service of this namespace."))
        )
    if service_port is None:
        violations.append(
            Violation("port_not_found", f"{place}.service_port", _("Name the port, or give a number from 1 to 65535."))
        )
    return PathSpec(path, path_type, service_name, service_port if service_port is not None else 0)


def _parse_port(value: object) -> str | int | None:
    """A port name, or a number; digits in a string mean the number, as in kubectl."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 1 <= value <= 65535 else None
    if isinstance(value, str) and PORT_NAME.fullmatch(value):
        return value
    return None


def path_problem(path: str) -> str:
    """Why Kubernetes or a controller would refuse or misread the path; empty when it would not.

    Follows the Ingress validation of the API server (absolute, no `//`, `/./`, `/../`, `%2f`, `%5c`) and refuses
    everything that could leave a controller's configuration (ingress-pitfalls, injection rules).
    """
    if not path.startswith("/"):
        return _("A path starts with a slash.")
    if len(path) > MAX_PATH_LENGTH:
        return _("The path is longer than 1000 characters.")
    if not PATH.fullmatch(path):
        return _("The path has a character that does not belong in a path.")
    return _segment_problem(path.lower())


def _segment_problem(lowered: str) -> str:
    if EMPTY_PART.search(lowered):
        return _("The path has an empty part or an encoded slash.")
    if any(part in DOT_PARTS for part in lowered.split("/")):
        return _("The path may not have “.” or “..” as a part.")
    if BAD_ENCODING.search(lowered):
        return _("The path has a broken or forbidden percent-encoding.")
    if needless := NEEDLESS_ENCODING.search(lowered):
        return _("“%(code)s” in the path is another spelling of “%(plain)s”.") % {
            "code": needless[0],
            "plain": unquote(needless[0]),
        }
    return ""


def _check_path_list(paths: tuple[PathSpec, ...]) -> list[Violation]:
    if not paths:
        return [
            Violation("path_invalid", "paths", _("Give at least one path."), _("“/” with Prefix takes everything."))
        ]
    if len(paths) > MAX_PATHS:
        return [Violation("path_invalid", "paths", _("At most 50 paths."))]
    seen: set[tuple[str, str]] = set()
    violations = []
    for index, path in enumerate(paths):
        key = (
            (path.path_type, path.path.rstrip("/") or "/")
            if path.path_type == "Prefix"
            else (path.path_type, path.path)
        )
        if key in seen:
            violations.append(Violation("path_invalid", f"paths.{index}.path", _("This path stands here twice.")))
        seen.add(key)
    return violations

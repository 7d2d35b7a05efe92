"""What a cluster's plain properties must look like. Each rule takes what was typed and gives the value to store.

A rule that is broken raises `RuleError` with its violation; `collect` runs several and reports all that are.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.clusters.enums import Environment
from apps.common.errors import InvalidInput, Violation
from apps.kube.addresses import check_ip
from apps.kube.errors import AddressRefused

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
# Words that stand in addresses where the name of a cluster does: /clusters/register/.
RESERVED_NAMES = frozenset({"register", "new", "export"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
DEFAULT_PORTS = {"http_port": 80, "https_port": 443}
ADDRESS_LIMIT = 20
REASON_LIMIT = 300
ENDPOINT_LIMIT = 300
# One label, at least a letter and its dot, must still fit in front of a wildcard domain.
WILDCARD_LIMIT = 251

Rule = Callable[[Any], Any]


class RuleError(Exception):
    """One rule is broken; never leaves this module."""

    def __init__(self, code: str, field: str, message: str, hint: str = "") -> None:
        super().__init__(code)
        self.violation = Violation(code, field, message, hint)


def collect(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored; InvalidInput with every broken rule, unknown names included."""
    cleaned: dict[str, Any] = {}
    violations: list[Violation] = []
    for name, value in values.items():
        try:
            cleaned[name] = _rule(name)(value)
        except RuleError as broken:
            violations.append(broken.violation)
    if violations:
        raise InvalidInput(violations[0].message, errors=violations)
    return cleaned


def clean_name(value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        hint = _("Use lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit.")
        raise RuleError("invalid_name", "name", _("This is not a name for a cluster."), hint)

    if value in RESERVED_NAMES:
        hint = _("Choose another one, such as %(name)s-1.") % {"name": value}
        raise RuleError("reserved_name", "name", _("Pages of the portal have this name in their address."), hint)
    return value


def clean_environment(value: Any) -> str:
    if not isinstance(value, str) or value not in Environment.values:
        hint = _("Choose one of %(names)s.") % {"names": ", ".join(Environment.values)}
        raise RuleError("invalid_environment", "environment", _("There is no such environment."), hint)
    return value


def clean_wildcard_domain(value: Any) -> str:
    """Lower-case, without a trailing dot; empty when the cluster has none."""
    if value in (None, ""):
        return ""
    text = value.strip().lower().removesuffix(".") if isinstance(value, str) else "*"
    if len(text) > WILDCARD_LIMIT or "." not in text or not is_dns_name(text):
        hint = _("Enter the domain without “*.”, such as dev.example.net.")
        raise RuleError("invalid_wildcard_domain", "wildcard_domain", _("This is not a domain name."), hint)
    return text


def clean_ingress_class_name(value: Any) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or not SUBDOMAIN.fullmatch(value) or ".." in value:
        hint = _("Use the name that `kubectl get ingressclass` shows.")
        message = _("This is not a name of an ingress class.")
        raise RuleError("invalid_ingress_class_name", "default_ingress_class_name", message, hint)
    return value


def clean_server_name(value: Any) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or not is_dns_name(value.lower()):
        message = _("The TLS server name is not a host name.")
        raise RuleError("invalid_tls_server_name", "tls_server_name", message)
    return value


def clean_entry(value: Any) -> dict[str, Any]:
    """Addresses (IP or name) and both ports, complete; nothing else."""
    given = {} if value is None else value
    if not isinstance(given, Mapping):
        raise RuleError("invalid", "entry", _("The entry is an object with addresses, http_port and https_port."))
    for name in given:
        if name not in {"addresses", *DEFAULT_PORTS}:
            raise RuleError("unknown_field", f"entry.{str(name)[:60]}", _("The entry has no such field."))
    addresses = given.get("addresses") or []
    if not isinstance(addresses, list) or len(addresses) > ADDRESS_LIMIT:
        message = _("The addresses are a list of at most %(limit)s.") % {"limit": ADDRESS_LIMIT}
        raise RuleError("invalid", "entry.addresses", message)
    cleaned = [_clean_address(address, f"entry.addresses.{index}") for index, address in enumerate(addresses)]
    ports = {name: _clean_port(given.get(name), default, f"entry.{name}") for name, default in DEFAULT_PORTS.items()}
    return {"addresses": list(dict.fromkeys(cleaned)), **ports}


def clean_pause_reason(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > REASON_LIMIT or CONTROL.search(text):
        message = _("Say in one line of at most %(limit)s characters why.") % {"limit": REASON_LIMIT}
        raise RuleError("invalid", "reason", message, _("Developers see it wherever they would change something."))
    return text


def is_dns_name(text: str) -> bool:
    """A lower-case host name, and not an IP address in disguise."""
    labels = text.split(".")
    return len(text) <= 253 and all(LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def _clean_address(value: Any, field: str) -> str:
    text = value.strip().lower().removesuffix(".") if isinstance(value, str) else ""
    try:
        check_ip(text, allow_loopback=settings.PORTICO_ALLOW_LOOPBACK_CLUSTERS)
        return str(ipaddress.ip_address(text))
    except AddressRefused as refusal:
        raise RuleError(refusal.code, field, _(refusal.message)) from refusal
    except ValueError as error:
        if text and text.isascii() and is_dns_name(text):
            return text
        raise RuleError("invalid_address", field, _("This is neither an IP address nor a host name.")) from error


def _clean_port(value: Any, default: int, field: str) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
        raise RuleError("invalid_port", field, _("A port is a whole number from 1 to 65535."))
    return value


def _rule(name: str) -> Rule:
    if name in RULES:
        return RULES[name]
    raise RuleError("unknown_field", name[:60], _("A cluster has no such field that can be changed."))


RULES: dict[str, Rule] = {
    "name": clean_name,
    "environment": clean_environment,
    "wildcard_domain": clean_wildcard_domain,
    "entry": clean_entry,
    "default_ingress_class_name": clean_ingress_class_name,
    "tls_server_name": clean_server_name,
    "reason": clean_pause_reason,
}

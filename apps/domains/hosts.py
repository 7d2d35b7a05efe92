"""The one normaliser of host names: every path into the product goes through it.

Lower case, no trailing dot, IDNA 2008 with UTS-46 mapping, RFC 1123 labels of at most 63 octets, 253 in all, at least
two labels, no address. Kubernetes refuses upper case and IP addresses in `spec.rules[].host`; names that differ only in
spelling must be one name here, or two teams could own the same host.
"""

from __future__ import annotations

import ipaddress
import re

import idna
from django.utils.translation import gettext as _

from apps.common.errors import Violation

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MAX_LENGTH = 253


class InvalidHost(ValueError):
    """The text cannot be a host; `violation` says why."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.message)
        self.violation = violation


def normalise_host(text: str, *, field: str = "host") -> str:
    """The canonical form of a host. Raises InvalidHost with code `host_invalid`."""
    host = text.strip(" ").lower().removesuffix(".")
    if not host:
        raise _invalid(field, _("The host is empty."))
    if not host.isascii():
        host = _to_ascii(host, field)
    if len(host) > MAX_LENGTH:
        raise _invalid(field, _("The host has %(count)d characters; 253 is the limit.") % {"count": len(host)})
    if host.startswith("*."):
        raise _invalid(field, _("A wildcard is not one host. Name the host itself."))
    _check_labels(host, field)
    return host


def is_under(host: str, domain: str) -> bool:
    """Whether the host is a name below the domain, at any depth."""
    return bool(domain) and host.endswith("." + domain)


def is_one_label_under(host: str, domain: str) -> bool:
    """Whether the host is exactly one label below the domain, as a DNS wildcard record covers it (E4)."""
    return is_under(host, domain) and "." not in host[: -len(domain) - 1]


def _to_ascii(host: str, field: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError as error:
        raise _invalid(field, _("The host is not a valid international name.")) from error


def _check_labels(host: str, field: str) -> None:
    labels = host.split(".")
    if len(labels) < 2:
        raise _invalid(field, _("The host needs at least two labels, like shop.example.com."))
    for label in labels:
        if len(label) > 63:
            raise _invalid(field, _("The part “%(label)s…” is longer than 63 characters.") % {"label": label[:20]})
        if not LABEL.fullmatch(label):
            raise _invalid(
                field,
                _(
                    "“%(label)s” may only have letters a–z, digits and hyphens, "
                    "and starts and ends with a letter or digit."
                )
                % {"label": label[:70]},
            )
        if label.startswith("xn--"):
            _check_punycode(label, field)
    if labels[-1].isdigit() or _is_address(host):
        raise _invalid(field, _("An address is not a host name."))


def _check_punycode(label: str, field: str) -> None:
    try:
        idna.decode(label)
    except (idna.IDNAError, UnicodeError) as error:
        raise _invalid(field, _("“%(label)s” is not a valid international name.") % {"label": label[:70]}) from error


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _invalid(field: str, message: str) -> InvalidHost:
    hint = _("Use a name like shop.example.com.")
    return InvalidHost(Violation(code="host_invalid", field=field, message=message, hint=hint))

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
# What stands beside the host in the address of a page: path, query, port, user.
BESIDE_HOST = re.compile(r"[/?#:@\\]")
# As a last label it makes an address of the whole, in every browser.
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


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
    if _is_address(host.strip("[]").partition("%")[0]):
        raise _invalid(field, _("An address is not a host name."))
    if BESIDE_HOST.search(host):
        raise _too_much(field, host)
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
        raise _invalid(field, _("The host needs at least two labels."))
    if "" in labels:
        raise _invalid(field, _("The host starts with a dot or has two dots in a row."))
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
    if NUMBER.fullmatch(labels[-1]):
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


def _too_much(field: str, text: str) -> InvalidHost:
    """For an address copied from a browser: which part of it is the host."""
    message = _("Give the host alone, without https://, user name, port and path.")
    host = BESIDE_HOST.split(text.rpartition("//")[2] if "//" in text else text)[0]
    try:
        _check_labels(host, field)
    except InvalidHost:
        return _invalid(field, message)
    return _invalid(field, message, _("Write %(host)s.") % {"host": host})


def _invalid(field: str, message: str, hint: str = "") -> InvalidHost:
    hint = hint or _("Use a name like shop.example.com.")
    return InvalidHost(Violation(code="host_invalid", field=field, message=message, hint=hint))

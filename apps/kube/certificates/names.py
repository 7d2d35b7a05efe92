"""Whom a certificate speaks for: its alternative names, never the common name, and whether they cover a host."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

import idna
from cryptography import x509


def covers(host: str, names: Iterable[str]) -> bool:
    """Whether one of `names` stands for `host`: equal, or `*.` and exactly one label; never over a single label.

    Case, the spelling of international names and a dot at the end of the host make no difference; a name that ends in
    a dot stands for nothing, since clients compare it as it is. An address is never covered, because clients look for
    it among the addresses of a certificate, not among its names.
    """
    accepted = _accepted(host)
    return bool(accepted) and any(_canonical(name) in accepted for name in names if not name.endswith("."))


@lru_cache(maxsize=256)
def _accepted(host: str) -> frozenset[str]:
    """The names that stand for the host; kept, because one host is compared with thousands of certificates."""
    wanted = _canonical(host)
    if not wanted or _is_address(wanted):
        return frozenset()
    first, _, parent = wanted.partition(".")
    if first not in {"", "*"} and "." in parent.strip("."):
        return frozenset({wanted, f"*.{parent}"})
    return frozenset({wanted})


def can_match(name: str) -> bool:
    """Whether a client would accept the name for any host at all: a wildcard only as the whole first label, and no dot
    at the end.
    """
    first, _, parent = name.partition(".")
    if "*" not in name:
        return bool(first) and not name.endswith(".")
    return first == "*" and "*" not in parent and "." in parent and not name.endswith(".")


def subject_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names, all of them, in lower case and in their order. Raises ValueError for one that Go refuses."""
    names = [name.value.lower() for name in _alternative_names(certificate) if isinstance(name, x509.DNSName)]
    if not all(map(str.isascii, names)):
        raise ValueError("a name is not ASCII")
    return tuple(names)


def other_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Addresses, mailboxes and URIs: shown, but no host is found by them."""
    shown = (x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)
    return tuple(str(name.value) for name in _alternative_names(certificate) if isinstance(name, shown))


def common_name(name: x509.Name) -> str:
    """For showing only; nothing is decided by it."""
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _alternative_names(certificate: x509.Certificate) -> Iterable[x509.GeneralName]:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()


def _canonical(name: str) -> str:
    plain = name.lower().removesuffix(".")
    if plain.isascii():
        return plain
    wildcard = "*." if plain.startswith("*.") else ""
    try:
        return wildcard + idna.encode(plain.removeprefix("*."), uts46=True).decode().removesuffix(".")
    except UnicodeError:
        # No client would ask for it, so no certificate stands for it.
        return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

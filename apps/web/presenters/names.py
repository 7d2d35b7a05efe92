"""The record table of a host: what to set in DNS, what it resolves to now, along which chain, and since when."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common.conditions import is_true
from apps.common.said import shown
from apps.domains.dns.asking import Outcome
from apps.domains.dns.servers import OFF
from apps.domains.hosts import is_one_label_under
from apps.domains.models import NameCheck
from apps.domains.services_dns import WILDCARD_CONDITION, wildcard_name
from apps.exposures.models import Exposure
from apps.web.presenters.exposure_state import Badge


@dataclass(frozen=True, slots=True)
class Record:
    """One record that leads to the entry, and what is there now."""

    type: str
    name: str
    value: str
    now: tuple[str, ...]
    is_set: bool


@dataclass(frozen=True, slots=True)
class NameCard:
    host: str
    badge: Badge
    message: str
    hint: str
    records: tuple[Record, ...]
    chain: tuple[str, ...]
    ttl: int | None
    issuers: str
    checked_at: datetime | None
    is_wildcard: bool
    is_hidden: bool
    may_check: bool


def name_card(exposure: Exposure) -> NameCard:
    """From rows only: nobody is asked while a page is made."""
    row = NameCheck.objects.filter(cluster=exposure.cluster, name=exposure.host).first()
    found: dict[str, Any] = row.found if row else {}
    return NameCard(
        host=exposure.host,
        badge=_badge(found.get("status", "")),
        message=shown(found) or _("Not checked yet."),
        hint=_(found["hint"]) if found.get("hint") else "",
        records=tuple(_records(exposure, found)),
        chain=_chain(exposure.host, found),
        ttl=found.get("ttl"),
        issuers=_issuers(found.get("issuers")),
        checked_at=row.checked_at if row else None,
        is_wildcard=_is_covered(exposure),
        is_hidden=_is_hidden(exposure, found),
        may_check=exposure.deleted_at is None and settings.PORTICO_RESOLVERS != OFF,
    )


def _records(exposure: Exposure, found: dict[str, Any]) -> list[Record]:
    """One record per address of the entry; a host that the wildcard covers needs none but the wildcard's own."""
    name = wildcard_name(exposure.cluster) if _is_covered(exposure) else exposure.host
    targets = [link["target"] for link in found.get("links", [])]
    addresses = found.get("addresses", [])
    return [_record(name, value, targets, addresses, found) for value in exposure.cluster.entry_addresses]


def _record(name: str, value: str, targets: list[str], addresses: list[str], found: dict[str, Any]) -> Record:
    kind = _type_of(value)
    if kind == "CNAME":
        leads_there = found.get("reason") == "PointsAtEntry"
        return Record(kind, name, value, tuple(targets[:1] or addresses), value in targets or leads_there)
    family = tuple(address for address in addresses if _type_of(address) == kind)
    return Record(kind, name, value, family, str(ipaddress.ip_address(value)) in family)


def _type_of(value: str) -> str:
    try:
        return "A" if ipaddress.ip_address(value).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"


def _is_covered(exposure: Exposure) -> bool:
    return is_one_label_under(exposure.host, exposure.cluster.wildcard_domain)


def _is_hidden(exposure: Exposure, found: dict[str, Any]) -> bool:
    """The wildcard works and does not count here: a record at or below the host takes its place (RFC 4592)."""
    is_missing = found.get("reason") in {Outcome.NO_SUCH_NAME, Outcome.NO_ADDRESS}
    return is_missing and _is_covered(exposure) and is_true(exposure.cluster.conditions, WILDCARD_CONDITION)


def _chain(host: str, found: dict[str, Any]) -> tuple[str, ...]:
    """Every name on the way with the TTL of the record that leads to it, when there is more than the host itself."""
    links = found.get("links", [])
    if not links:
        return ()
    addresses = [", ".join(found["addresses"])] if found["addresses"] else []
    return (host, *(f"{link['target']} ({link['ttl']} s)" for link in links), *addresses)


def _issuers(issuers: dict[str, Any] | None) -> str:
    """The CAA records in words; empty without any, because then every authority may issue."""
    if issuers is None:
        return ""
    if not issuers["allowed"]:
        return _("The CAA records of %(at)s forbid every certificate authority.") % {"at": issuers["at"]}
    allowed = ", ".join(issuers["allowed"])
    return _("The CAA records of %(at)s allow certificates from %(allowed)s only.") % {
        "at": issuers["at"],
        "allowed": allowed,
    }


def _badge(status: str) -> Badge:
    words = {"True": ("ok", _("yes")), "False": ("bad", _("no"))}
    return Badge(*words.get(status, ("mute", _("not known"))))

"""The record table of a host: what to set in DNS, what it resolves to now, along which chain, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.clusters.models import Cluster
from apps.common.conditions import is_true
from apps.common.said import shown
from apps.domains.dns.asking import Outcome
from apps.domains.dns.servers import OFF
from apps.domains.records import Record, is_covered, name_check_of, records_for
from apps.domains.services_dns import WILDCARD_CONDITION, wildcard_name
from apps.exposures.models import Exposure
from apps.web.presenters.exposure_state import Badge


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

    @property
    def is_asked(self) -> bool:
        """Whether this portal asks name servers at all; where it does not, nothing is known and nothing can be done."""
        return settings.PORTICO_RESOLVERS != OFF


def name_card(exposure: Exposure) -> NameCard:
    """From rows only: nobody is asked while a page is made."""
    row = name_check_of(exposure.cluster, exposure.host)
    found: dict[str, Any] = row.found if row else {}
    return NameCard(
        host=exposure.host,
        badge=_badge(found.get("status", "")),
        message=shown(found) or _("Not checked yet."),
        hint=_(found["hint"]) if found.get("hint") else "",
        records=tuple(records_for(exposure.cluster, exposure.host, found)),
        chain=_chain(exposure.host, found),
        ttl=found.get("ttl"),
        issuers=_issuers(found.get("issuers")),
        checked_at=row.checked_at if row else None,
        is_wildcard=is_covered(exposure.cluster, exposure.host),
        is_hidden=_is_hidden(exposure, found),
        may_check=exposure.deleted_at is None and settings.PORTICO_RESOLVERS != OFF,
    )


def wildcard_card(cluster: Cluster, *, may_check: bool) -> NameCard | None:
    """The same of the cluster's wildcard, which is asked for by a name that nobody can have made; none without one."""
    if not cluster.wildcard_domain:
        return None
    name = wildcard_name(cluster)
    row = name_check_of(cluster, name)
    found: dict[str, Any] = row.found if row else {}
    return NameCard(
        host=name,
        badge=_badge(found.get("status", "")),
        message=shown(found) or _("Not checked yet."),
        hint=_(found["hint"]) if found.get("hint") else "",
        records=tuple(records_for(cluster, name, found)),
        chain=_chain(name, found),
        ttl=found.get("ttl"),
        issuers=_issuers(found.get("issuers")),
        checked_at=row.checked_at if row else None,
        is_wildcard=True,
        is_hidden=False,
        may_check=may_check and settings.PORTICO_RESOLVERS != OFF,
    )


def _is_hidden(exposure: Exposure, found: dict[str, Any]) -> bool:
    """The wildcard works and does not count here: a record at or below the host takes its place (RFC 4592)."""
    cluster, is_missing = exposure.cluster, found.get("reason") in {Outcome.NO_SUCH_NAME, Outcome.NO_ADDRESS}
    return is_missing and is_covered(cluster, exposure.host) and is_true(cluster.conditions, WILDCARD_CONDITION)


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

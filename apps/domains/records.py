"""The record table of a name: what to set in DNS so that it leads to a cluster's entry, and what is there now.

From the kept answer of the last check only; nobody is asked here.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from apps.clusters.models import Cluster
from apps.domains.hosts import is_one_label_under
from apps.domains.models import NameCheck
from apps.domains.services_dns import wildcard_name


@dataclass(frozen=True, slots=True)
class Record:
    """One record that leads to the entry, and what is there now."""

    type: str
    name: str
    value: str
    now: tuple[str, ...]
    is_set: bool


def name_check_of(cluster: Cluster, name: str) -> NameCheck | None:
    """What was found last; none while the name was never looked at."""
    row = NameCheck.objects.filter(cluster=cluster, name=name).first()
    return row if row is not None and row.found else None


def is_covered(cluster: Cluster, host: str) -> bool:
    """Whether the cluster's wildcard leads there, so that the host needs no record of its own."""
    return is_one_label_under(host, cluster.wildcard_domain)


def records_for(cluster: Cluster, host: str, found: dict[str, Any]) -> list[Record]:
    """One record per address of the entry; a host that the wildcard covers needs none but the wildcard's own."""
    name = wildcard_name(cluster) if is_covered(cluster, host) else host
    targets = [link["target"] for link in found.get("links", [])]
    addresses = found.get("addresses", [])
    return [_record(name, value, targets, addresses, found) for value in cluster.entry_addresses]


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

"""Which options a person has to look at: pure, values in, names out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.exposures.options.catalogue import CATALOGUE, Risk
from apps.exposures.options.grammar import Network, networks


def options_to_approve(options: Mapping[str, Any], live: Mapping[str, Any] | None) -> list[str]:
    """High-risk options in use, options nobody knows (fail closed), and an allow-list that lets in more than the live
    one; `live` None means that nothing is live."""
    names = [name for name, value in options.items() if value is not False and _is_high(name)]
    if is_loosened(options.get("allow_networks"), (live or {}).get("allow_networks")):
        names.append("allow_networks")
    return names


def is_loosened(networks_now: list[str] | None, networks_live: list[str] | None) -> bool:
    """Whether the list lets in an address that the live list keeps out."""
    if networks_live is None:
        return False
    if networks_now is None:
        return True
    return not all(_is_inside(one, networks(networks_live)) for one in networks(networks_now))


def _is_high(name: str) -> bool:
    return name not in CATALOGUE or CATALOGUE[name].risk == Risk.HIGH


def _is_inside(one: Network, all_of: list[Network]) -> bool:
    return any(one.version == other.version and one.subnet_of(other) for other in all_of)  # type: ignore[arg-type]

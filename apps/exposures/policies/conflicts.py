"""Who else uses the host: computed over the portal's rows and the objects seen in all clusters (E6).

A conflict names its owner as a contact and nothing of the other team's innards.
"""

from __future__ import annotations

from typing import Any

from apps.exposures.policies.facts import Facts, HostUse, PathUse


def find_conflicts(facts: Facts) -> list[dict[str, Any]]:
    """The conflicts in the shape of the REST contract; empty when the host is free for this team here."""
    conflicts = []
    for use in facts.uses:
        if use.exposure_id and use.exposure_id == facts.exposure_id:
            continue
        kind = _kind_of_conflict(use, facts)
        if kind:
            conflicts.append(as_conflict(use, kind, own=use.team == facts.team))
    return without_repeats(conflicts)


def collide(left: PathUse, right: PathUse) -> bool:
    """Whether two objects claim the same path. A longer Prefix or an Exact path beside a Prefix has its own place in
    Kubernetes' order of precedence, so only equal paths of equal kind collide.
    """
    if (left.path_type == "Exact") != (right.path_type == "Exact"):
        return False
    if left.path_type == "Exact":
        return left.path == right.path
    return left.path.rstrip("/") == right.path.rstrip("/")


def _kind_of_conflict(use: HostUse, facts: Facts) -> str | None:
    """Another team's host never goes; the own team's goes unless it is the same object or path on this cluster."""
    same_cluster = use.cluster == facts.cluster.name
    if use.team != facts.team:
        return "live_object" if use.source == "live_object" else "exact"
    if use.source == "exposure":
        return "exact" if same_cluster else None
    if use.source == "live_object" and same_cluster and _paths_collide(use, facts):
        return "path"
    return None


def _paths_collide(use: HostUse, facts: Facts) -> bool:
    stated = [PathUse(path.path, path.path_type) for path in facts.spec.paths]
    return any(collide(seen, own) for seen in use.paths for own in stated)


def as_conflict(use: HostUse, kind: str, *, own: bool) -> dict[str, Any]:
    """One entry of the REST contract. Where and what exactly is only told to the team itself (`own`)."""
    return {
        "host": use.host,
        "path": use.paths[0].path if own and kind == "path" and use.paths else None,
        "kind": kind,
        "cluster": use.cluster if own or use.source == "live_object" else None,
        "owner": {"team": use.team, "contact": use.contact} if use.team else None,
        "exposure": use.exposure_id if own and use.exposure_id else None,
    }


def without_repeats(conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line per owner and kind: an exposure, its claim and its live object are the same news."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for conflict in conflicts:
        owner = (conflict["owner"] or {}).get("team")
        key = (owner, None if owner else conflict["cluster"], conflict["kind"] if not owner else "")
        if key not in seen:
            seen.add(key)
            kept.append(conflict)
    return kept

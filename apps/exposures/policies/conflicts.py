"""Who else uses the host: computed over the portal's rows and the objects seen in all clusters (E6).

A conflict names its owner as a contact and nothing of the other team's innards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.common.said import phrase as _
from apps.domains.overlaps import is_wildcard
from apps.exposures.policies.consent import bars_sharing, is_admitted, may_ask, stated_paths
from apps.exposures.policies.facts import Facts
from apps.exposures.policies.uses import HostUse, PathUse


def find_conflicts(facts: Facts) -> list[dict[str, Any]]:
    """The conflicts in the shape of the REST contract; empty when the host is free for this team here."""
    conflicts, can_ask = [], may_ask(facts)
    for use in facts.uses:
        if use.exposure_id and use.exposure_id == facts.exposure_id:
            continue
        kind = _kind_of_conflict(use, facts)
        if kind:
            path = next((seen.path for seen in colliding_paths(use, facts)), "") if kind == "path" else ""
            conflicts.append(as_conflict(use, kind, own=use.team == facts.team, path=path, can_ask=can_ask))
    return without_repeats(conflicts)


def kind_of_foreign(use: HostUse) -> str:
    """What another team's use is called: its host never goes to anybody else."""
    if is_wildcard(use.host):
        return "wildcard"
    return "live_object" if use.source == "live_object" else "exact"


def collide(left: PathUse, right: PathUse) -> bool:
    """Whether two objects claim the same path. A longer Prefix or an Exact path beside a Prefix has its own place in
    Kubernetes' order of precedence, so only equal paths of equal kind collide.
    """
    if (left.path_type == "Exact") != (right.path_type == "Exact"):
        return False
    if left.path_type == "Exact":
        return left.path == right.path
    return left.path.rstrip("/") == right.path.rstrip("/")


def colliding_paths(use: HostUse, facts: Facts) -> list[PathUse]:
    """The paths of the use that the spec states as well."""
    stated = stated_paths(facts)
    return [seen for seen in use.paths if any(collide(seen, own) for own in stated)]


def is_same_controller(use: HostUse, facts: Facts) -> bool:
    """Whether one controller of the cluster serves both; a class that is not known stands for itself."""
    if use.live is None or use.cluster != facts.cluster.name:
        return False
    controllers, asked = facts.cluster.controllers, facts.ingress_class_name
    seen = use.live.ingress_class_name or facts.cluster.default_ingress_class_name
    return controllers.get(seen, seen) == controllers.get(asked, asked)


def as_conflict(use: HostUse, kind: str, *, own: bool, path: str = "", can_ask: bool = False) -> dict[str, Any]:
    """One entry of the REST contract. Where and what exactly is only told to the team itself (`own`); of an object
    that belongs to no team the cluster is named, because there is nobody to ask. `path` is one that both state, and
    `can_ask` says that the owner may be asked for a path on the host.
    """
    return {
        "host": use.host,
        "path": path or None,
        "kind": kind,
        "cluster": use.cluster if own or not use.team else None,
        "owner": {"team": use.team, "contact": use.contact} if use.team else None,
        "exposure": use.exposure_id if own and use.exposure_id else None,
        "can_ask_owner": can_ask and bool(use.team) and not own,
    }


def word_conflict(conflict: dict[str, Any]) -> str:
    """Who has the host, and how to reach them."""
    owner, cluster = conflict.get("owner") or {}, conflict.get("cluster")
    words = {"place": conflict["host"] + (conflict.get("path") or ""), "cluster": cluster, "team": owner.get("team")}
    words["contact"] = owner.get("contact") or _("none given")
    if owner and cluster:
        return _("%(place)s is used on %(cluster)s by team %(team)s. Contact: %(contact)s.") % words
    if owner:
        return _("%(place)s belongs to team %(team)s. Contact: %(contact)s.") % words
    if cluster:
        return _("%(place)s is used on %(cluster)s by an object that belongs to no team here.") % words
    return _("%(place)s is taken.") % words


def without_repeats(conflicts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line per owner: another team's exposure, its claim and its live object are the same news. What the team
    itself is told of its own objects, and objects without an owner, stay apart by place.
    """
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for conflict in conflicts:
        owner = (conflict["owner"] or {}).get("team")
        is_own = conflict["exposure"] is not None or conflict["path"] is not None
        place = (conflict["cluster"], conflict["kind"], conflict["path"]) if is_own or not owner else ()
        kept.setdefault((owner, *place), conflict)
    return list(kept.values())


def _kind_of_conflict(use: HostUse, facts: Facts) -> str | None:
    """The own team's use is in the way where it is the same object, the same path, or behind the same entry."""
    if use.team != facts.team:
        return _kind_beside(use, facts) if is_admitted(use, facts) else _kind_of_stranger(use)
    if is_wildcard(use.host) or use.source == "claim":
        return None
    if use.shares_entry or (use.source == "exposure" and use.cluster == facts.cluster.name):
        return "exact"
    return "path" if _takes_a_path(use, facts) else None


def _kind_of_stranger(use: HostUse) -> str | None:
    """A guest has its paths from the host's owner, who is in the way already; what is only asked for takes nothing."""
    return None if use.guest else kind_of_foreign(use)


def _kind_beside(use: HostUse, facts: Facts) -> str | None:
    """With the owner's consent only what cannot be shared is left: the same path, or the host as a whole."""
    if bars_sharing(use, facts):
        return "exact" if use.live is None else "live_object"
    if use.cluster != facts.cluster.name or is_wildcard(use.host):
        return None
    return "path" if colliding_paths(use, facts) else None


def _takes_a_path(use: HostUse, facts: Facts) -> bool:
    """A canary is meant to stand on the path of another object."""
    if use.live is None or use.live.is_canary:
        return False
    return is_same_controller(use, facts) and bool(colliding_paths(use, facts))

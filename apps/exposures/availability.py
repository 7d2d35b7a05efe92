"""Whether a person could have a host: free, taken, reserved or not theirs to ask for, and whether someone must approve.

It answers while somebody types, for no particular path or service; the policies decide when the request is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from apps.accounts.models import Team, User
from apps.accounts.selectors import team_ids_of
from apps.clusters.models import Cluster
from apps.clusters.selectors import list_clusters_for
from apps.common.errors import PolicyViolation
from apps.domains.hosts import InvalidHost, is_one_label_under, normalise_host
from apps.domains.overlaps import is_wildcard
from apps.domains.selectors import reservation_of, zone_for
from apps.exposures.host_uses import host_uses
from apps.exposures.policies import HostUse
from apps.exposures.policies.conflicts import as_conflict, kind_of_foreign, without_repeats

State = Literal["free", "taken", "reserved", "not_allowed"]


@dataclass(frozen=True, slots=True)
class Availability:
    """`conflicts` are in the shape of the REST contract; `owner` is the first of them that has one."""

    host: str
    state: State
    needs_approval: bool
    conflicts: list[dict[str, Any]]

    @property
    def owner(self) -> dict[str, str] | None:
        return next((conflict["owner"] for conflict in self.conflicts if conflict["owner"]), None)


def read_availability(user: User, text: str, *, cluster: Cluster | None = None) -> Availability:
    """For `cluster`, or for any cluster the person sees. Raises PolicyViolation when the text is no host."""
    try:
        host = normalise_host(text)
    except InvalidHost as error:
        raise PolicyViolation(error.violation.message, errors=[error.violation]) from error
    clusters = [cluster] if cluster else list(list_clusters_for(user))
    names = {user_team.name for user_team in _teams_of(user)}
    uses = [use for use in host_uses(host, at=cluster) if _is_in_the_way(use, names, cluster)]
    can_ask = _may_ask(uses, names)
    return Availability(
        host=host,
        state=_state(user, host, clusters, uses),
        needs_approval=not any(_is_self_service(host, candidate) for candidate in clusters),
        conflicts=_conflicts(uses, names, can_ask=can_ask),
    )


def _state(user: User, host: str, clusters: list[Cluster], uses: list[HostUse]) -> State:
    if reservation_of(host) is not None:
        return "reserved"
    if uses:
        return "taken"
    on_wildcard = any(is_one_label_under(host, cluster.wildcard_domain) for cluster in clusters)
    in_zone = any(zone_for(host, team) for team in _teams_of(user))
    return "free" if on_wildcard or in_zone else "not_allowed"


def _is_self_service(host: str, cluster: Cluster) -> bool:
    """Over HTTP; a certificate always asks for an approval (E4)."""
    return cluster.allows_self_service and is_one_label_under(host, cluster.wildcard_domain)


def _is_in_the_way(use: HostUse, own_teams: set[str], cluster: Cluster | None) -> bool:
    """Another team's use always; an own one only at the very host, on the very cluster or behind the same entry."""
    if use.team not in own_teams:
        # A guest has its paths from the owner, who is in the way already.
        return not use.guest
    if use.source == "claim" or is_wildcard(use.host) or cluster is None:
        return False
    return use.shares_entry or use.cluster == cluster.name


def _may_ask(uses: list[HostUse], own_teams: set[str]) -> bool:
    """Whether the host's owner could be asked for a path: it has one, and nobody else is in the way."""
    owner = next((use.team for use in uses if use.source == "claim" and use.team not in own_teams), "")
    return bool(owner) and all(use.team == owner and not use.shares_entry for use in uses)


def _conflicts(uses: list[HostUse], own_teams: set[str], *, can_ask: bool) -> list[dict[str, Any]]:
    return without_repeats(
        as_conflict(use, kind_of_foreign(use), own=use.team in own_teams, can_ask=can_ask) for use in uses
    )


def _teams_of(user: User) -> list[Team]:
    return list(Team.objects.filter(pk__in=team_ids_of(user)))

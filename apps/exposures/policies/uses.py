"""Who else uses a host, as values that the conflict rules compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathUse:
    path: str
    path_type: str


@dataclass(frozen=True, slots=True)
class SharedHost:
    """The host is `owner`'s, who is `asked` for paths on it in this change, or `granted` them in an earlier one.

    `is_withdrawn`: the owner took that back since, so nothing is granted.
    """

    owner: str
    granted: frozenset[PathUse] = frozenset()
    asked: bool = False
    is_withdrawn: bool = False

    def covers(self, paths: Iterable[PathUse]) -> bool:
        """Consent never widens: every path stands in it as it was granted."""
        return self.granted.issuperset(paths)


@dataclass(frozen=True, slots=True)
class LiveObject:
    """An Ingress seen in a cluster. `place` is its namespace and name; `tls_secret_name` is the one for this host."""

    place: str
    ingress_class_name: str = ""
    tls_secret_name: str = ""
    is_canary: bool = False


@dataclass(frozen=True, slots=True)
class HostUse:
    """Someone's use of the host: an exposure of the portal, a claim, or an object seen in a cluster.

    `host` is the key that is used, which may be a wildcard over the one asked for. `team` is empty when nobody was
    granted the namespace, `exposure_id` for claims and foreign objects. `shares_entry` says that the use is in another
    cluster than the one asked about, behind the same address and port. `guest` is set where the host's owner was asked
    for the paths, or granted them: then the use takes these paths and claims nothing else.
    """

    source: str  # exposure | claim | live_object
    host: str
    cluster: str
    team: str
    contact: str
    exposure_id: str = ""
    paths: tuple[PathUse, ...] = ()
    shares_entry: bool = False
    live: LiveObject | None = None
    guest: str = ""  # asked | granted

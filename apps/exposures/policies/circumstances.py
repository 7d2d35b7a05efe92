"""What the preflight looks at beside the spec: who asks, how fresh the facts are, limits, DNS, what the cluster said.

Values only; `apps/exposures/preflight.py` gathers them from rows and `apps/delivery/gate.py` from the cluster itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# The inventory is read every minute. What was not read for ten of them says nothing of now.
STALE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whether the person may expose for the team now. `is_asking` is off for who asked some time ago."""

    allowed: bool
    reason: str = ""
    is_asking: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """When a kind was last read in the cluster, and why it could not be read since."""

    observed_at: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What DNS said last about the name that visitors ask for; it may be the cluster's wildcard."""

    name: str
    status: str
    message: str
    hint: str
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Limit:
    """How many exposures there are beside this one, and how many there may be; None means any number."""

    used: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class AdmissionFacts:
    """The cluster's answer to a server-side dry-run; `accepted` is None when it gave none."""

    accepted: bool | None
    message: str
    hint: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`readings` are those of the target cluster by kind; None where nobody asks how old facts are.

    `unread_clusters` counts the others whose Ingresses are not known as of now. `has_addresses` says that the class's
    controller gave an Ingress one, `is_serving` that a host of the class answered when it was last asked.
    `approved_fingerprint` is the certificate that was asked for, where something was.
    `spent_ms` says how long the facts of a check took to gather.
    """

    now: datetime | None = None
    asker: Asker | None = None
    is_reachable: bool = True
    readings: Mapping[str, Reading] | None = None
    unread_clusters: int = 0
    has_namespace: bool | None = None
    has_addresses: bool = False
    is_serving: bool = False
    name: NameFacts | None = None
    asks_dns: bool = True
    team_limit: Limit = Limit(0, None)
    namespace_limit: Limit = Limit(0, None)
    approved_fingerprint: str = ""
    admission: AdmissionFacts | None = None
    spent_ms: Mapping[str, float] = field(default_factory=dict)

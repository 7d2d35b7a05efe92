"""Lets the apps above say why a domain cannot be a cluster's wildcard domain: who reserved it, who has names in it.

Names lie above clusters and may not be imported from here. They subscribe at start-up; the call runs in the transaction
that sets the domain (the pattern of docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Callable

from apps.clusters.models import Cluster
from apps.common.errors import Violation

Objector = Callable[[Cluster], list[Violation]]
_objectors: list[Objector] = []


def subscribe(objector: Objector) -> None:
    """Ask `objector(cluster)` whenever a cluster gets a wildcard domain; once per process."""
    if objector not in _objectors:
        _objectors.append(objector)


def find_objections(cluster: Cluster) -> list[Violation]:
    """Everything that speaks against `cluster.wildcard_domain`."""
    return [violation for objector in _objectors for violation in objector(cluster)]

"""How many exposures count against the limits of a team and of its namespaces."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from apps.accounts.models import NamespaceGrant, Team
from apps.exposures.models import Exposure


@dataclass(frozen=True, slots=True)
class Usage:
    """`grant` is None for the team as a whole."""

    used: int
    limit: int | None
    grant: NamespaceGrant | None = None

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.used >= self.limit


def usage_of(team: Team) -> list[Usage]:
    """The team as a whole, then each of its namespaces by cluster and name."""
    grants = list(team.grants.order_by("cluster_name", "namespace"))
    counted = Exposure.objects.active().filter(namespace__in={grant.namespace for grant in grants}).order_by()
    rows = counted.values_list("cluster__name", "namespace").annotate(count=Count("pk"))
    used = {(cluster, namespace): count for cluster, namespace, count in rows}
    whole = Usage(Exposure.objects.active().filter(team=team).count(), team.exposure_limit)
    return [whole] + [
        Usage(used.get((grant.cluster_name, grant.namespace), 0), grant.exposure_limit, grant) for grant in grants
    ]

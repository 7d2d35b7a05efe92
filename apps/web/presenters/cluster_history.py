"""How clusters have been lately: the samples of their last checks as a line, and what it says in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.clusters.models import CheckSample, Cluster
from apps.clusters.services.samples import KEPT

# A line shorter than this would be a stub; the sentence beside it says how long it is.
ROOM = KEPT // 4


class History(NamedTuple):
    """`values` are milliseconds in the order of time, None where the cluster did not answer."""

    values: Sequence[int | None]

    @property
    def answers(self) -> list[int]:
        return [value for value in self.values if value is not None]

    @property
    def missed(self) -> int:
        return len(self.values) - len(self.answers)

    @property
    def slots(self) -> int:
        """Room for half an hour of checks at least, so that few do not look like a long time."""
        return max(ROOM, len(self.values))

    @property
    def sentence(self) -> str:
        """What the line shows, for those who do not see it."""
        count = len(self.values)
        words = ngettext("Last check: ", "Last %(count)s checks: ", count) % {"count": count}
        if not self.answers:
            return words + _("no answer.")
        facts = {"low": min(self.answers), "high": max(self.answers), "middle": round(median(self.answers))}
        is_steady = facts["low"] == facts["high"]
        words += (
            _("%(middle)s ms.") % facts if is_steady else _("%(low)s to %(high)s ms, mostly %(middle)s ms.") % facts
        )
        if self.missed:
            missing = ngettext("%(count)s had no answer.", "%(count)s had no answer.", self.missed)
            words += " " + missing % {"count": self.missed}
        return words


def histories_of(clusters: Iterable[Cluster]) -> dict[str, History]:
    """By the id of the cluster, in one query; clusters that were never checked have an empty one."""
    values: dict[str, list[int | None]] = defaultdict(list)
    shown = [cluster.pk for cluster in clusters]
    samples = CheckSample.objects.filter(cluster__in=shown).order_by("at")
    for cluster_id, reachable, latency in samples.values_list("cluster_id", "reachable", "latency_ms"):
        values[cluster_id].append((latency or 0) if reachable else None)
    return {cluster_id: History(values[cluster_id]) for cluster_id in shown}

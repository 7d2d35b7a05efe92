"""What the page of a cluster says once instead of many times: what is wrong, what was read, what was not tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clusters.models import Cluster
from apps.common.said import shown
from apps.common.wording import listed
from apps.inventory.models import Collection
from apps.web.presenters.clusters import HEALTH, CheckLine, Text

# What was read within this time of each other was read together.
TOGETHER = timedelta(minutes=2)
RIGHTS = "PermissionsMissing"
TITLES: dict[str, Text] = {
    "Unreachable": gettext_lazy("It cannot be reached."),
    "CredentialRefused": gettext_lazy("Its credential is refused."),
    RIGHTS: gettext_lazy("Its rights do not suffice."),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong and since when; what one can do about it stands at the step of the test that failed."""

    title: Text
    message: str
    since: datetime
    needs_rights: bool


@dataclass(frozen=True, slots=True)
class InventoryCard:
    """How fresh each kind is; `read_at` when all were read together, `error` when all failed for one reason."""

    rows: Sequence[Collection]
    read_at: datetime | None
    error: str

    @property
    def was_never_read(self) -> bool:
        return not any(row.observed_at for row in self.rows)

    @property
    def is_in_step(self) -> bool:
        return self.read_at is not None and not any(row.error for row in self.rows)


def trouble_card(cluster: Cluster) -> Trouble | None:
    """The first condition without which the cluster is of no use."""
    failing = next((each for each in cluster.conditions if _is_wrong(each)), None)
    if failing is None:
        return None
    since = datetime.fromisoformat(failing["last_transition_time"])
    title = TITLES.get(failing["reason"], _("Something is wrong."))
    return Trouble(title, shown(failing), since, failing["reason"] == RIGHTS)


def inventory_card(collections: Iterable[Collection]) -> InventoryCard:
    rows = list(collections)
    times = [row.observed_at for row in rows if row.observed_at is not None]
    errors = {row.error for row in rows}
    is_together = len(times) == len(rows) and bool(times) and max(times) - min(times) < TOGETHER
    common = errors.pop() if len(errors) == 1 else ""
    return InventoryCard(rows, min(times) if is_together else None, _(common) if common else "")


def short_lines(lines: Iterable[CheckLine]) -> list[CheckLine]:
    """Steps in a row that were skipped for the same reason are one line."""
    short: list[CheckLine] = []
    for (kind, _message), run in groupby(lines, key=lambda line: (line.kind, line.message)):
        same = list(run)
        if kind or len(same) == 1:
            short += same
        else:
            words = listed([str(line.word) for line in same])
            short.append(replace(same[0], word=words))
    return short


def _is_wrong(condition: dict[str, Any]) -> bool:
    return condition["type"] in HEALTH and condition["status"] == "False"

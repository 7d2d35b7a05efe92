"""Which of the clusters that notices speak of a person may see."""

from __future__ import annotations

from collections.abc import Collection

from apps.accounts.models import User
from apps.clusters.selectors import list_clusters_for
from apps.notices.subjects import Seen


def seen_clusters(user: User, names: Collection[str]) -> Seen:
    return dict.fromkeys(list_clusters_for(user).filter(name__in=names).values_list("name", flat=True), True)

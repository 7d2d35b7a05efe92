"""One page of a long list, read in two steps: first the keys in their order, then the rows of the page.

Sorting, `DISTINCT` and counting then move keys only. Whole rows carry manifests and JSON, and databases drag every
selected column, subqueries included, through all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def first_rows(rows: QuerySet[Row], count: int) -> list[Row]:
    """The first rows of a long list in their order, found by their keys."""
    keys = list(_keys_of(rows)[:count])
    return list(rows.filter(pk__in=keys)) if keys else []


def _keys_of(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)


class KeyPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """A paginator of rows that holds only their keys. One more query per page than Django's own, whatever its size."""

    def __init__(self, rows: QuerySet[Any], per_page: int) -> None:
        self.rows = rows
        super().__init__(_keys_of(rows), per_page)

    def _get_page(self, keys: Sequence[Any], number: int, paginator: Paginator[Any]) -> Page[Any]:
        """Django's hook; the rows come in the order of the whole list, because its ordering is theirs."""
        shown = list(keys)
        return Page(list(self.rows.filter(pk__in=shown)) if shown else [], number, paginator)

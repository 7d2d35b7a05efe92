"""One page of a long list, read in two steps: first the keys in their order, then the rows of the page.

Sorting, `DISTINCT` and counting then move keys only. Whole rows carry manifests and JSON, and databases drag every
selected column, subqueries included, through all of it.

`shown` says how the rows of a page are read, where a list shows less than its filters need: found by their keys alone,
without the filters once more. Without it, they are read as they were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def first_rows(rows: QuerySet[Row], count: int, *, shown: QuerySet[Row] | None = None) -> list[Row]:
    """The first rows of a long list in their order, found by their keys."""
    return rows_of(list(_keys_of(rows)[:count]), rows if shown is None else shown)


def rows_of(keys: Iterable[Any], shown: QuerySet[Row]) -> list[Row]:
    """The rows of these keys in their order; no query without keys."""
    wanted = list(keys)
    found = {row.pk: row for row in shown.order_by().filter(pk__in=wanted)} if wanted else {}
    return [found[key] for key in wanted if key in found]


def _keys_of(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)


class KeyPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """A paginator of rows that holds only their keys. One more query per page than Django's own, whatever its size.

    `total` is how many rows there are, for those who know; they are counted otherwise.
    """

    def __init__(
        self, rows: QuerySet[Any], per_page: int, *, shown: QuerySet[Any] | None = None, total: int | None = None
    ) -> None:
        self.shown = rows if shown is None else shown
        super().__init__(_keys_of(rows), per_page)
        if total is not None:
            self.__dict__["count"] = total  # as Django's cached property keeps it

    def _get_page(self, keys: Sequence[Any], number: int, paginator: Paginator[Any]) -> Page[Any]:
        """Django's hook."""
        return Page(rows_of(keys, self.shown), number, paginator)

"""The chips of a person's saved views above a list, and the filters of an address as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from apps.accounts.enums import SavedList
from apps.accounts.models import SavedView, User
from apps.accounts.selectors import list_views_of

# What of an address is a filter; the page one is on is not kept.
FILTERS: dict[str, tuple[str, ...]] = {
    SavedList.EXPOSURES: ("q", "cluster", "namespace", "team", "state"),
    SavedList.REQUESTS: ("view", "q", "state", "risk", "cluster", "team"),
}
LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class SavedViews:
    """`query` is what would be saved now; empty where no filter is set. `active` is the view that one looks at."""

    page: str
    rows: list[SavedView]
    query: str

    @property
    def active(self) -> SavedView | None:
        return next((row for row in self.rows if self.query and row.query == self.query), None)

    @property
    def may_save(self) -> bool:
        return bool(self.query) and self.active is None


def saved_views_of(user: User, page: str, query: QueryDict) -> SavedViews:
    """One query."""
    return SavedViews(page, list(list_views_of(user, page)), kept_query(page, query))


def kept_query(page: str, query: QueryDict) -> str:
    """The filters in one spelling, so that the same ones are the same view."""
    values = ((name, query.get(name, "").strip()[:LONGEST_VALUE]) for name in FILTERS[page])
    return urlencode([(name, value) for name, value in values if value])

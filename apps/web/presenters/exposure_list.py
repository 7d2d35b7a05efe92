"""The filters of the list of exposures and their numbers; all of them stand in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.exposures.models import Exposure
from apps.web.presenters.exposure_kinds import KINDS_OF_FILTER, STATE_FILTERS, in_state, with_kind

Text = str | Promise


class Option(NamedTuple):
    label: Text
    query: str
    active: bool
    number: int | None = None


class ChipMenu(NamedTuple):
    """One filter: `value` is what is chosen, empty for no filter; the first option takes it off again."""

    label: Text
    value: Text
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Group:
    """How many exposures share a place, a team and a state."""

    values: Mapping[str, str]
    kind: str
    is_drifted: bool
    number: int

    def fits(self, asked: Mapping[str, str]) -> bool:
        return all(self._has(name, value) for name, value in asked.items())

    def _has(self, name: str, value: str) -> bool:
        if name != "state":
            return self.values[name] == value
        return self.is_drifted if value == "drift" else self.kind in KINDS_OF_FILTER[value]


FEW = 1000
FILTERS: dict[str, tuple[Text, str]] = {
    "cluster": (gettext_lazy("Cluster"), "cluster__name"),
    "namespace": (gettext_lazy("Namespace"), "namespace"),
    "team": (gettext_lazy("Team"), "team__name"),
}
# These stand as chips of their own, because they are what people come for.
FIRST = ("attention", "drift")


def asked_for(query: QueryDict) -> dict[str, str]:
    """The filters in the address that mean something."""
    asked = {name: query.get(name, "") for name in (*FILTERS, "state")}
    return {name: value for name, value in asked.items() if value and (name != "state" or value in STATE_FILTERS)}


def filtered(exposures: QuerySet[Exposure], query: QueryDict) -> QuerySet[Exposure]:
    """What the address asks for, each with its `kind`."""
    asked = asked_for(query)
    places = {lookup: asked[name] for name, (_label, lookup) in FILTERS.items() if name in asked}
    found = in_state(_found(exposures, query).filter(**places), asked.get("state", ""))
    if "state" not in asked:
        return found
    # Few are found once by a search through all; the paginator would search for their number and again for a page.
    few = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    return with_kind(exposures.filter(pk__in=few)) if len(few) <= FEW else found


def groups_of(exposures: QuerySet[Exposure], query: QueryDict) -> list[Group]:
    """Everything that the search finds, counted in one query, from which every number of the filters follows."""
    lookups = [lookup for _label, lookup in FILTERS.values()]
    rows = with_kind(_found(exposures, query)).order_by().values(*lookups, "kind", "drift").annotate(number=Count("pk"))
    return [_group(row) for row in rows]


def first_chips(groups: Iterable[Group], query: QueryDict) -> list[Option]:
    """What needs somebody, with numbers; one that has none is left out unless it is chosen."""
    asked = asked_for(query)
    numbers = _state_numbers(groups, asked)
    chosen = asked.get("state", "")
    return [
        Option(STATE_FILTERS[name], with_filter(query, "state", "" if name == chosen else name), name == chosen, number)
        for name, number in ((name, numbers[name]) for name in FIRST)
        if number or name == chosen
    ]


def filter_chips(groups: list[Group], query: QueryDict) -> list[ChipMenu]:
    """Only values that occur are offered, each with how many there are beside the other filters."""
    asked = asked_for(query)
    chips = []
    for name, (label, _lookup) in FILTERS.items():
        numbers = _numbers(groups, asked, name)
        values = {value: value for value in sorted({group.values[name] for group in groups})}
        chips.append(chip_menu(name, label, values, query, numbers))
    state = chip_menu("state", gettext_lazy("State"), STATE_FILTERS, query, _state_numbers(groups, asked))
    # What stands as a chip of its own is not named twice.
    return [*chips, state._replace(value="") if asked.get("state") in FIRST else state]


def chip_menu(
    name: str, label: Text, values: Mapping[str, Text], query: QueryDict, numbers: Mapping[str, int] | None = None
) -> ChipMenu:
    chosen = query.get(name, "")
    options = [Option(gettext_lazy("All"), with_filter(query, name, ""), not chosen)]
    options += [
        Option(words, with_filter(query, name, value), value == chosen, numbers.get(value, 0) if numbers else None)
        for value, words in values.items()
    ]
    return ChipMenu(label, values.get(chosen, chosen), options)


def with_filter(query: QueryDict, name: str, value: str) -> str:
    """The address with this filter set or taken off, from the first page on."""
    changed = query.copy()
    changed.pop("page", None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return "?" + changed.urlencode()


def _found(exposures: QuerySet[Exposure], query: QueryDict) -> QuerySet[Exposure]:
    words = query.get("q", "").strip()
    return exposures.filter(Q(host__icontains=words) | Q(namespace__icontains=words)) if words else exposures


def _group(row: Mapping[str, Any]) -> Group:
    values = {name: row[lookup] for name, (_label, lookup) in FILTERS.items()}
    return Group(values, row["kind"], bool(row["drift"]), row["number"])


def _numbers(groups: Iterable[Group], asked: Mapping[str, str], name: str) -> Counter[str]:
    """Value → how many would be left if it were chosen instead."""
    others = {other: value for other, value in asked.items() if other != name}
    found: Counter[str] = Counter()
    for group in groups:
        if group.fits(others):
            found[group.values[name]] += group.number
    return found


def _state_numbers(groups: Iterable[Group], asked: Mapping[str, str]) -> dict[str, int]:
    others = {name: value for name, value in asked.items() if name != "state"}
    fitting = [group for group in groups if group.fits(others)]
    return {state: sum(one.number for one in fitting if one.fits({"state": state})) for state in STATE_FILTERS}

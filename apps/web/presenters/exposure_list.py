"""The filters of the list of exposures and their numbers; all of them stand in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.common.searching import in_name
from apps.exposures.models import Exposure
from apps.web.presenters.exposure_kinds import KINDS_OF_FILTER, STATE_FILTERS, in_state, with_kind_apart

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


class Group(NamedTuple):
    """How many exposures share a place, a team and a state."""

    values: Mapping[str, str]
    states: tuple[str, ...]
    number: int

    def has(self, name: str, value: str) -> bool:
        return value in self.states if name == "state" else self.values[name] == value


FILTERS: dict[str, tuple[Text, str]] = {
    "cluster": (gettext_lazy("Cluster"), "cluster__name"),
    "namespace": (gettext_lazy("Namespace"), "namespace"),
    "team": (gettext_lazy("Team"), "team__name"),
}
STATES_OF_KIND = {kind: (name,) for name, kinds in KINDS_OF_FILTER.items() for kind in kinds}
# These stand as chips of their own, because they are what people come for.
FIRST = ("attention", "drift")


def asked_for(query: QueryDict) -> dict[str, str]:
    """The filters in the address that mean something."""
    asked = {name: query.get(name, "") for name in (*FILTERS, "state")}
    return {name: value for name, value in asked.items() if value and (name != "state" or value in STATE_FILTERS)}


def filtered(exposures: QuerySet[Exposure], query: QueryDict) -> QuerySet[Exposure]:
    """What the address asks for."""
    asked = asked_for(query)
    places = {lookup: asked[name] for name, (_label, lookup) in FILTERS.items() if name in asked}
    return in_state(_found(exposures, query).filter(**places), asked.get("state", ""))


def groups_of(exposures: QuerySet[Exposure], query: QueryDict) -> list[Group]:
    """Everything that the search finds, counted, from which every number of the filters follows.

    In one statement: between two, an exposure that is delivered would go from one part to the other and be in neither.
    """
    columns = (*(lookup for _label, lookup in FILTERS.values()), "kind", "drift")
    settled, busy = (_counted(part, columns) for part in with_kind_apart(_found(exposures, query)))
    return [_group(row) for row in settled.union(busy, all=True)]


def total_of(groups: Iterable[Group], query: QueryDict) -> int:
    """How many exposures the address asks for."""
    asked = asked_for(query)
    return sum(group.number for group in groups if all(group.has(name, value) for name, value in asked.items()))


def numbers_of(groups: Iterable[Group], query: QueryDict) -> dict[str, Counter[str]]:
    """Filter → value → how many would be left if it were chosen beside the other filters. One pass over the groups."""
    asked = asked_for(query)
    found: dict[str, Counter[str]] = {name: Counter() for name in (*FILTERS, "state")}
    for group in groups:
        missed = [name for name, value in asked.items() if not group.has(name, value)]
        for name in found if not missed else missed if len(missed) == 1 else ():
            for value in group.states if name == "state" else (group.values[name],):
                found[name][value] += group.number
    return found


def first_chips(numbers: Mapping[str, Counter[str]], query: QueryDict) -> list[Option]:
    """What needs somebody, with numbers; one that has none is left out unless it is chosen."""
    states, chosen = numbers["state"], asked_for(query).get("state", "")
    return [
        Option(STATE_FILTERS[name], with_filter(query, "state", "" if name == chosen else name), name == chosen, number)
        for name, number in ((name, states[name]) for name in FIRST)
        if number or name == chosen
    ]


def filter_chips(groups: Iterable[Group], numbers: Mapping[str, Counter[str]], query: QueryDict) -> list[ChipMenu]:
    """Only values that occur are offered, each with its number."""
    chips = []
    for name, (label, _lookup) in FILTERS.items():
        values = {value: value for value in sorted({group.values[name] for group in groups})}
        chips.append(chip_menu(name, label, values, query, numbers[name]))
    state = chip_menu("state", gettext_lazy("State"), STATE_FILTERS, query, numbers["state"])
    # What stands as a chip of its own is not named twice.
    return [*chips, state._replace(value="") if asked_for(query).get("state") in FIRST else state]


def chip_menu(
    name: str, label: Text, values: Mapping[str, Text], query: QueryDict, numbers: Counter[str] | None = None
) -> ChipMenu:
    chosen, others = query.get(name, ""), without_filter(query, name)
    options = [Option(gettext_lazy("All"), f"?{others}", not chosen)]
    options += [
        Option(
            words,
            _joined(others, name, value),
            value == chosen,
            numbers.get(value, 0) if numbers is not None else None,
        )
        for value, words in values.items()
    ]
    return ChipMenu(label, values.get(chosen, chosen), options)


def with_filter(query: QueryDict, name: str, value: str) -> str:
    """The address with this filter set or taken off, from the first page on."""
    return _joined(without_filter(query, name), name, value)


def without_filter(query: QueryDict, name: str) -> str:
    """Once for all values of a filter, of which there may be hundreds."""
    others = query.copy()
    others.pop("page", None)
    others.pop(name, None)
    return others.urlencode()


def _joined(others: str, name: str, value: str) -> str:
    return "?" + "&".join(filter(None, (others, urlencode({name: value}) if value else "")))


def _found(exposures: QuerySet[Exposure], query: QueryDict) -> QuerySet[Exposure]:
    words = query.get("q", "").strip()
    return exposures.filter(in_name("host", words) | in_name("namespace", words)) if words else exposures


def _counted(exposures: QuerySet[Exposure], columns: tuple[str, ...]) -> QuerySet[Exposure, tuple[Any, ...]]:
    return exposures.order_by().values(*columns).annotate(number=Count("pk")).values_list(*columns, "number")


def _group(row: tuple[Any, ...]) -> Group:
    *places, kind, drift, number = row
    states = STATES_OF_KIND[kind]
    return Group(dict(zip(FILTERS, places, strict=True)), (*states, "drift") if drift else states, number)

"""The rows and filters of the list of exposures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.exposures.models import Exposure, Revision
from apps.exposures.spec import ExposureSpec
from apps.web.presenters.exposure_kinds import of_kinds
from apps.web.presenters.exposure_state import (
    KIND_OF_FILTER,
    STATE_FILTERS,
    Badge,
    exposure_state,
    pending_note,
)


class ExposureRow(NamedTuple):
    exposure: Exposure
    state: Badge
    note: str
    scheme: str
    backends: list[str]


class Option(NamedTuple):
    label: str | Promise
    query: str
    active: bool


class ChipMenu(NamedTuple):
    """One filter: `value` is what is chosen, empty for no filter; the first option takes it off again."""

    label: str | Promise
    value: str | Promise
    options: list[Option]


FEW = 1000
FILTERS: dict[str, tuple[str | Promise, str]] = {
    "cluster": (gettext_lazy("Cluster"), "cluster__name"),
    "namespace": (gettext_lazy("Namespace"), "namespace"),
    "team": (gettext_lazy("Team"), "team__name"),
}


def filtered(exposures: QuerySet[Exposure], query: QueryDict) -> QuerySet[Exposure]:
    """What the address asks for."""
    for name, (_label, lookup) in FILTERS.items():
        if query.get(name):
            exposures = exposures.filter(**{lookup: query[name]})
    if words := query.get("q", "").strip():
        exposures = exposures.filter(Q(host__icontains=words) | Q(namespace__icontains=words))
    kinds = KIND_OF_FILTER.get(query.get("state", ""))
    if not kinds:
        return exposures
    found = of_kinds(exposures, kinds)
    # Few are found once by a search through all; the paginator would search for their number and again for a page.
    few = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    return exposures.filter(pk__in=few) if len(few) <= FEW else found


def filter_chips(exposures: QuerySet[Exposure], query: QueryDict) -> list[ChipMenu]:
    """Only values that occur are offered."""
    places = sorted(set(exposures.order_by().values_list("cluster__name", "namespace", "team__name")))
    chips = []
    for position, (name, (label, _lookup)) in enumerate(FILTERS.items()):
        values = {place[position]: place[position] for place in sorted(places, key=lambda place: place[position])}
        chips.append(chip_menu(name, label, values, query))
    return [*chips, chip_menu("state", gettext_lazy("State"), STATE_FILTERS, query)]


def exposure_rows(exposures: Iterable[Exposure]) -> list[ExposureRow]:
    shown = list(exposures)
    newest = newest_revisions([exposure for exposure in shown if exposure.desired_revision is None])
    return [
        _row(exposure, exposure.live_revision or exposure.desired_revision or newest[exposure.pk]) for exposure in shown
    ]


def newest_revisions(exposures: Sequence[Exposure]) -> dict[str, Revision]:
    """The newest revision of each, in one query."""
    newest = Revision.objects.filter(exposure__in=exposures).order_by().values("exposure").annotate(last=Max("pk"))
    revisions = Revision.objects.filter(pk__in=newest.values("last"))
    return {revision.exposure_id: revision for revision in revisions}


def _row(exposure: Exposure, revision: Revision) -> ExposureRow:
    spec = ExposureSpec.from_json(revision.spec)
    backends = dict.fromkeys(f"{path.service_name} : {path.service_port}" for path in spec.paths)
    return ExposureRow(exposure, exposure_state(exposure), pending_note(exposure), spec.scheme, list(backends))


def chip_menu(name: str, label: str | Promise, values: Mapping[str, str | Promise], query: QueryDict) -> ChipMenu:
    chosen = query.get(name, "")
    options = [Option(gettext_lazy("All"), with_filter(query, name, ""), not chosen)]
    options += [Option(words, with_filter(query, name, value), value == chosen) for value, words in values.items()]
    return ChipMenu(label, values.get(chosen, chosen), options)


def with_filter(query: QueryDict, name: str, value: str) -> str:
    """The address with this filter set or taken off, from the first page on."""
    changed = query.copy()
    changed.pop("page", None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return "?" + changed.urlencode()

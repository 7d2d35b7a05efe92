"""What one search finds: pages, exposures, hosts, clusters, requests and teams, of those that the person may see.

Each section asks one selector once and is cut at LIMIT, so a search costs the same number of queries whatever it finds.
All words must occur, each in any of the fields that the section's note shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.selectors import list_teams_for
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import list_requests_for
from apps.clusters.selectors import list_clusters_for
from apps.common.paging import first_rows
from apps.common.searching import in_name
from apps.common.storable import storable
from apps.domains.selectors import list_claims_for
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.web.context import NavItem, known_url
from apps.web.presenters.clusters import badge_of
from apps.web.presenters.exposure_state import exposure_state, with_state
from apps.web.presenters.requests import STATES, title_of

Row = TypeVar("Row", bound=Model)
LIMIT = 6
LONGEST, MOST_WORDS = 253, 6


class State(NamedTuple):
    """As the `state` tag takes it."""

    kind: str
    word: str | Promise
    icon: str = ""


class Hit(NamedTuple):
    label: str | Promise
    url: str
    icon: str
    note: str = ""
    state: State | None = None


class Section(NamedTuple):
    """`more_url` leads to the whole list when more was found than is shown."""

    name: str
    label: str
    hits: list[Hit]
    more_url: str = ""


def clean(text: str) -> str:
    """What is searched for: fit for the database, and no longer than any name can be."""
    return storable(text).strip()[:LONGEST]


def search(user: User, text: str, places: Iterable[NavItem]) -> list[Section]:
    """Sections with hits; without words only the pages."""
    words = text.split()[:MOST_WORDS]
    sections = [_pages(places, words)]
    if words:
        exposures = _exposures(user, words)
        shown = [str(hit.label) for hit in exposures.hits]
        sections += [exposures, _hosts(user, words, shown), _clusters(user, words), _requests(user, words)]
        sections.append(_teams(user, words))
    return [section for section in sections if section.hits]


def _pages(places: Iterable[NavItem], words: list[str]) -> Section:
    hits = [Hit(place.label, place.url, place.icon) for place in places if _in_label(str(place.label), words)]
    return Section("pages", _("Pages"), hits)


def _in_label(label: str, words: list[str]) -> bool:
    return all(word.casefold() in label.casefold() for word in words)


def _exposures(user: User, words: list[str]) -> Section:
    found = _found(list_exposures_for(user), words, ["host", "namespace", "cluster__name", "team__name"])
    ordered = _nearest(found, words, "host", "host", "cluster__name")
    rows, more = _first(ordered, with_state(Exposure.objects.for_lists()))
    hits = [
        Hit(
            row.host,
            known_url("web:exposure_detail", row.pk),
            "globe",
            _("%(cluster)s / %(namespace)s, team %(team)s")
            % {"cluster": row.cluster.name, "namespace": row.namespace, "team": row.team.name},
            State(*exposure_state(row)),
        )
        for row in rows
    ]
    return Section("exposures", _("Exposures"), hits, _list_of("web:exposure_list", words) if more else "")


def _hosts(user: User, words: list[str], shown: list[str]) -> Section:
    """Names that a team holds, without those whose exposure is listed already; of any other name, whose it is."""
    claims = _found(list_claims_for(user).exclude(host__in=shown), words, ["host", "team__name"])
    rows, _more = _first(_nearest(claims, words, "host"))
    hits = [
        Hit(row.host, _list_of("web:exposure_list", [row.host]), "link", _("held by team %s") % row.team.name)
        for row in rows
    ]
    lookup = known_url("web:host_lookup")
    if lookup and len(words) == 1 and "." in words[0]:
        url = f"{lookup}?{urlencode({'host': words[0]})}"
        hits.append(Hit(_("Who has %s?") % words[0], url, "search"))
    return Section("hosts", _("Hosts"), hits)


def _clusters(user: User, words: list[str]) -> Section:
    clusters = _found(list_clusters_for(user), words, ["name", "environment", "wildcard_domain"])
    rows, _more = _first(_nearest(clusters, words, "name"))
    hits = []
    for row in rows:
        badge = badge_of(row)
        note = f"*.{row.wildcard_domain}" if row.wildcard_domain else row.get_environment_display()
        state = State(badge.kind, badge.word, badge.icon)
        hits.append(Hit(row.name, known_url("web:cluster_detail", row.name), "server", note, state))
    return Section("clusters", _("Clusters"), hits)


def _requests(user: User, words: list[str]) -> Section:
    names = ["exposure__host", "exposure__team__name"]
    found = _found(list_requests_for(user), words, names, folded=["submitter__username"], has_id=True)
    ordered = _nearest(found, words, "exposure__host", "-created_at", "-id")
    rows, _more = _first(ordered, ChangeRequest.objects.for_lists().prefetch_related(None))
    hits = []
    for row in rows:
        kind, icon = STATES[row.state]
        note = f"{row.submitter.username} · {row.exposure.cluster.name}"
        state = State(kind, row.get_state_display(), icon)
        hits.append(Hit(title_of(row), known_url("web:request_detail", row.pk), "inbox", note, state))
    return Section("requests", _("Requests"), hits)


def _teams(user: User, words: list[str]) -> Section:
    teams = _found(list_teams_for(user), words, ["name"], folded=["title"])
    rows, more = _first(_nearest(teams, words, "name"))
    hits = [Hit(row.name, known_url("web:team_detail", row.name), "users", row.title) for row in rows]
    return Section("teams", _("Teams"), hits, _list_of("web:team_list", words) if more else "")


def _found(
    rows: QuerySet[Row], words: list[str], names: Iterable[str], *, folded: Iterable[str] = (), has_id: bool = False
) -> QuerySet[Row]:
    """Those in which every word occurs: in a name, in a `folded` field, which people write as they like, or as the id;
    every id of a kind begins with the same letters, so only a whole one says anything.
    """
    for word in words:
        in_any = [in_name(name, word) for name in names] + [Q(**{f"{field}__icontains": word}) for field in folded]
        rows = rows.filter(reduce(or_, in_any, Q(pk=word) if has_id else Q(pk__in=[])))
    return rows


def _nearest(rows: QuerySet[Row], words: list[str], name: str, *order: str) -> QuerySet[Row]:
    """Names that begin with the first word before others."""
    first = words[0].lower()
    nearness = Case(
        When(**{name: first}, then=Value(0)), When(**{f"{name}__startswith": first}, then=Value(1)), default=Value(2)
    )
    judged: QuerySet[Any] = rows.annotate(nearness=nearness)
    return judged.order_by("nearness", *(order or [name]))


def _first(rows: QuerySet[Row], shown: QuerySet[Row] | None = None) -> tuple[list[Row], bool]:
    """The first rows, of wide ones as `shown`; are there more?"""
    found = list(rows[: LIMIT + 1]) if shown is None else first_rows(rows, LIMIT + 1, shown=shown)
    return found[:LIMIT], len(found) > LIMIT


def _list_of(name: str, words: list[str]) -> str:
    return f"{known_url(name)}?{urlencode({'q': ' '.join(words)})}"

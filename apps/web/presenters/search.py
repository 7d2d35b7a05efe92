"""What one search finds: pages, exposures, hosts, clusters, requests and teams, of those that the person may see.

Each section asks one selector once and is cut at LIMIT, so a search costs the same number of queries whatever it finds.
All words must occur, each in any of the fields that the section's note shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.selectors import list_teams_for
from apps.approvals.models import ChangeRequest
from apps.approvals.selectors import list_requests_for
from apps.clusters.selectors import list_clusters_for
from apps.common.storable import storable
from apps.domains.selectors import list_claims_for
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
    fields = ["host", "namespace", "cluster__name", "team__name"]
    rows, more = _first(with_state(list_exposures_for(user)), words, fields, "host", "cluster__name")
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
    rows, _more = _first(list_claims_for(user).exclude(host__in=shown), words, ["host", "team__name"])
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
    rows, _more = _first(list_clusters_for(user), words, ["name", "environment", "wildcard_domain"])
    hits = []
    for row in rows:
        badge = badge_of(row)
        note = f"*.{row.wildcard_domain}" if row.wildcard_domain else row.get_environment_display()
        state = State(badge.kind, badge.word, badge.icon)
        hits.append(Hit(row.name, known_url("web:cluster_detail", row.name), "server", note, state))
    return Section("clusters", _("Clusters"), hits)


def _requests(user: User, words: list[str]) -> Section:
    fields = ["exposure__host", "submitter__username", "exposure__team__name", "id"]
    # Sorted by their ids alone, the rows need no distinct over all their wide columns.
    seen = list_requests_for(user).order_by().values("pk")
    found = ChangeRequest.objects.select_related("exposure__cluster", "revision", "submitter").filter(pk__in=seen)
    rows, _more = _first(found, words, fields, "-created_at", "-id")
    hits = []
    for row in rows:
        kind, icon = STATES[row.state]
        note = f"{row.submitter.username} · {row.exposure.cluster.name}"
        state = State(kind, row.get_state_display(), icon)
        hits.append(Hit(title_of(row), known_url("web:request_detail", row.pk), "inbox", note, state))
    return Section("requests", _("Requests"), hits)


def _teams(user: User, words: list[str]) -> Section:
    rows, more = _first(list_teams_for(user), words, ["name", "title"])
    hits = [Hit(row.name, known_url("web:team_detail", row.name), "users", row.title) for row in rows]
    return Section("teams", _("Teams"), hits, _list_of("web:team_list", words) if more else "")


def _first(rows: QuerySet[Row], words: list[str], fields: list[str], *order: str) -> tuple[list[Row], bool]:
    """The first rows in which every word occurs, names that begin with the first word before others; are there more?"""
    for word in words:
        rows = rows.filter(_in_any(fields, word))
    name = fields[0]
    nearness = Case(
        When(**{f"{name}__iexact": words[0]}, then=Value(0)),
        When(**{f"{name}__istartswith": words[0]}, then=Value(1)),
        default=Value(2),
    )
    found = list(rows.annotate(nearness=nearness).order_by("nearness", *(order or [name]))[: LIMIT + 1])
    return found[:LIMIT], len(found) > LIMIT


def _in_any(fields: list[str], word: str) -> Q:
    found = Q()
    for field in fields:
        # Every id of a kind begins with the same letters: only a whole one says anything.
        found |= Q(pk=word) if field == "id" else Q(**{f"{field}__icontains": word})
    return found


def _list_of(name: str, words: list[str]) -> str:
    return f"{known_url(name)}?{urlencode({'q': ' '.join(words)})}"

"""The picker of certificates: a few of thousands, the best for the host first, the others by search on the server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.domains.hosts import is_one_label_under
from apps.exposures.permissions import may_expose_in, may_name_others
from apps.inventory.offers import Judged, Offers, rank_certificates
from apps.kube.certificates import covers
from apps.web.forms.exposures import DEFAULT_CERTIFICATE

MOST_OFFERED, MOST_REJECTED, MOST_OTHERS = 6, 4, 6
NAMES_SHOWN = 2
# What is merely too much is said on the page of the certificate.
SUPERFLUOUS = frozenset(
    {"duplicate_certificate", "extra_certificate", "root_included", "key_in_certificate", "long_lifetime"}
)


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One row of the picker; `kind` colours the days that are left. `value` is what the form sends."""

    secret_name: str
    issuer: str
    subject_names: list[str]
    reasons: list[dict[str, str]]
    left: str
    kind: str
    input_id: str
    chosen: bool
    covers_host: bool | None = None
    warnings: list[dict[str, str]] = field(default_factory=list)
    may_be_copied: bool = False
    title: str = ""

    @property
    def value(self) -> str:
        return self.secret_name

    @property
    def names(self) -> str:
        shown = ", ".join(self.subject_names[:NAMES_SHOWN])
        more = len(self.subject_names) - NAMES_SHOWN
        return _("%(names)s and %(count)d more") % {"names": shown, "count": more} if more > 0 else shown


@dataclass(frozen=True, slots=True)
class Picker:
    """`best` is what is chosen where nobody has chosen; `url` gives the rows anew for a search."""

    host: str
    search: str
    rows: list[CertificateRow]
    rejected: list[CertificateRow]
    hidden: int
    hidden_rejected: int
    total: int
    best: str
    url: str
    may_ask_others: bool
    may_copy: bool

    @property
    def needs_search(self) -> bool:
        return bool(self.search) or self.total > MOST_OFFERED


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form states: the place, the host as it would be stored, what is chosen, and what is looked for."""

    cluster: Cluster
    namespace: str
    host: str = ""
    chosen: str = ""
    search: str = ""
    others: bool = False
    preselects: bool = True


def picker_for(user: User, asked: Asked, now: datetime | None = None) -> Picker:
    """A fixed number of queries, whatever the namespace holds. Secrets of other types only for those who may."""
    moment = now or timezone.now()
    may_ask = may_name_others(user, asked.cluster.name, asked.namespace)
    offers = rank_certificates(
        asked.cluster,
        asked.namespace,
        asked.host,
        search=asked.search,
        keep=asked.chosen,
        others=asked.others and may_ask,
        now=moment,
    )
    offered = _first(offers.offered, asked, MOST_OFFERED)
    opaque_first = sorted(offers.others, key=lambda row: not row.secret.may_be_copied)
    out = [*_first(offers.rejected, asked, MOST_REJECTED), *opaque_first[:MOST_OTHERS]]
    count = len(offers.rejected) + len(offers.others)
    default = _default_row(asked, moment)
    rows = [*_rows(offers, offered, asked, "id_secret"), *([default] if default else [])]
    best = rows[0].value if rows and asked.host else ""
    if asked.preselects and best and not asked.chosen:
        rows[0] = replace(rows[0], chosen=True)
    return Picker(
        host=asked.host,
        search=asked.search,
        rows=rows,
        rejected=_rows(offers, out, asked, "id_rejected"),
        hidden=len(offers.offered) - len(offered),
        hidden_rejected=count - len(out),
        total=len(offers.offered) + count,
        best=best,
        url=_url(asked),
        may_ask_others=may_ask,
        may_copy=may_expose_in(user, asked.cluster.name, asked.namespace),
    )


def _first(rows: list[Judged], asked: Asked, most: int) -> list[Judged]:
    """The best ones, and what is chosen wherever it stands: a search must not take a choice away."""
    chosen = [row for row in rows[most:] if row.secret.name == asked.chosen]
    return rows[:most] + chosen


def _rows(offers: Offers, judged: list[Judged], asked: Asked, prefix: str) -> list[CertificateRow]:
    entries = offers.entries(judged)
    return [_row(entry, f"{prefix}_{number}", asked.chosen) for number, entry in enumerate(entries)]


def _row(entry: dict[str, Any], input_id: str, chosen: str) -> CertificateRow:
    return CertificateRow(
        secret_name=entry["secret_name"],
        issuer=entry["issuer"],
        subject_names=entry["subject_names"],
        reasons=entry["reasons"],
        left=_left(entry["days_left"]),
        kind=life_kind(entry),
        input_id=input_id,
        chosen=entry["secret_name"] == chosen,
        covers_host=entry["covers_host"],
        warnings=[warning for warning in entry["warnings"] if warning["code"] not in SUPERFLUOUS],
        may_be_copied=entry["may_be_copied"],
        title=entry["secret_name"],
    )


def _left(days: int | None) -> str:
    return "" if days is None else ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def life_kind(entry: dict[str, Any]) -> str:
    """Red once over, amber in the last third of its life: fixed days would cry wolf over short-lived ones."""
    if entry["not_after"] is None or entry["not_before"] is None:
        return "mute"
    days, whole = entry["days_left"], (entry["not_after"] - entry["not_before"]).days
    if days < 0:
        return "bad"
    return "wait" if days < whole / 3 else "ok"


def _default_row(asked: Asked, now: datetime) -> CertificateRow | None:
    """What the cluster serves where no Secret is named, for hosts that it was declared to cover and that may use it."""
    cluster, declared = asked.cluster, asked.cluster.default_certificate_names
    ends = cluster.default_certificate_ends
    is_out = ends is not None and ends < now
    if not asked.host or is_out or not covers(asked.host, declared):
        return None
    if asked.search and asked.chosen != DEFAULT_CERTIFICATE:
        return None
    if is_one_label_under(asked.host, cluster.wildcard_domain):
        return None
    return CertificateRow(
        secret_name=DEFAULT_CERTIFICATE,
        issuer=cluster.default_certificate.get("issuer", ""),
        subject_names=declared,
        reasons=[],
        left=_left((ends - now).days) if ends else "",
        kind="ok",
        input_id="id_secret_default",
        chosen=asked.chosen == DEFAULT_CERTIFICATE,
        covers_host=True,
        title=_("The cluster’s default certificate"),
    )


def _url(asked: Asked) -> str:
    place = {"cluster": asked.cluster.name, "namespace": asked.namespace, "host": asked.host}
    return f"{reverse('web:certificate_picker')}?{urlencode(place)}"

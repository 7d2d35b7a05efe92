"""The sections of the exposure form: which are answered, what their one line says, and which still wait for another.

A browser with scripts folds what is answered (`static/js/sections.js`); without them every section stands open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.web.forms.exposures import ExposureForm
from apps.web.presenters.exposure_choices import Offer
from apps.web.presenters.exposure_outcome import Outcome

FIELDS = {
    "where": ("cluster", "namespace"),
    "what": ("service", "port"),
    "name": ("host_kind", "prefix", "host"),
    "how": ("scheme", "secret", "ingress_class"),
    "why": ("reason",),
}
OF_HOW = ("path_", "backend_", "option_")


@dataclass(frozen=True, slots=True)
class Section:
    """`summary` stands for the section while it is folded. One that `waits` has nothing to choose from
    yet; one that `is_fixed` has nothing to change."""

    key: str
    number: int
    title: str
    summary: str
    is_answered: bool
    waits: bool = False
    environment: str = ""
    is_fixed: bool = False

    @property
    def is_folded(self) -> bool:
        """As it arrives: what is answered well is out of the way. Reasons are read again before they are sent."""
        return self.is_answered and not self.waits and self.key != "why"


# Title, summary, whether it is answered, whether it waits for an earlier one.
Facts = tuple[str, Callable[[Offer], str], bool, bool]


def sections_of(offer: Offer, form: ExposureForm, *, is_named: bool) -> dict[str, Section]:
    """By key, in their order. `is_named`: the host could be had. Where an exposure is stands already."""
    facts = _facts_of(offer, is_named=is_named)
    keys = [key for key in facts if key != "where" or offer.exposure is None]
    return {key: _section(offer, form, key, number, facts[key]) for number, key in enumerate(keys, start=1)}


def _facts_of(offer: Offer, *, is_named: bool) -> dict[str, Facts]:
    draft = offer.draft
    has_place = offer.cluster is not None and bool(draft.namespace)
    has_backend = offer.service is not None and bool(draft.port)
    # What somebody wrote stays in sight, also while a choice before it is open again.
    later_waits = not has_backend and not (offer.stated_host or draft.reason)
    return {
        "where": (_("Where"), _where, has_place, False),
        "what": (_("What"), _what, has_place and has_backend, not has_place),
        "name": (_("Name"), _name, is_named or offer.exposure is not None, later_waits),
        "how": (_("How"), _how, draft.scheme != "https" or bool(draft.secret), later_waits),
        "why": (_("Why"), _why, bool(draft.reason), later_waits),
    }


def _section(offer: Offer, form: ExposureForm, key: str, number: int, facts: Facts) -> Section:
    title, summary, is_answered, waits = facts
    return Section(
        key=key,
        number=number,
        title=title,
        summary=summary(offer),
        is_answered=is_answered and not _has_error(form, key),
        waits=waits,
        environment=_badge(offer, key),
        is_fixed=key == "name" and offer.exposure is not None,
    )


def button_word(offer: Offer, outcome: Outcome) -> str:
    """What pressing the button does; while parts are missing, what it would do by what is chosen so far."""
    is_quick = offer.draft.host_kind == "wildcard" and offer.draft.scheme == "http" and offer.is_quick
    if not (is_quick if outcome.preview is None else not outcome.needs_approval) and offer.cluster is not None:
        return _("Request approval")
    return _("Apply the change") if offer.exposure is not None else _("Publish")


def _has_error(form: ExposureForm, key: str) -> bool:
    names = FIELDS[key]
    return any(name in names or (key == "how" and name.startswith(OF_HOW)) for name in form.errors)


def _badge(offer: Offer, key: str) -> str:
    return offer.cluster.environment if key == "where" and offer.cluster is not None else ""


def _where(offer: Offer) -> str:
    return f"{offer.cluster.name} / {offer.draft.namespace}" if offer.cluster else ""


def _what(offer: Offer) -> str:
    if offer.service is None:
        return ""
    count = offer.service.ready_endpoints
    ready = ngettext("%(count)d endpoint ready", "%(count)d endpoints ready", count) % {"count": count}
    return f"{offer.service.name} : {offer.draft.port} · {ready}"


def _name(offer: Offer) -> str:
    return offer.stated_host if offer.exposure is None else _("%(host)s · stays as it is") % {"host": offer.stated_host}


def _how(offer: Offer) -> str:
    draft = offer.draft
    words = [_("HTTPS with %(secret)s") % {"secret": draft.secret} if draft.scheme == "https" else "HTTP"]
    paths = [row.path or "/" for row in draft.paths]
    count = len(paths)
    if count > 1:
        words.append(ngettext("%(count)d path", "%(count)d paths", count) % {"count": count})
    else:
        words.append(_("every path") if paths == ["/"] and draft.paths[0].path_type == "Prefix" else paths[0])
    options = sum(bool(text) for text in draft.options.values())
    if options:
        words.append(ngettext("%(count)d option", "%(count)d options", options) % {"count": options})
    return " · ".join(words)


def _why(offer: Offer) -> str:
    return Truncator(offer.draft.reason).chars(80)

"""The audit trail in words: what changed in each event, where its object is, and the rows of the export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.approvals.selectors import flatten
from apps.audit.models import AuditEvent
from apps.common.said import spoken
from apps.common.wording import HAN
from apps.web.presenters.audit_words import Text, field_label, object_label, verb_label, verb_sentence
from apps.web.presenters.requests import SYSTEM_PARTS, Change

PAGES = {"request": "web:request_detail", "exposure": "web:exposure_detail"}
NAMED_PAGES = {"cluster": "web:cluster_detail", "team": "web:team_detail", "user": "web:user_detail"}
COLUMNS = (
    "sequence", "at", "actor", "on_behalf_of", "verb", "object_type", "object_id", "object_name", "team", "cluster",
    "comment", "channel", "address", "token_id", "request_id", "before", "after", "hash",
)  # fmt: skip
# The blank after a Latin name; a part of the product with a Chinese name needs none before a Chinese word.
GAP = re.compile(rf"(?<=\{{actor\}}) (?={HAN})")
# A spreadsheet takes these at the start of a cell for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with its field diff and the address of what it is about."""

    event: AuditEvent
    changes: list[Change]
    url: str

    @property
    def label(self) -> Text:
        """What was done, without who and to what."""
        return verb_label(self.event.verb)

    @property
    def kind(self) -> Text:
        return object_label(self.event.object_type)

    @property
    def who(self) -> str:
        """A person by user name, a part of the product by its name."""
        part = SYSTEM_PARTS.get(self.event.actor)
        return str(part[0]) if part else self.event.actor

    @property
    def icon(self) -> str:
        """For what the product did itself; empty for people."""
        part = SYSTEM_PARTS.get(self.event.actor)
        return part[1] if part else ""

    @property
    def sentence(self) -> SafeString:
        """Who did what to which object, the object as a link where it has a page."""
        name = self.event.object_name
        linked = format_html('<a href="{}">{}</a>', self.url, name) if self.url else format_html("<b>{}</b>", name)
        words = str(verb_sentence(self.event.verb, by_system=bool(self.icon)))
        if re.search(f"{HAN}$", self.who):
            words = GAP.sub("", words)
        return format_html(
            words,
            actor=format_html("<b>{}</b>", self.who),
            object=linked,
        )

    @property
    def comment(self) -> str:
        """What a part of the product noted is stored in English; what a person wrote stays as it is."""
        comment = self.event.comment
        return spoken(comment) if self.event.actor in SYSTEM_PARTS else comment


def event_rows(events: Iterable[AuditEvent]) -> list[EventRow]:
    return [EventRow(event, changes_in(event), address_of(event)) for event in events]


def changes_in(event: AuditEvent) -> list[Change]:
    before, after = flatten(event.before or {}), flatten(event.after or {})
    names = dict.fromkeys([*before, *after])
    pairs = [(name, str(before.get(name, "")), str(after.get(name, ""))) for name in names]
    return [Change(field_label(name), old, new) for name, old, new in pairs if old != new]


def address_of(event: AuditEvent) -> str:
    """The page of the object; whether the reader may open it, that page says."""
    if event.object_type in PAGES:
        return reverse(PAGES[event.object_type], args=[event.object_id])
    if event.object_type in NAMED_PAGES and event.object_name:
        return reverse(NAMED_PAGES[event.object_type], args=[event.object_name])
    return ""


def export_rows(events: Iterable[AuditEvent]) -> Iterator[list[str]]:
    """The head line, then one line for each event."""
    yield list(COLUMNS)
    for event in events:
        yield [harmless(str(value_of(event, name))) for name in COLUMNS]


def value_of(event: AuditEvent, name: str) -> object:
    value = getattr(event, name)
    if name == "at":
        return value.isoformat()
    if name in {"before", "after"}:
        return "" if value is None else "; ".join(f"{key}={entry}" for key, entry in flatten(value).items())
    return value


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

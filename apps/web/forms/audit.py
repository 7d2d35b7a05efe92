"""The filters of the audit trail; what cannot be read filters nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.audit.models import AuditEvent
from apps.audit.selectors import search_events
from apps.web.presenters.audit_words import Text, object_label, verb_label

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDS: dict[str, Callable[[str], Text]] = {"verb": verb_label, "object_type": object_label, "cluster": str}
LOOKUPS = {
    "actor": "actor",
    "verb": "verb",
    "object_type": "object_type",
    "cluster": "cluster",
    "since": "at__date__gte",
    "until": "at__date__lte",
}


class AuditFilterForm(forms.Form):
    q = forms.CharField(label=_("Text"), required=False, max_length=200)
    actor = forms.CharField(label=_("Who"), required=False, max_length=150)
    verb = forms.ChoiceField(label=pgettext_lazy("audit trail", "What"), required=False)
    object_type = forms.ChoiceField(label=_("Kind of object"), required=False)
    cluster = forms.ChoiceField(label=_("Cluster"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DATE)
    until = forms.DateField(label=_("Until"), required=False, widget=DATE)

    def __init__(self, *args: Any, events: QuerySet[AuditEvent], **kwargs: Any) -> None:
        """The choices are what stands in the events that the reader may see."""
        super().__init__(*args, **kwargs)
        for name, words in WORDS.items():
            field: Any = self.fields[name]
            values = events.order_by(name).values_list(name, flat=True).distinct()
            spoken = [(value, words(value)) for value in values if value]
            field.choices = [("", _("Any")), *sorted(spoken, key=lambda choice: str(choice[1]))]
        self.events = events

    def found(self) -> QuerySet[AuditEvent]:
        """The events that fit; nothing at all while a filter cannot be understood."""
        if not self.is_valid():
            return self.events.none()
        values = self.cleaned_data
        events = self.events.filter(**{LOOKUPS[name]: values[name] for name in LOOKUPS if values[name]})
        return search_events(events, values["q"]) if values["q"] else events

"""Forms of the own profile and the own API tokens."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Density, Scope, Theme
from apps.accounts.services.tokens import MAX_DAYS

DEFAULT_DAYS = 90


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    density = forms.ChoiceField(
        label=_("Density"), choices=Density.choices, widget=forms.RadioSelect, help_text=_("How much room lists take.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Times on the pages are shown in this zone.")
    )
    shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        required=False,
        help_text=_("Single keys that open pages and move in lists. Switch them off if you press them by accident."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        own_names = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
        fields["language"].choices = [("", _("As the browser asks")), *own_names]
        zones = sorted(zoneinfo.available_timezones())
        fields["time_zone"].choices = [("", _("As the server: %s") % settings.TIME_ZONE), *((z, z) for z in zones)]


class NewTokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What will use it, e.g. the name of the pipeline.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(scope.value, format_lazy("{} ({})", scope.label, scope.value)) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A token never may do more than you may yourself."),
    )
    expires_in_days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )
    allowed_networks = forms.CharField(
        label=_("Allowed networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
        help_text=_("One network a line, like 10.0.0.0/8. Without any, the token works from everywhere."),
    )

    def clean_allowed_networks(self) -> list[str]:
        return str(self.cleaned_data["allowed_networks"]).replace(",", " ").split()

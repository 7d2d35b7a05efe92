"""Forms of teams: the team itself, its members, its namespaces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Role
from apps.clusters.models import Cluster

MOST_EXPOSURES = 100_000


class TeamForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    contact = forms.CharField(
        label=_("Contact"),
        max_length=200,
        required=False,
        help_text=_("Shown to other teams whose hosts collide with yours: a chat channel or an address."),
    )


class NewTeamForm(TeamForm):
    name = forms.CharField(
        label=_("Name"), max_length=63, help_text=_("Lower-case letters, digits and hyphens; it never changes.")
    )
    field_order = ("name", "title", "contact")


class MemberForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "list": "user-names"}
        ),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.DEVELOPER)

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip()


class LimitForm(forms.Form):
    """Empty lifts the limit."""

    exposure_limit = forms.IntegerField(
        label=_("Limit of exposures"), required=False, min_value=0, max_value=MOST_EXPOSURES
    )


class GrantForm(forms.Form):
    cluster_name = forms.ChoiceField(label=_("Cluster"))
    namespace = forms.CharField(
        label=_("Namespace"),
        max_length=63,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "list": "seen-namespaces"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cluster_name"]
        names = Cluster.objects.active().values_list("name", "environment")
        field.choices = [(name, f"{name} ({environment})") for name, environment in names]

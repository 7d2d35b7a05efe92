"""Forms of zones, reserved names and the lookup of a host."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ApproverGroup, Team
from apps.common.prose import check_prose

NAME_ATTRIBUTES = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class ZoneForm(forms.Form):
    name = forms.CharField(
        label=_("Domain"),
        max_length=400,
        widget=forms.TextInput(attrs={**NAME_ATTRIBUTES, "placeholder": "example.com"}),
        help_text=_("The team may ask for this name and for every name below it."),
    )
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), to_field_name="name", label=_("Team"), empty_label=_("Choose a team")
    )
    approver_group = forms.ModelChoiceField(
        ApproverGroup.objects.order_by("name"),
        to_field_name="name",
        label=_("Approved by"),
        empty_label=_("Choose a group"),
        help_text=_("Its members decide on requests for names in the zone."),
    )


class ZoneChangeForm(forms.Form):
    approver_group = forms.ModelChoiceField(
        ApproverGroup.objects.order_by("name"),
        to_field_name="name",
        label=_("Approved by"),
        empty_label=None,
        help_text=_("Its members decide on requests for names in the zone."),
    )


class ReservedHostForm(forms.Form):
    pattern = forms.CharField(
        label=_("Name or pattern"),
        max_length=400,
        widget=forms.TextInput(attrs={**NAME_ATTRIBUTES, "placeholder": "*.internal.example.com"}),
        help_text=_("One host, or “*.” and a domain for every name below it."),
    )
    reason = forms.CharField(
        validators=[check_prose], label=_("Reason"), max_length=200, help_text=_("Shown to whoever asks for the name.")
    )


class LookupForm(forms.Form):
    host = forms.CharField(
        label=_("Host"),
        max_length=400,
        widget=forms.TextInput(attrs={**NAME_ATTRIBUTES, "placeholder": "shop.example.com", "type": "search"}),
    )

"""Forms of private roots and of what clusters serve by default. They take certificates only, never a key."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.web.forms.clusters import PLAIN_TEXT

PEM = PLAIN_TEXT | {"class": "mono", "placeholder": "-----BEGIN CERTIFICATE-----"}


class RootForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("As people call it, such as Example Corp Root 2026.")
    )
    certificate = forms.CharField(
        label=_("Certificate"),
        max_length=100_000,
        help_text=_("PEM of the authority itself, without its key."),
        widget=forms.Textarea(attrs=PEM | {"rows": 6}),
    )


class DefaultCertificateForm(forms.Form):
    names = forms.CharField(
        label=_("Names that it covers"),
        required=False,
        max_length=20_000,
        help_text=_("One on each line, such as *.dev.example.net. Empty: those of the certificate below."),
        widget=forms.Textarea(attrs=PLAIN_TEXT | {"rows": 4, "class": "mono"}),
    )
    certificate = forms.CharField(
        label=_("Its certificate"),
        required=False,
        max_length=100_000,
        help_text=_("PEM, the public part only. With it the names are checked and its end is known."),
        widget=forms.Textarea(attrs=PEM | {"rows": 6}),
    )

    def clean_names(self) -> list[str]:
        return str(self.cleaned_data["names"]).replace(",", " ").split()

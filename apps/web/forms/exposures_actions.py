"""What people confirm: a deletion by typing the host, a step back with a reason, what becomes of a drift."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.prose import check_prose


class RollbackForm(forms.Form):
    reason = forms.CharField(
        validators=[check_prose],
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawConsentForm(forms.Form):
    """The guest reads the reason."""

    reason = forms.CharField(
        validators=[check_prose],
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RevertForm(forms.Form):
    """`seen` names the differences that the person looked at."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AdoptForm(RollbackForm):
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DeleteForm(RollbackForm):
    """`confirm` is only for this form; the service takes the reason."""

    confirm = forms.CharField(
        label=gettext_lazy("Type the host to confirm"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    field_order = ["confirm", "reason"]

    def __init__(self, *args: Any, host: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.pop("confirm", None)
        if typed is not None and typed.strip().lower() != self.host:
            self.add_error("confirm", _("That is not %(host)s.") % {"host": self.host})
        return cleaned

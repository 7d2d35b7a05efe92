"""Forms of the requests' pages: decide, comment, take back, try again. What is allowed, the services decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.common.prose import check_prose

COMMENT_LENGTH = 4000


def comment_field(label: object, *, required: bool, help_text: object = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # a lazy text, as everywhere
        required=required,
        max_length=COMMENT_LENGTH,
        validators=[check_prose],
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DecisionForm(forms.Form):
    """The hash is that of what the person looked at; the service compares it with what is asked now."""

    content_hash = forms.CharField(max_length=100, widget=forms.HiddenInput)
    comment = comment_field(_("Comment"), required=False, help_text=_("Needed to return or reject."))


class CommentForm(forms.Form):
    comment = comment_field(_("Comment"), required=True, rows=2)


class WithdrawForm(forms.Form):
    comment = comment_field(_("Why"), required=False)


class ResubmitForm(forms.Form):
    reason = comment_field(_("What is different now"), required=False, rows=2)


class RetryForm(forms.Form):
    overwrite = forms.BooleanField(
        label=_("Take over what somebody else changed"),
        required=False,
        help_text=_("Their values in these fields are replaced by what was approved."),
    )

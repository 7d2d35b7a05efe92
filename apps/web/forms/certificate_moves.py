"""Forms of moving exposures to a certificate and of retiring one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.prose import check_prose
from apps.web.forms.clusters import PLAIN_TEXT
from apps.web.presenters.certificate_moves import Candidate


class MoveForm(forms.Form):
    """`candidates` are those that may be ticked; the ones that are meant are ticked to begin with."""

    exposures = forms.MultipleChoiceField(
        label=gettext_lazy("Exposures"),
        error_messages={"required": gettext_lazy("Tick at least one exposure.")},
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        validators=[check_prose],
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Approvers read it; later readers find it in the history."),
    )

    def __init__(self, *args: Any, candidates: Iterable[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = list(candidates)
        choices = [(one.exposure.pk, one.exposure.host) for one in self.candidates]
        self.fields["exposures"].choices = choices  # type: ignore[attr-defined]  # of this kind of field

    @property
    def ticked(self) -> set[str]:
        if self.is_bound:
            return set(self.data.getlist("exposures"))  # type: ignore[attr-defined]  # a QueryDict
        return {one.exposure.pk for one in self.candidates if one.is_meant and not one.has_open_request}


class RetireForm(forms.Form):
    """The name has to be typed, so that nobody deletes the wrong one."""

    confirm = forms.CharField(label=gettext_lazy("Name of the certificate"), widget=forms.TextInput(attrs=PLAIN_TEXT))

    def __init__(self, *args: Any, secret_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].help_text = _("Type %(name)s to confirm.") % {"name": secret_name}

"""The form of an upload. The pair is never written back into a page: a key may stand in any of its fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import NamespaceGrant
from apps.delivery.services.certificates import NAME_LIMIT
from apps.web.forms.clusters import PLAIN_TEXT, SecretTextarea

FILE_LIMIT = 512 * 1024
SECRET_FIELDS = ("certificate", "certificate_file", "private_key", "private_key_file")


class UploadForm(forms.Form):
    """`places` are the namespaces to choose from; each of the pair is pasted or comes from a file."""

    token = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    # The draft of an exposure that it is uploaded for.
    draft = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    place = forms.ChoiceField(label=gettext_lazy("Namespace"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("Today’s date is added, so that nothing in use is written over."),
        widget=forms.TextInput(attrs=PLAIN_TEXT | {"placeholder": "shop-tls"}),
    )
    certificate = forms.CharField(
        label=gettext_lazy("Certificate chain"),
        required=False,
        help_text=gettext_lazy("PEM, the server’s own certificate first, then its issuers."),
        widget=SecretTextarea(attrs=PLAIN_TEXT | {"rows": 7, "class": "mono"}),
    )
    certificate_file = forms.FileField(
        label=gettext_lazy("or choose the file of the chain"), required=False, allow_empty_file=True
    )
    private_key = forms.CharField(
        label=gettext_lazy("Private key"),
        required=False,
        help_text=gettext_lazy("PEM without a passphrase. It goes to the cluster and is kept nowhere else."),
        widget=SecretTextarea(attrs=PLAIN_TEXT | {"rows": 5, "class": "mono"}),
    )
    private_key_file = forms.FileField(
        label=gettext_lazy("or choose the file of the key"), required=False, allow_empty_file=True
    )

    def __init__(self, *args: Any, places: Iterable[NamespaceGrant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(f"{grant.cluster_name}/{grant.namespace}", grant) for grant in places]
        choices = [(value, f"{grant.cluster_name} / {grant.namespace}") for value, grant in names]
        self.fields["place"] = forms.ChoiceField(label=self.fields["place"].label, choices=choices)

    def clean_certificate_file(self) -> str:
        return self._text("certificate_file")

    def clean_private_key_file(self) -> str:
        return self._text("private_key_file")

    def clean(self) -> dict[str, Any]:
        """One of both for each half of the pair."""
        missing = {"certificate": _("Paste the certificate chain or choose its file.")}
        missing["private_key"] = _("Paste the private key or choose its file.")
        for name, message in missing.items():
            given = [self.cleaned_data.get(name), self.cleaned_data.get(f"{name}_file")]
            if all(given):
                self.add_error(name, _("Paste it or choose a file, not both."))
            elif not any(given) and not {name, f"{name}_file"} & self.errors.keys():
                self.add_error(name, message)
        return self.cleaned_data

    def place_names(self) -> tuple[str, str]:
        """Cluster and namespace."""
        cluster, _slash, namespace = self.cleaned_data["place"].partition("/")
        return cluster, namespace

    def pair(self) -> dict[str, str]:
        """The arguments of the service that say what is uploaded."""
        values = self.cleaned_data
        halves = {name: values[name] or values[f"{name}_file"] for name in ("certificate", "private_key")}
        return {"name": values["name"], **halves}

    def _text(self, name: str) -> str:
        """The file's text, empty when none was chosen; the judge says of what is no text what it may be."""
        upload = self.cleaned_data.get(name)
        if upload is None:
            return ""
        if upload.size > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 512 KiB."))
        return str(upload.read().decode(errors="replace"))

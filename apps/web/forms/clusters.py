"""Forms of clusters. A credential is typed in and never written back into a page: its widgets render no value."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clusters.enums import Environment
from apps.clusters.models import Cluster
from apps.common.errors import PortalError, Violation
from apps.common.prose import check_prose
from apps.common.said import spoken
from apps.common.wording import in_a_line
from apps.kube.kubeconfig import list_contexts

FILE_LIMIT = 1024 * 1024
SECRET_FIELDS = ("kubeconfig", "kubeconfig_file", "token")
PLAIN_TEXT = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
# Where the services' fields have another name, or belong to a part of the kubeconfig.
FIELD_NAMES = {"endpoint": "endpoint_url"}
CODE_FIELDS = {"cluster_exists": "name", "wildcard_domain_taken": "wildcard_domain"}


class SecretTextarea(forms.Textarea):
    """Takes a secret and never shows one."""

    def format_value(self, value: Any) -> str:
        return ""


class RefusableForm(forms.Form):
    """Puts what a service refused beside the field it is about."""

    # What was given as kubeconfig, pasted or uploaded: errors take a field's value out of `cleaned_data`.
    kubeconfig_text = ""

    def add_refusal(self, error: PortalError) -> None:
        """Each reason beside the field it is about; what is inside the kubeconfig belongs to the kubeconfig."""
        violations: list[Violation] = getattr(error, "errors", [])
        for violation in violations:
            text = in_a_line(spoken(violation.message), spoken(violation.hint))
            self.add_error(self._field_of(violation.field), text)
        if not violations:
            name = CODE_FIELDS.get(error.code, "")
            self.add_error(name if name in self.fields else None, spoken(error.message))

    def _field_of(self, path: str) -> str | None:
        parts = path.split(".")
        name = parts[1] if parts[0] == "entry" and len(parts) > 1 else parts[0]
        name = FIELD_NAMES.get(name, name)
        if name in self.fields:
            return name
        return "kubeconfig" if self.kubeconfig_text else None


class AccessForm(RefusableForm):
    """How the portal reaches a cluster: a kubeconfig, or endpoint, certificate authority and token."""

    kubeconfig = forms.CharField(
        label=gettext_lazy("Kubeconfig"),
        required=False,
        help_text=gettext_lazy("The output of `kubectl config view --raw --minify --flatten`. It is stored encrypted."),
        widget=SecretTextarea(attrs=PLAIN_TEXT | {"rows": 6, "class": "mono"}),
    )
    kubeconfig_file = forms.FileField(label=gettext_lazy("or upload the file"), required=False, allow_empty_file=True)
    context = forms.CharField(
        label=gettext_lazy("Context"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("Only if the kubeconfig has several."),
        widget=forms.TextInput(attrs=PLAIN_TEXT),
    )
    endpoint_url = forms.CharField(
        label=gettext_lazy("API endpoint"),
        required=False,
        help_text=gettext_lazy("Such as https://10.20.0.1:6443."),
        widget=forms.TextInput(attrs=PLAIN_TEXT),
    )
    certificate_authority = forms.CharField(
        label=gettext_lazy("Certificate authority"),
        required=False,
        help_text=gettext_lazy("PEM, from BEGIN to END CERTIFICATE."),
        widget=forms.Textarea(attrs=PLAIN_TEXT | {"rows": 4, "class": "mono"}),
    )
    token = forms.CharField(
        label=gettext_lazy("Token"),
        required=False,
        widget=forms.PasswordInput(attrs=PLAIN_TEXT | {"autocomplete": "new-password"}),
    )
    tls_server_name = forms.CharField(
        label=gettext_lazy("TLS server name"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("Only if the certificate names something else than the endpoint does."),
        widget=forms.TextInput(attrs=PLAIN_TEXT),
    )

    def clean_kubeconfig_file(self) -> str:
        """The text of the file; empty when none was chosen."""
        upload = self.cleaned_data.get("kubeconfig_file")
        if upload is None:
            return ""
        if upload.size > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 1 MiB. Reduce it to one context."))
        try:
            return str(upload.read().decode())
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not text.")) from error

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        self.kubeconfig_text = values.get("kubeconfig") or values.get("kubeconfig_file") or ""
        return values

    def access(self) -> dict[str, Any]:
        """The arguments of the services that say how the cluster is reached."""
        plain = ("endpoint_url", "certificate_authority", "token", "tls_server_name")
        stated = {name: self.cleaned_data.get(name, "") for name in plain}
        return stated | {"kubeconfig": self.kubeconfig_text, "context": self.cleaned_data.get("context") or None}

    def contexts(self) -> list[str]:
        """The contexts to choose from, if the kubeconfig has several."""
        try:
            names = [context.name for context in list_contexts(self.kubeconfig_text)] if self.kubeconfig_text else []
        except PortalError:
            return []
        return names if len(names) > 1 else []


class SettingsForm(RefusableForm):
    """What is said about a cluster and may change later."""

    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=Environment.choices,
        help_text=gettext_lazy("Staging and production always need an approval."),
    )
    wildcard_domain = forms.CharField(
        label=gettext_lazy("Wildcard domain"),
        required=False,
        help_text=gettext_lazy("Names under it need no DNS record of their own. Without “*.”."),
        widget=forms.TextInput(attrs=PLAIN_TEXT | {"placeholder": "dev.example.net"}),
    )
    addresses = forms.CharField(
        label=gettext_lazy("Entry addresses"),
        required=False,
        help_text=gettext_lazy("What names must point at: IP addresses or host names, separated by commas."),
        widget=forms.TextInput(attrs=PLAIN_TEXT),
    )
    http_port = forms.IntegerField(label=gettext_lazy("HTTP port"), min_value=1, max_value=65535, initial=80)
    https_port = forms.IntegerField(label=gettext_lazy("HTTPS port"), min_value=1, max_value=65535, initial=443)
    default_ingress_class_name = forms.CharField(
        label=gettext_lazy("Default ingress class"),
        required=False,
        help_text=gettext_lazy("Empty: the one that the cluster itself marks as default."),
        widget=forms.TextInput(attrs=PLAIN_TEXT | {"list": "ingress-classes"}),
    )

    def settings(self) -> dict[str, Any]:
        """The arguments of the services that say what the cluster is."""
        values = self.cleaned_data
        addresses = [part for part in values["addresses"].replace(",", " ").split() if part]
        return {
            "environment": values["environment"],
            "wildcard_domain": values["wildcard_domain"],
            "entry": {"addresses": addresses, "http_port": values["http_port"], "https_port": values["https_port"]},
            "default_ingress_class_name": values["default_ingress_class_name"],
        }


class RegisterForm(AccessForm, SettingsForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=63,
        help_text=gettext_lazy("Lower-case letters, digits and hyphens; it never changes."),
        widget=forms.TextInput(attrs=PLAIN_TEXT),
    )

    def registration(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], **self.settings(), **self.access()}


class PauseForm(RefusableForm):
    reason = forms.CharField(
        validators=[check_prose],
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Developers see it wherever they would change something."),
    )


class RetireForm(forms.Form):
    """The name has to be typed, so that nobody retires the wrong one."""

    confirm = forms.CharField(label=gettext_lazy("Name of the cluster"), widget=forms.TextInput(attrs=PLAIN_TEXT))

    def __init__(self, *args: Any, cluster: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cluster = cluster
        self.fields["confirm"].help_text = _("Type %(name)s to confirm.") % {"name": cluster.name}

    def clean_confirm(self) -> str:
        typed = str(self.cleaned_data["confirm"]).strip()
        if typed != self.cluster.name:
            raise forms.ValidationError(_("This is not the name of the cluster."))
        return typed

"""What people fill in to expose a service: kept exactly as they stated it, with errors beside the part they belong to.

A `Draft` is read from a query string or a form alike, so every page of the form has an address that can be shared, and
copying an exposure is a link. Whether a draft is allowed is for the policies; the form only insists on its parts.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clusters.models import Cluster
from apps.common.errors import PortalError, Violation
from apps.common.prose import check_prose
from apps.common.said import spoken
from apps.common.wording import in_a_line
from apps.domains.hosts import is_one_label_under
from apps.exposures.policies import word_conflict
from apps.exposures.spec import MAX_PATHS, PATH_TYPES, ExposureSpec, PathSpec
from apps.web.forms.options import PREFIX, option_fields, read_options, texts_of, values_of

ROW = re.compile(r"path_(\d{1,3})")
Choices = list[tuple[str, str]]
# Stands for what the cluster serves where no Secret is named; no Secret can be called so.
DEFAULT_CERTIFICATE = "*"


@dataclass(frozen=True, slots=True)
class PathRow:
    """`backend` is "service:port", or empty for the service and port chosen for the whole exposure."""

    path: str = "/"
    path_type: str = "Prefix"
    backend: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """`options` are texts by the name of the option, as its field shows them."""

    cluster: str = ""
    namespace: str = ""
    service: str = ""
    port: str = ""
    host_kind: str = ""
    prefix: str = ""
    host: str = ""
    scheme: str = "http"
    secret: str = ""
    ingress_class: str = ""
    reason: str = ""
    others: str = ""
    # What the picker chose by itself, so that it may choose again while the host is typed; and what it is searched for.
    preselected: str = ""
    find: str = ""
    ask_owner: str = ""
    token: str = ""
    paths: tuple[PathRow, ...] = (PathRow(),)
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def stated_host(self, wildcard_domain: str) -> str:
        """The host as text; empty while it is not stated."""
        if self.host_kind != "wildcard":
            return self.host
        return f"{self.prefix}.{wildcard_domain}" if self.prefix else ""

    def spec_json(self, wildcard_domain: str) -> dict[str, Any]:
        """The spec in the shape of the REST contract, for `parse_spec`."""
        return {
            "host": self.stated_host(wildcard_domain),
            "paths": [self._path_json(row) for row in self.paths],
            "tls": self._tls_json() if self.scheme == "https" else None,
            "ingress_class_name": self.ingress_class or None,
            "options": values_of(self.options),
        }

    def _tls_json(self) -> dict[str, Any]:
        return {"default_certificate": True} if self.secret == DEFAULT_CERTIFICATE else {"secret_name": self.secret}

    def with_row(self) -> Draft:
        return replace(self, paths=(*self.paths, PathRow(path=""))) if len(self.paths) < MAX_PATHS else self

    def without_row(self, index: int) -> Draft:
        rows = tuple(row for position, row in enumerate(self.paths) if position != index)
        return replace(self, paths=rows or (PathRow(),))

    def as_values(self) -> dict[str, str]:
        """Flat, as form fields and query parameters."""
        values: dict[str, str] = {name: getattr(self, name) for name in TEXTS}
        values |= {PREFIX + name: text for name, text in self.options.items()}
        for index, row in enumerate(self.paths):
            values |= {f"{name}_{index}": value for name, value in asdict(row).items()}
        return values

    def _path_json(self, row: PathRow) -> dict[str, Any]:
        service, _colon, port = row.backend.partition(":")
        return {
            "path": row.path,
            "path_type": row.path_type,
            "service_name": service or self.service,
            "service_port": port or self.port,
        }


TEXTS = [one.name for one in fields(Draft) if one.name not in {"paths", "options"}]


def read_draft(values: Mapping[str, Any], fallback: Draft | None = None) -> Draft:
    """What is stated; parts that are not named come from `fallback`."""
    draft = fallback or Draft()
    stated = {name: str(values[name]).strip() for name in TEXTS if name in values}
    numbers = sorted({int(match[1]) for name in values if (match := ROW.fullmatch(name))})[: MAX_PATHS + 1]
    rows = tuple(_read_row(values, number) for number in numbers)
    options = {**draft.options, **read_options(values)}
    return replace(draft, **stated, paths=rows or draft.paths, options=options)


def draft_of(spec: ExposureSpec, cluster: Cluster, namespace: str) -> Draft:
    """The draft that states `spec`: for editing, and for copying to another cluster."""
    first = spec.paths[0]
    on_wildcard = cluster.allows_self_service and is_one_label_under(spec.host, cluster.wildcard_domain)
    return Draft(
        cluster=cluster.name,
        namespace=namespace,
        service=first.service_name,
        port=str(first.service_port),
        host_kind="wildcard" if on_wildcard else "custom",
        prefix=spec.host.split(".", 1)[0] if on_wildcard else "",
        host="" if on_wildcard else spec.host,
        scheme=spec.scheme,
        secret=DEFAULT_CERTIFICATE if spec.default_certificate else spec.tls_secret_name or "",
        ingress_class=spec.ingress_class_name or "",
        paths=tuple(_row_of(path, first) for path in spec.paths),
        options=texts_of(spec.options),
    )


class ExposureForm(forms.Form):
    """The draft as fields. Nothing is required until it is sent, so that a half-filled page shows no errors."""

    cluster = forms.CharField(label=gettext_lazy("Cluster"), required=False, widget=forms.RadioSelect)
    namespace = forms.CharField(label=gettext_lazy("Namespace"), required=False, widget=forms.Select)
    service = forms.CharField(label=gettext_lazy("Service"), required=False, widget=forms.RadioSelect)
    port = forms.CharField(label=gettext_lazy("Port"), required=False, widget=forms.Select)
    host_kind = forms.CharField(label=gettext_lazy("Kind of name"), required=False, widget=forms.RadioSelect)
    prefix = forms.CharField(  # type: ignore[assignment]  # Django takes the fields out of the class again
        label=gettext_lazy("Name"), required=False, max_length=253
    )
    host = forms.CharField(label=gettext_lazy("Host"), required=False, max_length=300)
    scheme = forms.CharField(label=gettext_lazy("Protocol"), required=False, widget=forms.RadioSelect)
    secret = forms.CharField(label=gettext_lazy("Certificate"), required=False, widget=forms.RadioSelect)
    ingress_class = forms.CharField(label=gettext_lazy("Ingress class"), required=False, widget=forms.Select)
    reason = forms.CharField(
        validators=[check_prose],
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "hx-preserve": "true"}),
        help_text=gettext_lazy("Approvers read it; later readers find it in the history."),
    )

    def __init__(
        self, draft: Draft, choices: dict[str, Choices], *, options: Iterable[str] = (), sent: bool = False
    ) -> None:
        super().__init__(draft.as_values())
        self.draft = draft
        self.sent = sent
        for name in ("prefix", "host"):
            attributes = {"hx-preserve": "true", "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
            self.fields[name].widget.attrs.update(attributes, **{"class": "previews"})
        for name in ("namespace", "ingress_class"):
            self.fields[name].widget.attrs["class"] = "refreshes"
        self.fields["port"].widget.attrs["class"] = "previews"
        self.fields |= option_fields(options)
        for index in range(len(draft.paths)):
            self._add_row(index)
        for name, offered in choices.items():
            for field in [name] if name in self.fields else [f"{name}_{row}" for row in range(len(draft.paths))]:
                stated = draft.as_values()[field]
                self.fields[field].widget.choices = _with_stated(offered, stated)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The bound fields of each path, and its number."""
        count = len(self.draft.paths)
        return [
            {
                "number": index,
                "path": self[f"path_{index}"],
                "path_type": self[f"path_type_{index}"],
                "backend": self[f"backend_{index}"],
                "removable": count > 1,
            }
            for index in range(count)
        ]

    @property
    def options(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def has_options(self) -> bool:
        """Whether one is stated or refused, so that the fold stands open."""
        return any(field.value() or field.errors for field in self.options)

    def clean(self) -> dict[str, Any]:
        if self.sent:
            self._insist()
        return super().clean() or {}

    def add_refusal(self, error: PortalError, *, keep_first: bool = False) -> None:
        """Put what was refused beside the parts it belongs to; the rest stands in the summary.

        With `keep_first`, a part that has an error already gets no second one: it is empty, and says so.
        """
        violations: list[Violation] = getattr(error, "errors", [])
        for violation in violations:
            self._add_violation(violation, keep_first=keep_first)
        conflicts = error.fields.get("conflicts", [])
        for conflict in conflicts:
            self.add_error(self._field_of_conflict(conflict), conflict_sentence(conflict))
        if not violations and not conflicts:
            self.add_error(None, error.message)

    def _add_violation(self, violation: Violation, *, keep_first: bool) -> None:
        field = self._field_of(violation.field)
        text = in_a_line(violation.message, violation.hint)
        present = list(self.errors.get(field or "__all__", []))
        if text not in present and not (keep_first and present):
            self.add_error(field, text)

    def _field_of_conflict(self, conflict: dict[str, Any]) -> str | None:
        """The path that somebody else has on a host that may be shared; else the host."""
        taken = [index for index, row in enumerate(self.draft.paths) if row.path.rstrip("/") == _plain(conflict)]
        return f"path_{taken[0]}" if self.draft.ask_owner and taken else self._field_of("host")

    def _insist(self) -> None:
        named = self.draft.prefix if self.draft.host_kind == "wildcard" else self.draft.host
        wanted = {
            "cluster": (self.draft.cluster, _("Choose a cluster.")),
            "namespace": (self.draft.namespace, _("Choose a namespace.")),
            "service": (self.draft.service, _("Choose a service.")),
            "port": (self.draft.port, _("Choose a port.")),
            self._field_of("host"): (named, _("Give it a name.")),
        }
        for field, (value, message) in wanted.items():
            if not value:
                self.add_error(field, message)
        if self.draft.scheme == "https" and not self.draft.secret:
            self.add_error("secret", _("Choose a certificate, or HTTP."))

    def _field_of(self, place: str) -> str | None:
        """The field of this form for a dotted field of the REST contract."""
        parts = place.split(".")
        if parts[0] == "paths" and len(parts) == 3:
            return self._path_field(int(parts[1]), parts[2])
        if parts[0] == "options":
            named = PREFIX + parts[-1]
            return named if named in self.fields else None
        names = {
            "host": "prefix" if self.draft.host_kind == "wildcard" else "host",
            "paths": "path_0",
            "tls": "secret",
            "ingress_class_name": "ingress_class",
            "cluster": "cluster",
            "namespace": "namespace",
        }
        return names.get(parts[0])

    def _path_field(self, index: int, name: str) -> str:
        if name in {"path", "path_type"}:
            return f"{name}_{index}"
        if self.draft.paths[index].backend:
            return f"backend_{index}"
        return "service" if name == "service_name" else "port"

    def _add_row(self, index: int) -> None:
        number = index + 1
        path = forms.CharField(label=_("Path %(number)d") % {"number": number}, required=False)
        path.widget.attrs = {"class": "previews mono", "placeholder": "/", "spellcheck": "false", "autocomplete": "off"}
        kind = forms.CharField(label=_("Match of path %(number)d") % {"number": number}, required=False)
        kind.widget = forms.Select(attrs={"class": "previews"}, choices=[(name, name) for name in PATH_TYPES])
        backend = forms.CharField(label=_("Service of path %(number)d") % {"number": number}, required=False)
        backend.widget = forms.Select(attrs={"class": "previews"})
        self.fields |= {f"path_{index}": path, f"path_type_{index}": kind, f"backend_{index}": backend}


def _plain(conflict: dict[str, Any]) -> str | None:
    path = conflict.get("path")
    return path.rstrip("/") if path is not None else None


def conflict_sentence(conflict: dict[str, Any]) -> str:
    """Who has the host, and how to reach them."""
    return spoken(word_conflict(conflict))


def _with_stated(offered: Choices, stated: str) -> Choices:
    """What was stated stays choosable even where it is not offered (any more)."""
    if not stated or any(value == stated for value, _label in offered):
        return offered
    return [*offered, (stated, _("%(name)s (not found)") % {"name": stated})]


def _read_row(values: Mapping[str, Any], number: int) -> PathRow:
    return PathRow(
        path=values.get(f"path_{number}", "").strip(),
        path_type=values.get(f"path_type_{number}", "") or "Prefix",
        backend=values.get(f"backend_{number}", ""),
    )


def _row_of(path: PathSpec, first: PathSpec) -> PathRow:
    same = (path.service_name, path.service_port) == (first.service_name, first.service_port)
    return PathRow(path.path, path.path_type, "" if same else f"{path.service_name}:{path.service_port}")

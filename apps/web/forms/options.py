"""Typed options as fields of a form: every value is a text that people can type, read back without loss.

A text that is no value of its type is handed on as it is, so that the catalogue refuses it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.exposures.options import CATALOGUE, Option

PREFIX = "option_"
SEPARATORS = re.compile(r"[,\s]+")
NUMBER = re.compile(r"[0-9]{1,9}")
LABELS = {
    "redirect_to_https": gettext_lazy("Redirect to HTTPS"),
    "request_body_size": gettext_lazy("Largest request"),
    "connect_timeout": gettext_lazy("Time to connect"),
    "read_timeout": gettext_lazy("Time to answer"),
    "send_timeout": gettext_lazy("Time to send"),
    "websocket": gettext_lazy("Long-lived connections"),
    "backend_protocol": gettext_lazy("Protocol of the pods"),
    "allow_networks": gettext_lazy("Allowed networks"),
    "rate_limit": gettext_lazy("Requests a second"),
    "cors_allow_origins": gettext_lazy("CORS: origins"),
    "cors_allow_methods": gettext_lazy("CORS: methods"),
    "cors_allow_headers": gettext_lazy("CORS: headers"),
    "cors_allow_credentials": gettext_lazy("CORS: credentials"),
    "cors_max_age": gettext_lazy("CORS: lifetime"),
    "hsts_max_age": gettext_lazy("HSTS: lifetime"),
    "hsts_include_subdomains": gettext_lazy("HSTS: names below"),
    "session_affinity": gettext_lazy("Session affinity"),
    "session_cookie_name": gettext_lazy("Session cookie"),
    "rewrite_prefix": gettext_lazy("Rewrite the path to"),
    "request_headers": gettext_lazy("Headers of requests"),
    "response_headers": gettext_lazy("Headers of answers"),
}


def texts_of(options: Mapping[str, Any]) -> dict[str, str]:
    """Each option's value as it stands in its field."""
    return {name: _as_text(value) for name, value in options.items()}


def values_of(texts: Mapping[str, str]) -> dict[str, Any]:
    """The stated options in the shape of the REST contract; an empty field states nothing."""
    return {name: _as_value(CATALOGUE[name], text) for name, text in texts.items() if text}


def read_options(values: Mapping[str, Any]) -> dict[str, str]:
    """What the fields of a query string or form say; those that are not there say nothing."""
    return {name: str(values[PREFIX + name]).strip() for name in CATALOGUE if PREFIX + name in values}


def option_fields(names: Iterable[str]) -> dict[str, forms.Field]:
    return {PREFIX + name: _field(CATALOGUE[name]) for name in names}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {one}" for name, one in value.items())
    return str(value)


def _as_value(option: Option, text: str) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        "boolean": lambda text: {"true": True, "false": False}.get(text, text),
        "integer": lambda text: int(text) if NUMBER.fullmatch(text) else text,
        "list": lambda text: [part for part in SEPARATORS.split(text) if part],
        "headers": _read_headers,
    }
    read = readers.get(option.values.type, str)
    return read(text)


def _read_headers(text: str) -> Any:
    """One header a line; a name that stands there twice would silently win over itself, so the text is refused."""
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    headers = {name.strip(): value.strip() for name, _colon, value in lines}
    return headers if len(headers) == len(lines) else text


def _field(option: Option) -> forms.Field:
    field = forms.CharField(label=LABELS[option.name], required=False)
    field.help_text = f"{option.description} {_grammar(option)}".strip()
    field.widget = _widget(option)
    return field


def _grammar(option: Option) -> str:
    """Choices show themselves."""
    if option.values.type in {"boolean", "choice"}:
        return ""
    line = _("One header a line, like X-Name: value.") if option.values.type == "headers" else ""
    return f"{line} ({option.values.grammar})"


def _widget(option: Option) -> forms.Widget:
    choices = {"boolean": [("true", _("Yes")), ("false", _("No"))]}.get(option.values.type)
    if option.values.type == "choice":
        choices = [(value, value) for value in getattr(option.values, "values", ())]
    if choices is not None:
        return forms.Select(attrs={"class": "previews"}, choices=[("", _("As the controller does")), *choices])
    attributes = {"class": "previews mono", "autocomplete": "off", "spellcheck": "false", "hx-preserve": "true"}
    if option.values.type == "headers":
        return forms.Textarea(attrs={**attributes, "rows": 3})
    return forms.TextInput(attrs=attributes)

"""Reads stated options: every value by its grammar, and what options need of each other and of the exposure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.common.errors import Violation
from apps.exposures.options.catalogue import CATALOGUE, Option
from apps.exposures.options.grammar import InvalidValue

Options = dict[str, Any]


def parse_options(
    stated: Mapping[str, Any], *, has_tls: bool, path_types: Iterable[str]
) -> tuple[Options, list[Violation]]:
    """The canonical options in the order of the catalogue, and everything that is wrong, by field."""
    violations = [_unknown(name) for name in stated if name not in CATALOGUE]
    options: Options = {}
    for option in CATALOGUE.values():
        if option.name not in stated:
            continue
        try:
            options[option.name] = option.values.read(stated[option.name])
        except InvalidValue as error:
            violations.append(_invalid(option.name, str(error)))
    violations += [one for name in options for one in _needs(CATALOGUE[name], stated, options[name], has_tls=has_tls)]
    return options, violations + _contradictions(options, path_types)


def _unknown(name: str) -> Violation:
    message = _("There is no option of this name.")
    return Violation("option_not_allowed", f"options.{name}", message, _("See GET /api/v1/options/."))


def _invalid(name: str, message: str) -> Violation:
    return Violation("option_invalid", f"options.{name}", message, _("See GET /api/v1/options/."))


def _needs(option: Option, stated: Mapping[str, Any], value: object, *, has_tls: bool) -> list[Violation]:
    """Switching something off needs nothing."""
    if value is False:
        return []
    found = []
    if option.needs and option.needs not in stated:
        found.append(_invalid(option.name, _("This means nothing without %(other)s.") % {"other": option.needs}))
    if option.needs_tls and not has_tls:
        found.append(_invalid(option.name, _("This needs HTTPS: choose a certificate first.")))
    return found


def _contradictions(options: Options, path_types: Iterable[str]) -> list[Violation]:
    found = []
    origins = options.get("cors_allow_origins", [])
    if "*" in origins and len(origins) > 1:
        found.append(_invalid("cors_allow_origins", _("* stands alone: it means every origin.")))
    if "*" in origins and options.get("cors_allow_credentials"):
        message = _("Credentials may not go to every origin (*): name the origins.")
        found.append(_invalid("cors_allow_credentials", message))
    if options.get("websocket") and {"read_timeout", "send_timeout"} & options.keys():
        found.append(_invalid("websocket", _("It sets both timeouts itself: state it, or read and send timeout.")))
    if "rewrite_prefix" in options and any(kind != "Prefix" for kind in path_types):
        found.append(_invalid("rewrite_prefix", _("Every path must be of type Prefix for this.")))
    return found

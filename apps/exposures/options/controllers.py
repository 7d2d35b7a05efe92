"""The controllers whose annotations the portal knows, found by `spec.controller` of the IngressClass.

A controller that is not here supports nothing: what it would make of an annotation is unknown, and an option that is
silently ignored is worse than one that is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.exposures.options.catalogue import CATALOGUE
from apps.exposures.options.grammar import Text
from apps.exposures.options.tables import (
    HAPROXY_INGRESS_TABLE,
    HAPROXY_ORG_TABLE,
    INGRESS_NGINX_TABLE,
    SANDBOX_TABLE,
    TRAEFIK_TABLE,
    Table,
)

Limit = Callable[[Any], Text]
_ANY_PATH = re.compile(r".*")


@dataclass(frozen=True, slots=True)
class Controller:
    """`instances`: whether several of it in one cluster are told apart as `name/instance`.

    `reasons` say why an option is not there, `reason` why any other is not; a limit says why one value is not. `paths`
    are those that it serves.
    """

    name: str
    label: str
    table: Table
    reason: Text
    reasons: Mapping[str, Text] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    instances: bool = False
    paths: re.Pattern[str] = _ANY_PATH

    def is_meant(self, name: str) -> bool:
        return name == self.name or (self.instances and name.startswith(f"{self.name}/"))

    def refusal(self, option: str, value: Any) -> Text:
        """Why it cannot do this; empty when it can."""
        if option not in self.table:
            return self.reasons.get(option, self.reason)
        return self.limits[option](value) if option in self.limits else ""


def _one_origin(origins: list[str]) -> Text:
    return "" if len(origins) == 1 else _("HAProxy Ingress takes one origin only.")


def _any_origin(origins: list[str]) -> Text:
    """It takes a named origin for a regular expression that is not anchored, so it would let in others too."""
    return "" if origins == ["*"] else _LOOSE_ORIGINS


def _no_credentials(allowed: bool) -> Text:
    return _LOOSE_ORIGINS if allowed else ""


_ON_SERVICE = _("This controller reads it from the Service, which the portal does not write.")
_NO_SETTING = _("This controller has no setting of its own for one Ingress.")
_LOOSE_ORIGINS = _("This controller compares origins loosely, so only * without credentials is offered.")
_NEEDS_REGEX = _("This controller rewrites with regular expressions only, which the portal does not write.")
_NEEDS_CONFIG_MAP = _("ingress-nginx takes headers from a ConfigMap only, which the portal does not write.")

CONTROLLERS = (
    Controller(
        name="k8s.io/ingress-nginx",
        label="ingress-nginx",
        table=INGRESS_NGINX_TABLE,
        reason=_NO_SETTING,
        reasons={
            "rewrite_prefix": _NEEDS_REGEX,
            "request_headers": _NEEDS_CONFIG_MAP,
            "response_headers": _NEEDS_CONFIG_MAP,
        },
        # It leaves out an Ingress with any other, unless its strictness was turned off.
        paths=re.compile(r"[A-Za-z0-9._~/-]*"),
    ),
    Controller(
        name="traefik.io/ingress-controller",
        label="Traefik",
        table=TRAEFIK_TABLE,
        reason=_("Traefik needs a Middleware object for this, which the portal does not write."),
        reasons={
            "connect_timeout": _ON_SERVICE,
            "read_timeout": _ON_SERVICE,
            "send_timeout": _ON_SERVICE,
            "backend_protocol": _ON_SERVICE,
            "session_affinity": _ON_SERVICE,
            "session_cookie_name": _ON_SERVICE,
        },
    ),
    Controller(
        name="haproxy-ingress.github.io/controller",
        label="HAProxy Ingress",
        table=HAPROXY_INGRESS_TABLE,
        reason=_NO_SETTING,
        reasons={"response_headers": _("HAProxy Ingress has no setting for headers of answers.")},
        limits={"cors_allow_origins": _one_origin},
        instances=True,
    ),
    Controller(
        name="haproxy.org/ingress-controller",
        label="HAProxy",
        table=HAPROXY_ORG_TABLE,
        reason=_NO_SETTING,
        reasons={
            "session_affinity": _ON_SERVICE,
            "session_cookie_name": _ON_SERVICE,
            "rewrite_prefix": _NEEDS_REGEX,
        },
        limits={"cors_allow_origins": _any_origin, "cors_allow_credentials": _no_credentials},
        instances=True,
    ),
    Controller(
        name="portico.dev/sandbox-router",
        label="Sandbox",
        table=SANDBOX_TABLE,
        reason=_("The router of the demo does not do this."),
    ),
)

# Every annotation that options can ever become, over all controllers.
ANNOTATIONS = frozenset(key for one in CONTROLLERS for lines in one.table.values() for key, _write in lines)


def find_controller(name: str) -> Controller | None:
    return next((one for one in CONTROLLERS if one.is_meant(name)), None)


def controllers_for(option: str) -> list[str]:
    """The names of the controllers that support the option, maybe not with every value."""
    return [one.name for one in CONTROLLERS if option in one.table]


def unsupported(options: Mapping[str, Any], controller_name: str) -> dict[str, Text]:
    """Option → reason, for each that this controller cannot do."""
    controller = find_controller(controller_name)
    if controller is None:
        return dict.fromkeys(options, _("The portal does not know what its controller supports."))
    refusals = ((name, controller.refusal(name, value)) for name, value in options.items())
    return {name: reason for name, reason in refusals if reason}


def render_options(options: Mapping[str, Any], controller_name: str) -> dict[str, str]:
    """The annotations of options that were checked against this controller; the same input gives the same output."""
    controller = find_controller(controller_name)
    refused = unsupported(options, controller_name)
    if controller is None:
        return {}
    named = (name for name in CATALOGUE if name in options and name not in refused)
    return dict(_written(controller, ((name, options[name]) for name in named)))


def _written(controller: Controller, options: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    for name, value in options:
        for key, write in controller.table[name]:
            text = write(value)
            if text is not None:
                yield key, text

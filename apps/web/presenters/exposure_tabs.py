"""The tabs of an exposure's page, each with an address of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.exposures.models import Exposure


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    active: bool
    count: int | None = None


def tabs_of(exposure: Exposure, active: str) -> list[Tab]:
    return [
        _tab(exposure, _("Overview"), "detail", active),
        _tab(exposure, _("Manifest"), "manifest", active),
        _tab(exposure, _("History"), "history", active, exposure.revisions.count()),
        _tab(exposure, _("Requests"), "requests", active, exposure.change_requests.count()),
        _tab(exposure, _("Events"), "events", active),
    ]


def _tab(exposure: Exposure, label: str, name: str, active: str, total: int | None = None) -> Tab:
    return Tab(label, reverse(f"web:exposure_{name}", args=[exposure.pk]), name == active, total)

"""Which team may ask for which names, and the name nobody may have."""

from __future__ import annotations

from apps.accounts.models import ApproverGroup, Team
from apps.domains.models import ReservedHost, Zone
from apps.domains.services import grant_zone, reserve_host
from demo.seeds.people import GROUP, platform

ZONES = {"example.com": "web", "example.org": "pay"}
RESERVED = "portal.example.com"


def seed() -> None:
    by, group = platform(), ApproverGroup.objects.get(name=GROUP)
    for name, team in ZONES.items():
        if not Zone.objects.filter(name=name).exists():
            grant_zone(by=by, name=name, team=Team.objects.get(name=team), approver_group=group)
    if not ReservedHost.objects.filter(pattern=RESERVED).exists():
        reserve_host(by=by, pattern=RESERVED, reason="The portal itself answers there.")

"""Zones, reserved names and host claims."""

from __future__ import annotations

from apps.accounts.models import ApproverGroup, Team
from apps.domains.models import HostClaim, ReservedHost, Zone


def make_zone(team: Team, approver_group: ApproverGroup, name: str = "example.com") -> Zone:
    return Zone.objects.create(name=name, team=team, approver_group=approver_group)


def make_reserved_host(pattern: str = "portal.example.com", *, reason: str = "The portal itself.") -> ReservedHost:
    return ReservedHost.objects.create(pattern=pattern, reason=reason)


def make_host_claim(team: Team, host: str) -> HostClaim:
    return HostClaim.objects.create(host=host, team=team)

"""Reads over zones, reserved names and claims."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.models import Team, User
from apps.domains.models import HostClaim, ReservedHost, Zone


def zones_of(team: Team) -> QuerySet[Zone]:
    return Zone.objects.filter(team=team).select_related("approver_group", "team")


def zone_for(host: str, team: Team) -> Zone | None:
    """The team's zone that holds the host; of several the longest, because it is the most particular one."""
    zones = zones_of(team).filter(name__in=[host, *parents_of(host)])
    return max(zones, key=lambda zone: len(zone.name), default=None)


def reserved_by(host: str) -> ReservedHost | None:
    """The reservation that keeps the host from everyone: the host itself, or `*.` over one of its parents."""
    patterns = [host, *(f"*.{parent}" for parent in parents_of(host))]
    return ReservedHost.objects.filter(pattern__in=patterns).first()


def claim_of(host: str) -> HostClaim | None:
    return HostClaim.objects.select_related("team").filter(host=host).first()


def list_zones_for(user: User) -> QuerySet[Zone]:
    zones = Zone.objects.select_related("team", "approver_group")
    return zones if user.sees_everything else zones.filter(team__memberships__user=user).distinct()


def list_reserved_hosts() -> QuerySet[ReservedHost]:
    return ReservedHost.objects.all()


def list_claims_for(user: User) -> QuerySet[HostClaim]:
    claims = HostClaim.objects.select_related("team").order_by("host")
    return claims if user.sees_everything else claims.filter(Q(team__memberships__user=user)).distinct()


def parents_of(host: str) -> list[str]:
    """`a.b.c` → [`b.c`, `c`]."""
    labels = host.split(".")
    return [".".join(labels[position:]) for position in range(1, len(labels))]

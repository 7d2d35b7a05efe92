"""Reads over zones, reserved names and claims."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.common.errors import NotFound
from apps.domains.models import HostClaim, ReservedHost, Zone
from apps.domains.suffixes import is_public_suffix


def zone_for(host: str, team: Team) -> Zone | None:
    """The team's zone that holds the host. The most particular zone counts: one that was granted to another team inside
    an own one is that team's, unless both have it.
    """
    zones = Zone.objects.filter(name__in=[host, *parents_of(host)]).select_related("approver_group", "team")
    nearest = max((zone.name for zone in zones), key=len, default="")
    return next((zone for zone in zones if zone.name == nearest and zone.team_id == team.pk), None)


def reserved_by(host: str) -> ReservedHost | None:
    """The reservation that keeps the host from everyone: the host itself, or `*.` over one of its parents."""
    patterns = [host, *(f"*.{parent}" for parent in parents_of(host))]
    return ReservedHost.objects.filter(pattern__in=patterns).first()


def reservation_of(host: str) -> str | None:
    """Why nobody may take the host: a reserved name or pattern, the portal, a cluster's own names, a public suffix."""
    return platform_reservation_of(host) or (_("it is a public suffix") if is_public_suffix(host) else None)


def platform_reservation_of(host: str, *, besides: Cluster | None = None) -> str | None:
    """Which reserved name or pattern, or which part of the platform has the host; what `besides` itself has is left
    out.
    """
    reserved = reserved_by(host)
    if reserved is not None:
        return reserved.reason
    if host == (urlsplit(settings.PORTICO_URL).hostname or ""):
        return _("it is the portal itself")
    return _reserved_by_cluster(host, besides)


def _reserved_by_cluster(host: str, besides: Cluster | None) -> str | None:
    clusters = Cluster.objects.active().exclude(pk=besides.pk if besides else "")
    for domain, entry in clusters.values_list("wildcard_domain", "entry"):
        if host == domain:
            return _("it is the wildcard domain of a cluster")
        if host in (entry.get("addresses") or []):
            return _("it is the entry of a cluster")
    return None


def list_zones_for(user: User) -> QuerySet[Zone]:
    """The zones of the person's teams; all for those who see everything."""
    zones = Zone.objects.select_related("team", "approver_group").order_by("name", "team__name")
    return zones if user.sees_everything else zones.filter(team__memberships__user=user).distinct()


def get_zone_for(user: User, zone_id: str) -> Zone:
    zone = list_zones_for(user).filter(pk=zone_id).first()
    if zone is None:
        raise NotFound(_("There is no such zone."), code="zone_not_found")
    return zone


def list_reserved_hosts_for(user: User) -> QuerySet[ReservedHost]:
    """For those who see everything: the reasons may be nobody else's business."""
    reserved = ReservedHost.objects.order_by("pattern")
    return reserved if user.is_active and user.sees_everything else reserved.none()


def get_reserved_host_for(user: User, reserved_id: str) -> ReservedHost:
    reserved = list_reserved_hosts_for(user).filter(pk=reserved_id).first()
    if reserved is None:
        raise NotFound(_("There is no such reserved name."), code="reserved_host_not_found")
    return reserved


def list_claims_for(user: User) -> QuerySet[HostClaim]:
    """The hosts of the person's teams; all for those who see everything."""
    claims = HostClaim.objects.select_related("team").order_by("host")
    return claims if user.sees_everything else claims.filter(team__memberships__user=user).distinct()


def claims_under(zone: Zone) -> QuerySet[HostClaim]:
    """The hosts that the zone's team holds in it."""
    claims = HostClaim.objects.filter(team=zone.team)
    return claims.filter(host=zone.name) | claims.filter(host__endswith=f".{zone.name}")


def parents_of(host: str) -> list[str]:
    """`a.b.c` → [`b.c`, `c`]."""
    labels = host.split(".")
    return [".".join(labels[position:]) for position in range(1, len(labels))]

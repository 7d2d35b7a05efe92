"""Why a domain cannot be the wildcard pool of a cluster: in a pool, whoever comes first has a name, without asking."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.clusters.models import Cluster
from apps.common.errors import Violation
from apps.domains.hosts import InvalidHost, normalise_host
from apps.domains.models import HostClaim, ReservedHost
from apps.domains.selectors import platform_reservation_of
from apps.domains.suffixes import is_public_suffix

FIELD = "wildcard_domain"
SHOWN_HOSTS = 5


def find_objections(cluster: Cluster) -> list[Violation]:
    """What speaks against the cluster's wildcard domain, each with the way out."""
    domain = cluster.wildcard_domain
    try:
        normalise_host(domain, field=FIELD)
    except InvalidHost as error:
        return [error.violation]
    found = (_public_suffix(domain), _reserved(domain, cluster), _swallowed(domain, cluster))
    return [violation for violation in found if violation is not None]


def _public_suffix(domain: str) -> Violation | None:
    if not is_public_suffix(domain):
        return None
    message = _("%(domain)s is a public suffix: anybody can register a name under it.") % {"domain": domain}
    return Violation("public_suffix", FIELD, message, _("Use a domain that your organisation registered."))


def _reserved(domain: str, cluster: Cluster) -> Violation | None:
    every_name = ReservedHost.objects.filter(pattern=f"*.{domain}").values_list("reason", flat=True).first()
    because = platform_reservation_of(domain, besides=cluster) or every_name
    if because is None:
        return None
    message = _("%(host)s is reserved: %(reason)s.") % {"host": domain, "reason": because.rstrip(".")}
    return Violation("host_reserved", FIELD, message, _("Choose another domain, or take the reserved name away first."))


def _swallowed(domain: str, cluster: Cluster) -> Violation | None:
    """Hosts that teams hold already would suddenly be names of the pool: HTTP only, and of this cluster alone.

    Those that this cluster itself serves over HTTP are what they would be; so a domain that was changed by mistake can
    be set back.
    """
    # By the reverse relation: the exposures app lies above this one.
    at_home = cluster.exposures.filter(deleted_at=None, live_revision__spec__tls=None)
    claims = HostClaim.objects.filter(host__endswith=f".{domain}").exclude(host__in=at_home.values("host"))
    held = list(claims.select_related("team").order_by("host")[: SHOWN_HOSTS + 1])
    if not held:
        return None
    names = ", ".join(f"{claim.host} ({claim.team.name})" for claim in held[:SHOWN_HOSTS])
    names += " …" if len(held) > SHOWN_HOSTS else ""
    words = ngettext(
        "A team holds a host under %(domain)s already: %(names)s.",
        "Teams hold hosts under %(domain)s already: %(names)s.",
        len(held),
    )
    hint = _("Choose another domain, or have these hosts deleted first.")
    return Violation("hosts_claimed", FIELD, words % {"domain": domain, "names": names}, hint)

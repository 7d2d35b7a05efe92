"""Gathers every use of a host: the portal's rows, and the live Ingresses of all clusters that are not the portal's own.

The number of queries is fixed, whatever they find; where exposures are found, their newest revisions are one more.
Rules without a host are the default of a cluster and claim nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from apps.accounts.models import NamespaceGrant, Team
from apps.clusters.models import Cluster
from apps.domains.models import HostClaim
from apps.domains.overlaps import WILDCARD, host_key, is_wildcard, matching_alias, overlap, wildcard_over
from apps.exposures.models import Exposure, HostShare, Revision
from apps.exposures.policies.uses import HostUse, LiveObject, PathUse
from apps.inventory.models import Ingress, IngressPath

SERVER_ALIAS = "nginx.ingress.kubernetes.io/server-alias"
EXTERNAL_DNS = "external-dns.alpha.kubernetes.io/hostname"
HAPROXY = ("haproxy-ingress.github.io/", "ingress.kubernetes.io/")
# Lists of hosts that an object takes beside its rules: at the controller, or in DNS.
PLAIN_ALIASES = (
    SERVER_ALIAS,
    EXTERNAL_DNS,
    *(prefix + name for prefix in HAPROXY for name in ("server-alias", "redirect-from")),
)
# The same as one regular expression, without the mark by which ingress-nginx knows one.
EXPRESSIONS = tuple(prefix + name for prefix in HAPROXY for name in ("server-alias-regex", "redirect-from-regex"))
ALIASES = PLAIN_ALIASES + EXPRESSIONS
WWW_REDIRECT = "nginx.ingress.kubernetes.io/from-to-www-redirect"
WWW = "www."
CANARY = "nginx.ingress.kubernetes.io/canary"
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """An Ingress that takes `host`: by its rules with their paths, or as a whole by an annotation."""

    ingress: Ingress
    host: str
    paths: tuple[PathUse, ...] = ()


def host_uses(key: str, *, at: Cluster | None = None) -> list[HostUse]:
    """Every use of a host, or of what a wildcard covers. `at` is the cluster asked about, for entries in common."""
    exposures = list(Exposure.objects.active().with_relations().select_related("share").filter(_meant_by(key)))
    claims = list(HostClaim.objects.select_related("team").filter(_meant_by(key)))
    ours = {(row.cluster_id, row.namespace, row.object_name) for row in exposures}
    seen = [one for one in _by_rules(key) if _identity(one.ingress) not in ours] + _by_alias(key)
    owners = _owners(one.ingress for one in seen)
    holders = {claim.host: claim.team_id for claim in claims}
    newest = _newest_paths(exposures)
    uses = [_exposure_use(row, at, newest[row.pk], _guest(row, holders)) for row in exposures]
    uses += [HostUse("claim", row.host, "", row.team.name, row.team.contact) for row in claims]
    uses += [_live_use(one, owners, at) for one in seen if not _is_pool(one, owners)]
    # The exact host before wildcards over it, so that the nearest news is told first.
    return sorted(uses, key=lambda use: use.host != key)


def exposures_on(hosts: Iterable[str]) -> dict[str, list[Exposure]]:
    """Where hosts are exposed by those who hold them: host → its exposures, by cluster. Guests are `shares_on`."""
    found: dict[str, list[Exposure]] = {}
    rows = Exposure.objects.active().select_related("cluster").filter(host__in=list(hosts), share=None)
    for exposure in rows.order_by("cluster__name"):
        found.setdefault(exposure.host, []).append(exposure)
    return found


def _meant_by(key: str) -> Q:
    """Rows whose `host` may overlap the key; of a wildcard also deeper names, which `_by_rules` sorts out."""
    if is_wildcard(key):
        return Q(host=key) | Q(host__endswith=key.removeprefix("*"))
    return Q(host__in=(key, wildcard_over(key)))


def _by_rules(key: str) -> list[Seen]:
    """One per Ingress and host, the oldest Ingress first: it is the one that controllers prefer."""
    redirected = Q(host=_counterpart(key), ingress__annotations__has_key=WWW_REDIRECT)
    rows = IngressPath.objects.filter(_meant_by(key) | redirected, ingress__cluster__retired_at=None)
    ingresses: dict[int, Ingress] = {}
    paths: dict[tuple[int, str], list[PathUse]] = {}
    for row in rows.select_related("ingress__cluster").order_by("ingress__created_at", "pk"):
        ingresses[row.ingress_id] = row.ingress
        paths.setdefault((row.ingress_id, row.host), []).append(PathUse(row.path, row.path_type))
    found = [Seen(ingresses[pk], host, tuple(seen)) for (pk, host), seen in paths.items() if overlap(host, key)]
    return found + _by_redirect(key, [ingresses[pk] for pk, host in paths if host == _counterpart(key)])


def _by_redirect(key: str, ingresses: list[Ingress]) -> list[Seen]:
    """With `from-to-www-redirect`, ingress-nginx answers for the name with `www.` or without it, too."""
    return [Seen(one, key) for one in ingresses if one.annotations.get(WWW_REDIRECT) == "true"]


def _counterpart(key: str) -> str:
    return key.removeprefix(WWW) if key.startswith(WWW) else WWW + key


def _by_alias(key: str) -> list[Seen]:
    """Ingresses that claim the host beside their rules, as ingress-nginx, HAProxy Ingress and external-dns let them; of
    all only these lists are read.
    """
    stated = [KeyTextTransform(name, "annotations") for name in ALIASES]
    rows = Ingress.objects.filter(annotations__has_any_keys=ALIASES, cluster__retired_at=None)
    aliases = {pk: _alias_in(texts, key) for pk, *texts in rows.values_list("pk", *stated)}
    found = Ingress.objects.select_related("cluster").filter(pk__in=[pk for pk, alias in aliases.items() if alias])
    return [Seen(row, aliases[row.pk]) for row in found.order_by("created_at", "pk")]


def _alias_in(texts: Iterable[str | None], key: str) -> str:
    """`texts` in the order of ALIASES."""
    marked = (
        f"~{text}" if text and name in EXPRESSIONS else text or "" for name, text in zip(ALIASES, texts, strict=True)
    )
    return next(filter(None, (matching_alias(text, key) for text in marked)), "")


def _owners(ingresses: Iterable[Ingress]) -> dict[Place, Team]:
    """Whose namespaces they are in: (cluster, namespace) → team."""
    places = {_place(ingress) for ingress in ingresses}
    clusters, namespaces = {cluster for cluster, _ in places}, {namespace for _, namespace in places}
    grants = NamespaceGrant.objects.filter(cluster_name__in=clusters, namespace__in=namespaces).select_related("team")
    return {(grant.cluster_name, grant.namespace): grant.team for grant in grants}


def _is_pool(seen: Seen, owners: dict[Place, Team]) -> bool:
    """The platform's own answer for names of a wildcard domain that nobody has taken: it gives way to whoever comes."""
    pool = seen.ingress.cluster.wildcard_domain
    return bool(pool) and seen.host == WILDCARD + pool and _place(seen.ingress) not in owners


def _newest_paths(exposures: list[Exposure]) -> dict[str, tuple[PathUse, ...]]:
    """The paths that each exposure should have: by its approved revision, or by the first that was asked for."""
    revisions = Revision.objects.filter(exposure__in=exposures).order_by("number") if exposures else []
    specs = {revision.exposure_id: revision.spec for revision in revisions}
    for exposure in exposures:
        if exposure.desired_revision is not None:
            specs[exposure.pk] = exposure.desired_revision.spec
    stated = {pk: spec["paths"] for pk, spec in specs.items()}
    return {
        exposure.pk: tuple(PathUse(path["path"], path["path_type"]) for path in stated.get(exposure.pk, []))
        for exposure in exposures
    }


def _guest(exposure: Exposure, holders: dict[str, str]) -> str:
    """How it stands with the host's owner; nothing where the one who was asked does not hold the host any more."""
    share: HostShare | None = getattr(exposure, "share", None)
    if share is None or holders.get(exposure.host) != share.owner_id:
        return ""
    return "granted" if share.is_granted else "asked"


def _exposure_use(exposure: Exposure, at: Cluster | None, paths: tuple[PathUse, ...], guest: str) -> HostUse:
    team, cluster = exposure.team, exposure.cluster
    return HostUse(
        "exposure",
        exposure.host,
        cluster.name,
        team.name,
        team.contact,
        exposure.pk,
        paths=paths,
        shares_entry=_share_entry(cluster, at),
        guest=guest,
    )


def _live_use(seen: Seen, owners: dict[Place, Team], at: Cluster | None) -> HostUse:
    ingress, team = seen.ingress, owners.get(_place(seen.ingress))
    live = LiveObject(
        place=f"{ingress.namespace}/{ingress.name}",
        ingress_class_name=ingress.ingress_class_name,
        tls_secret_name=_secret_for(ingress, seen.host),
        is_canary=ingress.annotations.get(CANARY) == "true",
    )
    return HostUse(
        "live_object",
        seen.host,
        ingress.cluster.name,
        team.name if team else "",
        team.contact if team else "",
        paths=seen.paths,
        shares_entry=_share_entry(ingress.cluster, at),
        live=live,
    )


def _secret_for(ingress: Ingress, host: str) -> str:
    """`namespace/name` of the Secret that stands beside the host in `spec.tls`; empty without one."""
    for entry in ingress.tls:
        if entry.get("secret_name") and any(overlap(host_key(name), host) for name in entry.get("hosts") or []):
            return f"{ingress.namespace}/{entry['secret_name']}"
    return ""


def _share_entry(other: Cluster, at: Cluster | None) -> bool:
    """Whether visitors of both clusters come in by one address and port, so that only one of the two can answer."""
    if at is None or other.pk == at.pk or not set(other.entry_addresses) & set(at.entry_addresses):
        return False
    return other.http_port == at.http_port or other.https_port == at.https_port


def _identity(ingress: Ingress) -> tuple[str, str, str]:
    return ingress.cluster_id, ingress.namespace, ingress.name


def _place(ingress: Ingress) -> Place:
    return ingress.cluster.name, ingress.namespace

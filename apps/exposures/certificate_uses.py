"""Where certificates are used: by exposures that serve them or are to serve them, and by live Ingresses of anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.inventory.models import Ingress, Secret

Place = tuple[str, str, str]
BY_SECRET = ("desired_revision__spec__tls__secret_name", "live_revision__spec__tls__secret_name")


@dataclass(slots=True)
class CertificateUses:
    """`ingresses` are those that no exposure in `exposures` stands for."""

    exposures: list[Exposure] = field(default_factory=list)
    ingresses: list[Ingress] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Hosts of exposures, then names of Ingresses."""
        return [*(one.host for one in self.exposures), *(one.name for one in self.ingresses)]


def certificate_uses_for(user: User, secrets: Sequence[Secret]) -> dict[Place, CertificateUses]:
    """Place of the secret → its uses, in two queries. Exposures that the person may not see show as Ingresses."""
    uses = {place_of(secret): CertificateUses() for secret in secrets}
    for exposure in _exposures(user, secrets):
        for name in secret_names(exposure):
            if found := uses.get((exposure.cluster_id, exposure.namespace, name)):
                found.exposures.append(exposure)
    for ingress in _ingresses(secrets):
        _add_ingress(uses, ingress)
    return uses


def _add_ingress(uses: dict[Place, CertificateUses], ingress: Ingress) -> None:
    """An exposure's own Ingress is not named a second time."""
    for name in {entry.get("secret_name", "") for entry in ingress.tls}:
        found = uses.get((ingress.cluster_id, ingress.namespace, name))
        if found and ingress.exposure_id not in {exposure.pk for exposure in found.exposures}:
            found.ingresses.append(ingress)


def place_of(secret: Secret) -> Place:
    return (secret.cluster_id, secret.namespace, secret.name)


def secret_names(exposure: Exposure) -> set[str]:
    """The Secrets that the exposure's desired and live revisions name."""
    revisions = filter(None, (exposure.desired_revision, exposure.live_revision))
    return {name for revision in revisions if (name := (revision.spec.get("tls") or {}).get("secret_name"))}


def _exposures(user: User, secrets: Iterable[Secret]) -> QuerySet[Exposure]:
    names, clusters = {secret.name for secret in secrets}, {secret.cluster_id for secret in secrets}
    named = Q(**{f"{BY_SECRET[0]}__in": names}) | Q(**{f"{BY_SECRET[1]}__in": names})
    return list_exposures_for(user).filter(named, cluster__in=clusters).order_by("host")


def _ingresses(secrets: Iterable[Secret]) -> QuerySet[Ingress]:
    clusters = {secret.cluster_id for secret in secrets}
    namespaces = {secret.namespace for secret in secrets}
    found = Ingress.objects.filter(cluster__in=clusters, namespace__in=namespaces).exclude(tls=[])
    return found.only("cluster", "namespace", "name", "tls", "exposure_id").order_by("name")

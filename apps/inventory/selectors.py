"""Reads the inventory. Whether the reader may act in a namespace is asked first, by the caller that got the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.models import NamespaceGrant, User
from apps.clusters.models import Cluster
from apps.common.errors import NotFound
from apps.inventory.models import Collection, IngressClass, Namespace, PrivateRoot, Secret, Service
from apps.inventory.offers import UsedBy, entry_of, judge, rank_certificates


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the rows of a kind are, and why they are not newer if the last attempt failed."""

    observed_at: datetime | None
    attempted_at: datetime | None
    error: str


def list_namespaces_for(user: User, cluster: Cluster) -> QuerySet[Namespace]:
    """The namespaces of the cluster that were granted to a team of the person; all for those who see everything."""
    namespaces = Namespace.objects.filter(cluster=cluster).order_by("name")
    if not user.is_active:
        return namespaces.none()
    if user.sees_everything:
        return namespaces
    grants = NamespaceGrant.objects.filter(cluster_name=cluster.name, team__memberships__user=user)
    return namespaces.filter(name__in=grants.values("namespace"))


def get_namespace_for(user: User, cluster: Cluster, name: str) -> Namespace:
    namespace = list_namespaces_for(user, cluster).filter(name=name).first()
    if namespace is None:
        raise NotFound(code="namespace_not_found")
    return namespace


def list_services(cluster: Cluster, namespace: str) -> QuerySet[Service]:
    return Service.objects.filter(cluster=cluster, namespace=namespace).order_by("name")


def get_service(cluster: Cluster, namespace: str, name: str) -> Service:
    service = list_services(cluster, namespace).filter(name=name).first()
    if service is None:
        raise NotFound(code="service_not_found")
    return service


def list_ingress_classes(cluster: Cluster) -> QuerySet[IngressClass]:
    """The cluster's own default first."""
    return IngressClass.objects.filter(cluster=cluster).order_by("-is_default", "name")


def list_secrets(cluster: Cluster, namespace: str) -> QuerySet[Secret]:
    """TLS secrets and the names of others; the latter are only for showing why they are not offered."""
    return Secret.objects.filter(cluster=cluster, namespace=namespace).order_by("name")


def list_certificates_for(user: User) -> QuerySet[Secret]:
    """The TLS secrets of all namespaces that the person may see, in clusters in service; never one of another type."""
    # Not joined: thousands of rows share a few clusters, which are large.
    secrets = (
        Secret.objects.filter(is_tls=True, cluster__retired_at=None)
        .prefetch_related("cluster")
        .defer("labels", "chain_pem")
    )
    if not user.is_active:
        return secrets.none()
    if user.sees_everything:
        return secrets
    place = {"cluster_name": OuterRef("cluster__name"), "namespace": OuterRef("namespace")}
    return secrets.filter(Exists(NamespaceGrant.objects.filter(**place, team__memberships__user=user)))


def get_certificate_for(user: User, cluster_name: str, namespace: str, name: str) -> Secret:
    found = list_certificates_for(user).filter(cluster__name=cluster_name, namespace=namespace, name=name).first()
    if found is None:
        raise NotFound(code="certificate_not_found")
    return found


def list_roots_for(user: User) -> QuerySet[PrivateRoot]:
    """The registered authorities. What a certificate is trusted by is no secret of anybody."""
    return PrivateRoot.objects.select_related("added_by") if user.is_active else PrivateRoot.objects.none()


def get_root_for(user: User, root_id: str) -> PrivateRoot:
    root = list_roots_for(user).filter(pk=root_id).first()
    if root is None:
        raise NotFound(code="private_root_not_found")
    return root


def judged_now(secret: Secret, now: datetime) -> dict[str, Any]:
    """The entry of one secret without a host: what is wrong with it by itself, today."""
    return entry_of(judge(secret, "", now), "", {}, now)


def offered_certificates(
    cluster: Cluster, namespace: str, host: str = "", *, used_by: UsedBy | None = None, now: datetime | None = None
) -> list[dict[str, Any]]:
    """The certificates that can serve `host`, best first; without a host all that can serve their own names."""
    offers = rank_certificates(cluster, namespace, host, used_by=used_by, now=now)
    return offers.entries(offers.offered)


def rejected_certificates(
    cluster: Cluster, namespace: str, host: str = "", *, used_by: UsedBy | None = None, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Every other secret with the reasons why it is not offered."""
    offers = rank_certificates(cluster, namespace, host, others=True, used_by=used_by, now=now)
    return offers.entries([*offers.rejected, *offers.others])


def judged_certificate(
    cluster: Cluster, namespace: str, secret_name: str, host: str, *, now: datetime | None = None
) -> dict[str, Any] | None:
    """One secret by name, judged for `host` now; None when the namespace has none of this name."""
    secret = list_secrets(cluster, namespace).filter(name=secret_name).first()
    moment = now or timezone.now()
    return entry_of(judge(secret, host, moment), host, {}, moment) if secret else None


def freshness(cluster: Cluster, kind: str) -> Freshness:
    row = Collection.objects.filter(cluster=cluster, kind=kind).first()
    return Freshness(row.observed_at, row.attempted_at, row.error) if row else Freshness(None, None, "")


def list_collections(cluster: Cluster) -> QuerySet[Collection]:
    """How fresh each kind is; without the row that stands for whole refreshes."""
    return Collection.objects.filter(cluster=cluster).exclude(kind="*").order_by("kind")

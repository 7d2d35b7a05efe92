"""What is in the clusters and which names are free. Every list carries the age of what it says."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.accounts.permissions import check
from apps.api.paging import order, search
from apps.api.related import certificate_uses
from apps.api.serializers.inventory import (
    AvailabilityOut,
    CertificateCopyIn,
    CertificateIn,
    CertificateOut,
    CertificateQuery,
    HostQuery,
    IngressClassOut,
    InventoryQuery,
    NamespaceOut,
    OptionOut,
    RefreshOut,
    ServiceOut,
)
from apps.api.serializers.strict import ListQuery, Nothing
from apps.api.views.base import PortalView
from apps.api.views.certificates import etag_of_secret
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_refresh_cluster
from apps.clusters.selectors import get_cluster_for
from apps.common.errors import PolicyViolation
from apps.delivery.services import copy_certificate, upload_certificate
from apps.domains.hosts import InvalidHost, normalise_host
from apps.exposures.availability import read_availability
from apps.exposures.options import CATALOGUE, Option, controllers_for
from apps.exposures.permissions import may_name_others
from apps.inventory import selectors
from apps.inventory.models import Secret
from apps.inventory.offers import ShownLate, rank_certificates
from apps.inventory.services import refresh_inventory

AGE = {
    "observed_at": {"type": ["string", "null"], "format": "date-time"},
    "error": {"type": "string", "description": "Why the last refresh failed; empty when it did not."},
}


class InventoryView(PortalView):
    """`kind` is the collection whose age is told."""

    scopes = {"GET": Scope.CLUSTERS_READ}
    queries = {"GET": InventoryQuery}
    paged = frozenset({"GET"})
    page_members = AGE
    kind: ClassVar[str]

    def respond_aged(self, cluster: Cluster, rows: Any) -> Response:
        age = selectors.freshness(cluster, self.kind)
        return self.respond_page(rows, observed_at=age.observed_at, error=age.error)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        found = search(rows, self.asked.get("search", ""), ("name",))
        return order(found, self.asked.get("ordering", ""), {"name": "name"})


class NamespaceListView(InventoryView):
    answers = {"GET": {200: NamespaceOut}}
    kind = "Namespace"

    def get(self, request: Request, name: str) -> Response:
        """The namespaces in which you may act, or may look as platform admin or auditor."""
        cluster = get_cluster_for(self.user, name)
        return self.respond_aged(cluster, self.narrowed(selectors.list_namespaces_for(self.user, cluster)))


class IngressClassListView(InventoryView):
    answers = {"GET": {200: IngressClassOut}}
    kind = "IngressClass"

    def get(self, request: Request, name: str) -> Response:
        """The cluster's ingress classes, its own default first."""
        cluster = get_cluster_for(self.user, name)
        return self.respond_aged(cluster, self.narrowed(selectors.list_ingress_classes(cluster)))


class ClusterRefreshView(PortalView):
    scopes = {"POST": Scope.CLUSTERS_READ}
    bodies = {"POST": Nothing}
    answers = {"POST": {200: RefreshOut}}

    def post(self, request: Request, name: str) -> Response:
        """Read the cluster now instead of waiting for the schedule."""
        self.body()
        cluster = get_cluster_for(self.user, name)
        check(may_refresh_cluster(self.user, cluster))
        return self.respond(refresh_inventory(cluster=cluster))


class ServiceListView(InventoryView):
    answers = {"GET": {200: ServiceOut}}
    kind = "Service"

    def get(self, request: Request, name: str, namespace: str) -> Response:
        """The services of a namespace, with ports and ready endpoints."""
        cluster = get_cluster_for(self.user, name)
        selectors.get_namespace_for(self.user, cluster, namespace)
        return self.respond_aged(cluster, self.narrowed(selectors.list_services(cluster, namespace)))


class CertificateListView(InventoryView):
    scopes = {"GET": Scope.CLUSTERS_READ, "POST": Scope.EXPOSURES_WRITE}
    queries = {"GET": CertificateQuery}
    bodies = {"POST": CertificateIn}
    answers = {"GET": {200: CertificateOut}, "POST": {201: CertificateOut}}
    kind = "Secret"
    further_problems = frozenset({422})

    def get(self, request: Request, name: str, namespace: str) -> Response:
        """Certificates that can serve `host`, best first; `include=rejected` adds the others with their reasons.

        Secrets of other types are only named to those who may create exposures in the namespace, and to
        platform admins.
        """
        cluster = get_cluster_for(self.user, name)
        selectors.get_namespace_for(self.user, cluster, namespace)
        asked = self.asked.get("include") == "rejected"
        offers = rank_certificates(
            cluster,
            namespace,
            _canonical(self.asked["host"]),
            search=self.asked.get("search", ""),
            others=asked and may_name_others(self.user, name, namespace),
            used_by=certificate_uses(cluster, namespace),
        )
        rows = [*offers.offered, *offers.rejected, *offers.others] if asked else offers.offered
        return self.respond_aged(cluster, ShownLate(offers, rows))

    def post(self, request: Request, name: str, namespace: str) -> Response:
        """Upload a certificate as a new `kubernetes.io/tls` Secret, `<name>-<day>`, which can be chosen at once."""
        asked = self.body()
        cluster = get_cluster_for(self.user, name)
        secret = upload_certificate(
            by=self.user,
            cluster=cluster,
            namespace=namespace,
            name=asked["name"],
            certificate=asked["certificate"],
            private_key=asked["private_key"],
        )
        return _respond_made(self, cluster, secret)


class CertificateCopyView(PortalView):
    scopes = {"POST": Scope.EXPOSURES_WRITE}
    bodies = {"POST": CertificateCopyIn}
    answers = {"POST": {201: CertificateOut}}
    further_problems = frozenset({422})

    def post(self, request: Request, name: str, namespace: str) -> Response:
        """Make a `kubernetes.io/tls` copy of an Opaque Secret that holds a good pair; it can be chosen at once."""
        asked = self.body()
        cluster = get_cluster_for(self.user, name)
        secret = copy_certificate(
            by=self.user,
            cluster=cluster,
            namespace=namespace,
            from_secret=asked["from_secret"],
            host=_canonical(asked["host"]),
        )
        return _respond_made(self, cluster, secret)


class HostView(PortalView):
    scopes = {"GET": Scope.EXPOSURES_READ}
    queries = {"GET": HostQuery}
    answers = {"GET": {200: AvailabilityOut}}
    further_problems = frozenset({422})

    def get(self, request: Request, host: str) -> Response:
        """Whether you could have the host, on `cluster` or on any cluster you see, and who is in the way."""
        name = self.asked.get("cluster")
        cluster = get_cluster_for(self.user, name) if name else None
        return self.respond(read_availability(self.user, host, cluster=cluster))


class OptionListView(PortalView):
    queries = {"GET": ListQuery}
    answers = {"GET": {200: OptionOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """The typed options of an exposure, in the order of the form, and the controllers that support each.

        A controller may refuse single values; `dry_run` of the exposure says so with the reason.
        """
        return self.respond_page([_shown_option(option) for option in CATALOGUE.values()])


def _canonical(host: str) -> str:
    try:
        return normalise_host(host) if host else ""
    except InvalidHost as error:
        raise PolicyViolation(error.violation.message, errors=[error.violation]) from error


def _shown_option(option: Option) -> dict[str, Any]:
    return {
        "name": option.name,
        "type": option.values.type,
        "grammar": option.values.grammar,
        "default": option.default,
        "risk": option.risk,
        "controllers": controllers_for(option.name),
        "description": option.description,
    }


def _respond_made(view: PortalView, cluster: Cluster, secret: Secret) -> Response:
    content = selectors.judged_certificate(cluster, secret.namespace, secret.name, "")
    return view.respond(content, status=201, etag=etag_of_secret(secret))

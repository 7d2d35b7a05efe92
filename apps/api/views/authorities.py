"""What a cluster's controller serves where no Secret is named, and the authorities of the platform's own."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.serializers.authorities import (
    DefaultCertificateIn,
    DefaultCertificateOut,
    PrivateRootIn,
    PrivateRootOut,
)
from apps.api.serializers.strict import SearchQuery
from apps.api.views.base import PortalView
from apps.clusters.models import Cluster
from apps.clusters.selectors import get_cluster_for
from apps.clusters.services.default_certificate import declare_default_certificate, withdraw_default_certificate
from apps.inventory.models import PrivateRoot
from apps.inventory.selectors import get_root_for, list_roots_for
from apps.inventory.services import add_root, remove_root

SCOPES = dict.fromkeys(("POST", "PUT", "DELETE"), Scope.CLUSTERS_WRITE) | {"GET": Scope.CLUSTERS_READ}


class PrivateRootListView(PortalView):
    scopes = SCOPES
    queries = {"GET": SearchQuery}
    bodies = {"POST": PrivateRootIn}
    answers = {"GET": {200: PrivateRootOut}, "POST": {201: PrivateRootOut}}
    paged = frozenset({"GET"})
    further_problems = frozenset({422})

    def get(self, request: Request) -> Response:
        """The registered authorities: certificates that they issued are not warned of as untrusted."""
        found = search(list_roots_for(self.user), self.asked.get("search", ""), ("name", "subject"))
        return self.respond_page(order(found, self.asked.get("ordering", ""), {"name": "name"}))

    def post(self, request: Request) -> Response:
        """Register an authority of your own; known certificates are judged anew."""
        root = add_root(by=self.user, **self.body())
        return self.respond(root, status=201, etag=_etag(root))


class PrivateRootDetailView(PortalView):
    scopes = SCOPES
    answers = {"GET": {200: PrivateRootOut}, "DELETE": {204: None}}
    tagged = True

    def get(self, request: Request, root_id: str) -> Response:
        """One registered authority."""
        root = get_root_for(self.user, root_id)
        return self.respond(root, etag=_etag(root))

    def delete(self, request: Request, root_id: str) -> Response:
        """Forget the authority. What it issued works as before, and is warned of as untrusted."""
        root = get_root_for(self.user, root_id)
        self.check_version(_etag(root))
        remove_root(by=self.user, root=root)
        return self.respond(None, status=204)


class DefaultCertificateView(PortalView):
    scopes = SCOPES
    bodies = {"PUT": DefaultCertificateIn}
    answers = {"GET": {200: DefaultCertificateOut}, "PUT": {200: DefaultCertificateOut}, "DELETE": {204: None}}
    further_problems = frozenset({422})
    tagged = True

    def get(self, request: Request, name: str) -> Response:
        """What was declared of the certificate that the cluster's controller serves where no Secret is named."""
        return self.respond_declared(get_cluster_for(self.user, name))

    def put(self, request: Request, name: str) -> Response:
        """Declare which names it covers, so that it can be chosen for them."""
        asked = self.body()
        cluster = get_cluster_for(self.user, name)
        self.check_version(_etag_of_declared(cluster))
        return self.respond_declared(declare_default_certificate(by=self.user, cluster=cluster, **asked))

    def delete(self, request: Request, name: str) -> Response:
        """Stop offering it. Exposures that use it stay as they are."""
        cluster = get_cluster_for(self.user, name)
        self.check_version(_etag_of_declared(cluster))
        withdraw_default_certificate(by=self.user, cluster=cluster)
        return self.respond(None, status=204)

    def respond_declared(self, cluster: Cluster) -> Response:
        return self.respond(cluster.default_certificate, etag=_etag_of_declared(cluster))


def _etag(root: PrivateRoot) -> str:
    return etag_of(root.pk)


def _etag_of_declared(cluster: Cluster) -> str:
    return etag_of(cluster.pk, cluster.default_certificate)

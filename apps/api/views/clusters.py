"""The registry over REST: list, register, change, check, pause, re-key, retire."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.accounts.permissions import check
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.serializers.clusters import (
    CheckOut,
    ClusterIn,
    ClusterOut,
    ClusterQuery,
    ClusterReplaceIn,
    ClusterSettingsIn,
    CredentialIn,
    PauseIn,
)
from apps.api.serializers.strict import Nothing
from apps.api.views.base import PortalView
from apps.clusters import services
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_check_cluster
from apps.clusters.selectors import get_cluster_for, list_clusters_for

# A kubeconfig of any size is answered with its own error, which names the field and the limit.
ROOM_FOR_KUBECONFIG = 12 * 1024 * 1024
ORDERINGS = {name: name for name in ("name", "environment", "created_at", "checked_at")}


class ClusterView(PortalView):
    """What the views of one cluster share."""

    scopes = {"GET": Scope.CLUSTERS_READ} | dict.fromkeys(("POST", "PUT", "PATCH", "DELETE"), Scope.CLUSTERS_WRITE)

    def cluster(self, name: str) -> Cluster:
        return get_cluster_for(self.user, name)

    def respond_cluster(self, cluster: Cluster, *, status: int = 200) -> Response:
        return self.respond(cluster, status=status, etag=etag_of_cluster(cluster))


class ClusterListView(ClusterView):
    queries = {"GET": ClusterQuery}
    bodies = {"POST": ClusterIn}
    answers = {"GET": {200: ClusterOut}, "POST": {201: ClusterOut}}
    paged = frozenset({"GET"})
    max_body = ROOM_FOR_KUBECONFIG

    def get(self, request: Request) -> Response:
        """Clusters in which a team of yours has a namespace; all of them for platform admins and auditors."""
        clusters = search(list_clusters_for(self.user), self.asked.get("search", ""), ("name", "wildcard_domain"))
        if environment := self.asked.get("environment"):
            clusters = clusters.filter(environment=environment)
        return self.respond_page(order(clusters, self.asked.get("ordering", ""), ORDERINGS))

    def post(self, request: Request) -> Response:
        """Register a cluster by kubeconfig, or by endpoint, certificate authority and token."""
        cluster = services.register_cluster(by=self.user, **_access(self.body()))
        return self.respond_cluster(cluster, status=201)


class ClusterDetailView(ClusterView):
    bodies = {"PUT": ClusterReplaceIn, "PATCH": ClusterSettingsIn}
    answers = {"GET": {200: ClusterOut}, "PUT": {200: ClusterOut}, "PATCH": {200: ClusterOut}, "DELETE": {204: None}}
    tagged = True

    def get(self, request: Request, name: str) -> Response:
        return self.respond_cluster(self.cluster(name))

    def put(self, request: Request, name: str) -> Response:
        """State the whole configuration. Endpoint and credential change with `rekey`."""
        return self._update(name)

    def patch(self, request: Request, name: str) -> Response:
        """Change the fields that are named."""
        return self._update(name)

    def delete(self, request: Request, name: str) -> Response:
        """Retire the cluster; refused with 409 while exposures live there."""
        cluster = self.cluster(name)
        self.check_version(etag_of_cluster(cluster))
        services.retire_cluster(by=self.user, cluster=cluster)
        return self.respond(None, status=204)

    def _update(self, name: str) -> Response:
        cluster = self.cluster(name)
        self.check_version(etag_of_cluster(cluster))
        return self.respond_cluster(services.update_cluster(by=self.user, cluster=cluster, **self.body()))


class ClusterCheckView(ClusterView):
    bodies = {"POST": Nothing}
    answers = {"POST": {200: CheckOut}}

    def post(self, request: Request, name: str) -> Response:
        """Run the staged connection test with the stored credential and keep what it found."""
        self.body()
        cluster = self.cluster(name)
        check(may_check_cluster(self.user, cluster))
        return self.respond(services.check_cluster(cluster=cluster))


class ClusterPauseView(ClusterView):
    bodies = {"POST": PauseIn}
    answers = {"POST": {200: ClusterOut}}

    def post(self, request: Request, name: str) -> Response:
        """Hold back new deliveries until `resume`."""
        cluster = self.cluster(name)
        return self.respond_cluster(services.pause_cluster(by=self.user, cluster=cluster, **self.body()))


class ClusterResumeView(ClusterView):
    bodies = {"POST": Nothing}
    answers = {"POST": {200: ClusterOut}}

    def post(self, request: Request, name: str) -> Response:
        """Let deliveries go on."""
        self.body()
        return self.respond_cluster(services.resume_cluster(by=self.user, cluster=self.cluster(name)))


class ClusterRekeyView(ClusterView):
    bodies = {"POST": CredentialIn}
    answers = {"POST": {200: ClusterOut}}
    max_body = ROOM_FOR_KUBECONFIG

    def post(self, request: Request, name: str) -> Response:
        """Replace the credential: a token alone keeps the endpoint, a kubeconfig brings its own."""
        cluster = self.cluster(name)
        return self.respond_cluster(services.rekey_cluster(by=self.user, cluster=cluster, **_access(self.body())))


def etag_of_cluster(cluster: Cluster) -> str:
    return etag_of(
        cluster.pk,
        cluster.environment,
        cluster.endpoint,
        cluster.wildcard_domain,
        cluster.entry,
        cluster.default_ingress_class_name,
        cluster.paused_at,
        cluster.retired_at,
    )


def _access(body: dict[str, Any]) -> dict[str, Any]:
    """`endpoint` of the contract is `endpoint_url` of the services."""
    stated = {name: value for name, value in body.items() if value is not None}
    return stated | {"endpoint_url": stated.pop("endpoint", "")}

"""Where hosts point in DNS: what was found last, and looking again at once."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.accounts.permissions import check
from apps.api.serializers.names import NameOut, name_json
from apps.api.serializers.strict import Nothing
from apps.api.views.clusters import ClusterView
from apps.api.views.exposures import ExposureView
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_check_cluster
from apps.delivery.services.names import check_exposure_name
from apps.domains.records import name_check_of
from apps.domains.services_dns import check_cluster_wildcard, wildcard_name


class ExposureNameView(ExposureView):
    answers = {"GET": {200: NameOut}}

    def get(self, request: Request, exposure_id: str) -> Response:
        """Where the host points, as it was found last, and the records that lead it to the cluster's entry."""
        exposure = self.exposure(exposure_id)
        found = name_check_of(exposure.cluster, exposure.host)
        return self.respond(name_json(exposure.cluster, exposure.host, found))


class ExposureNameCheckView(ExposureView):
    # It changes nothing of anybody's, so whoever may read it may have it looked at again.
    scopes = {"POST": Scope.EXPOSURES_READ}
    bodies = {"POST": Nothing}
    answers = {"POST": {200: NameOut}}

    def post(self, request: Request, exposure_id: str) -> Response:
        """Ask DNS now, for a few seconds at most, and keep the answer."""
        self.body()
        exposure = self.exposure(exposure_id)
        check_exposure_name(exposure.pk)
        found = name_check_of(exposure.cluster, exposure.host)
        return self.respond(name_json(exposure.cluster, exposure.host, found))


class ClusterNameView(ClusterView):
    answers = {"GET": {200: NameOut}}

    def get(self, request: Request, name: str) -> Response:
        """Where names under the cluster's wildcard domain point, as it was found last."""
        return self.respond(_wildcard_json(self.cluster(name)))


class ClusterNameCheckView(ClusterView):
    bodies = {"POST": Nothing}
    answers = {"POST": {200: NameOut}}

    def post(self, request: Request, name: str) -> Response:
        """Ask DNS for the wildcard now, by a name that nobody can have made, and keep the answer."""
        self.body()
        cluster = self.cluster(name)
        check(may_check_cluster(self.user, cluster))
        check_cluster_wildcard(cluster.pk)
        return self.respond(_wildcard_json(cluster))


def _wildcard_json(cluster: Cluster) -> dict[str, object]:
    name = wildcard_name(cluster) if cluster.wildcard_domain else ""
    return name_json(cluster, name, name_check_of(cluster, name) if name else None)

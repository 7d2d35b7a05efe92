"""One certificate: moving exposures to it, and retiring it."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.api.etags import etag_of
from apps.api.serializers.certificates import MoveIn, MovesOut
from apps.api.views.base import PortalView
from apps.approvals.services import move_exposures, retire_certificate
from apps.clusters.selectors import get_cluster_for
from apps.exposures.selectors import get_exposure_for
from apps.inventory.models import Secret
from apps.inventory.selectors import get_certificate_for, get_namespace_for, list_secrets


class CertificateMoveView(PortalView):
    scopes = {"POST": Scope.EXPOSURES_WRITE}
    bodies = {"POST": MoveIn}
    answers = {"POST": {200: MovesOut}}

    def post(self, request: Request, name: str, namespace: str, secret_name: str) -> Response:
        """Open a change request for each exposure that is to serve this certificate; one refusal stops no other."""
        asked = self.body()
        secret = get_certificate_for(self.user, name, namespace, secret_name)
        exposures = [get_exposure_for(self.user, identifier) for identifier in asked["exposures"]]
        moves = move_exposures(by=self.user, exposures=exposures, to=secret, reason=asked["reason"])
        return self.respond({"moves": moves})


class CertificateDetailView(PortalView):
    scopes = {"DELETE": Scope.EXPOSURES_WRITE}
    answers = {"DELETE": {204: None}}
    tagged = True

    def delete(self, request: Request, name: str, namespace: str, secret_name: str) -> Response:
        """Delete a certificate that the portal wrote and nothing uses, as the cluster says at this moment."""
        cluster = get_cluster_for(self.user, name)
        get_namespace_for(self.user, cluster, namespace)
        for secret in list_secrets(cluster, namespace).filter(name=secret_name):
            self.check_version(etag_of_secret(secret))
        retire_certificate(by=self.user, cluster=cluster, namespace=namespace, name=secret_name, confirm=secret_name)
        return self.respond(None, status=204)


def etag_of_secret(secret: Secret) -> str:
    return etag_of(secret.uid, secret.resource_version)

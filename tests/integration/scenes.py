"""A whole small company in one call: a sandbox cluster with services and secrets, teams, approvers, zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.accounts.enums import Role
from apps.accounts.models import ApproverGroup, Team, User
from apps.approvals.models import ChangeRequest
from apps.approvals.services import open_create
from apps.clusters.models import Cluster
from apps.delivery.services import run_delivery
from apps.exposures.models import Exposure
from apps.exposures.spec import ExposureSpec, PathSpec
from apps.inventory.services import refresh_inventory
from sandbox.server import SandboxCluster
from testbed.certificates import CertificateAuthority
from testbed.objects import endpoint_slice, ingress_class, service, tls_secret
from tests.factories.domains import make_zone
from tests.factories.people import make_approver_group, make_grant, make_membership, make_team, make_user
from tests.integration.sandboxes import put, registered

AUTHORITY = CertificateAuthority("Scene CA")


@dataclass
class Scene:
    """Team *web* acts in `web` of the cluster and has the zone example.com; *pay* is somebody else."""

    sandbox: SandboxCluster
    cluster: Cluster
    web: Team
    pay: Team
    developer: User
    viewer: User
    colleague: User
    stranger: User
    approver: User
    approver2: User
    network: ApproverGroup

    def spec(self, host: str = "shop.dev.example.net", *, tls: str | None = None, **fields: Any) -> ExposureSpec:
        paths = fields.pop("paths", (PathSpec("/", "Prefix", "shop", "http"),))
        return ExposureSpec(host=host, paths=paths, tls_secret_name=tls, **fields)

    def ask(self, host: str = "shop.dev.example.net", *, tls: str | None = None, **fields: Any) -> ChangeRequest:
        """A request by the developer; without a human where none is needed."""
        spec = self.spec(host, tls=tls, **fields)
        return open_create(by=self.developer, cluster=self.cluster, namespace="web", spec=spec, reason="A test.")

    def publish(self, host: str = "shop.dev.example.net") -> Exposure:
        """An exposure that is live in the sandbox."""
        request = self.ask(host)
        run_delivery(request.revision.delivery.pk)
        return Exposure.objects.get(pk=request.exposure_id)


def make_scene(sandbox: SandboxCluster, *, environment: str = "dev", wildcard_domain: str = "dev.example.net") -> Scene:
    cluster = registered(
        sandbox, environment=environment, wildcard_domain=wildcard_domain, default_ingress_class_name="traefik"
    )
    put(sandbox, *manifests())
    web, pay = make_team("web", contact="#team-web"), make_team("pay", contact="#team-pay")
    make_grant(web, cluster.name, "web")
    make_grant(pay, cluster.name, "pay")
    developer = make_user("developer", team=web)
    viewer = make_user("viewer", team=web, role=Role.VIEWER)
    colleague = make_user("colleague", team=web)
    stranger = make_user("stranger", team=pay)
    approver, approver2 = make_user("approver"), make_user("approver2")
    network = make_approver_group("network", members=[approver, approver2])
    make_zone(web, network)
    refresh_inventory(cluster=cluster)
    return Scene(sandbox, cluster, web, pay, developer, viewer, colleague, stranger, approver, approver2, network)


def manifests() -> list[dict[str, Any]]:
    """Namespaces web and pay, a service in each, and TLS secrets good and bad."""
    good = AUTHORITY.issue(["shop.example.com", "www.shop.example.com"])
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "pay"}},
        ingress_class("traefik"),
        service("web", "shop"),
        endpoint_slice("web", "shop", addresses=["10.77.0.10"], port=8080),
        service("pay", "ledger"),
        tls_secret("web", "shop-tls", good),
        opaque_secret("web", "client-ca", "ca.crt"),
    ]


def opaque_secret(namespace: str, name: str, key: str) -> dict[str, Any]:
    """A Secret that is no certificate, like the one of the incident."""
    metadata = {"namespace": namespace, "name": name}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": {key: "text"}}


__all__ = ["AUTHORITY", "Scene", "make_membership", "make_scene", "manifests", "opaque_secret"]

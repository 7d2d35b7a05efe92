"""The three clusters: filled as their own people would, registered with a token that may only what the portal needs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from apps.clusters.models import Cluster
from apps.clusters.services import check_cluster, register_cluster, rekey_cluster, update_cluster
from apps.inventory.models import PrivateRoot
from apps.inventory.services import add_root, refresh_inventory
from apps.kube.client import ClusterClient
from apps.kube.credentials import Credential, Endpoint
from apps.kube.errors import Unreachable
from demo.folder import write_private
from demo.parts import admin_token, portal_token
from demo.plan import CLUSTERS, Plan
from demo.seeds.certificates import make_authority
from demo.seeds.objects import INGRESS_CLASS, Manifest, base_manifests, secret_manifests
from demo.seeds.people import platform

FIELD_MANAGER = "kubectl"
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Facts:
    environment: str
    wildcard_domain: str = ""


FACTS = {
    "dev-1": Facts("dev", "dev.localhost"),
    "test-1": Facts("test", "test.localhost"),
    "prod-1": Facts("prod"),
}


def seed(plan: Plan) -> None:
    _fill_all(plan)
    for name in CLUSTERS:
        cluster = Cluster.objects.active().filter(name=name).first()
        if cluster is None:
            _register(plan, name)
        else:
            _follow_ports(plan, cluster)
    _know_authority(plan)


def _know_authority(plan: Plan) -> None:
    """The authority of the demo's certificates is like that of a company: no browser knows it, the portal should."""
    if not PrivateRoot.objects.exists():
        add_root(by=platform(), name="Portico demo CA", certificate=(plan.folder / "ca.crt").read_text())


def refresh() -> None:
    """What the portal knows of each cluster, so that the first page shows it."""
    for cluster in Cluster.objects.active().filter(name__in=CLUSTERS):
        check_cluster(cluster=cluster)
        refresh_inventory(cluster=cluster)


def _fill_all(plan: Plan) -> None:
    """Once per folder: whatever somebody does to the clusters later stays."""
    stamp = plan.sandbox / "filled"
    if stamp.exists():
        return
    authority = make_authority()
    write_private(plan.folder / "ca.crt", authority.certificate_pem)
    manifests = [*base_manifests(), *secret_manifests(authority)]
    for name in CLUSTERS:
        fill(plan, name, manifests)
    stamp.touch()


def fill(plan: Plan, name: str, manifests: list[Manifest]) -> None:
    """Apply as the cluster's own people would, with full rights."""
    with admin(plan, name) as client:
        for manifest in manifests:
            client.apply(manifest, field_manager=FIELD_MANAGER, force=True)


def admin(plan: Plan, name: str) -> ClusterClient:
    """Full rights, once the cluster answers: the sandbox starts while the database is made."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            endpoint = Endpoint(plan.endpoint(name), plan.certificate_authority(name))
            client = ClusterClient(endpoint, Credential(token=admin_token(plan, name)), allow_loopback=True)
            client.version()
            return client
        except (FileNotFoundError, Unreachable):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _register(plan: Plan, name: str) -> None:
    register_cluster(
        by=platform(),
        name=name,
        environment=FACTS[name].environment,
        endpoint_url=plan.endpoint(name),
        certificate_authority=plan.certificate_authority(name),
        token=portal_token(plan, name),
        wildcard_domain=FACTS[name].wildcard_domain,
        entry=plan.entry,
        default_ingress_class_name=INGRESS_CLASS,
    )


def _follow_ports(plan: Plan, cluster: Cluster) -> None:
    """The demo may run on other ports than last time."""
    if cluster.entry != plan.entry:
        update_cluster(by=platform(), cluster=cluster, entry=plan.entry)
    if cluster.endpoint != plan.endpoint(cluster.name):
        rekey_cluster(
            by=platform(),
            cluster=cluster,
            endpoint_url=plan.endpoint(cluster.name),
            certificate_authority=plan.certificate_authority(cluster.name),
            token=portal_token(plan, cluster.name),
        )

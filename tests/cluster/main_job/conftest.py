"""One cluster, one product and their people for the whole folder; tests keep apart by host name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from apps.kube.permissions import REQUIRED_RULES
from testbed import objects
from testbed.backends import Backends
from testbed.bed import Testbed
from testbed.certificates import CertificateAuthority, Leaf
from testbed.control_plane import ControlPlane
from testbed.ingress_controller import IngressController
from testbed.process import eventually
from tests.cluster.main_job.product import HOST, Answer, Product

CLUSTER = "real-1"
LEAST_RULES = [
    {"apiGroups": [rule.group], "resources": [rule.resource], "verbs": list(rule.verbs)} for rule in REQUIRED_RULES
]
INGRESSES = "/apis/networking.k8s.io/v1/namespaces/{}/ingresses"


@dataclass
class Site:
    """The product beside the cluster that it manages, and what the cluster's own people see there."""

    product: Product
    kube: ControlPlane
    traefik: IngressController
    authority: CertificateAuthority
    namespace: str
    leaves: dict[str, Leaf]
    # The namespace of team *pay*.
    other_namespace: str

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Answer:
        return self.product.ask(who, method, path, body)

    def wildcard_host(self, name: str) -> str:
        return f"{name}.{self.namespace}.dev.example.net"

    def custom_host(self, name: str) -> str:
        return f"{name}.{self.namespace}.example.com"

    def expose(
        self, host: str, *, service: str = "shop", tls: str | None = None, by_default: bool = False, wait: int = 0
    ) -> Answer:
        """`by_default`: over HTTPS with what the cluster's controller serves by itself."""
        body = self.body(host, service=service, tls=tls)
        if by_default:
            body["tls"] = {"default_certificate": True}
        return self.ask("developer", "POST", f"/exposures/?wait={wait}", body)

    def body(self, host: str, *, service: str = "shop", tls: str | None = None) -> dict[str, Any]:
        return {
            "cluster": CLUSTER,
            "namespace": self.namespace,
            "host": host,
            "paths": [{"path": "/", "path_type": "Prefix", "service_name": service, "service_port": "http"}],
            "tls": {"secret_name": tls} if tls else None,
            "options": {},
            "ingress_class_name": None,
            "reason": "The main job.",
        }

    def approve(self, request: dict[str, Any], *, who: str = "approver") -> Answer:
        body = {"content_hash": request["content_hash"], "comment": "Fine."}
        return self.ask(who, "POST", f"/requests/{request['id']}/approve/", body)

    def settled(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request once it is over."""
        found: dict[str, Any] = self.ask("developer", "GET", f"/requests/{request['id']}/?wait=30").json
        return found

    def delivery_of(self, exposure_id: str) -> dict[str, Any]:
        results: list[dict[str, Any]] = self.ask("developer", "GET", f"/deliveries/?exposure={exposure_id}").json[
            "results"
        ]
        return results[0]

    def ingresses_for(self, host: str) -> list[dict[str, Any]]:
        """Every Ingress of the namespace that has the host, read as the cluster's administrator."""
        items = self.kube.client.get(INGRESSES.format(self.namespace))["items"]
        return [item for item in items if item["spec"]["rules"][0]["host"] == host]


@pytest.fixture(scope="package")
def site(bed: Testbed, kube: ControlPlane, traefik: IngressController, backends: Backends) -> Iterator[Site]:
    """A cluster with two services, three certificates and the incident's Secret, registered over REST and read once."""
    web, pay = kube.create_namespace("web"), kube.create_namespace("pay")
    authority = CertificateAuthority("Main job CA")
    with tempfile.TemporaryDirectory(prefix="portico-main-job-") as folder:
        product = Product(Path(folder), bed.postgres.create_database())
        site = Site(product, kube, traefik, authority, web, {}, pay)
        _furnish(site, backends)
        try:
            product.start(clusters=[CLUSTER], web_namespace=web, pay_namespace=pay)
            _register(site)
            yield site
        finally:
            product.stop()
            kube.delete_namespace(web)
            kube.delete_namespace(pay)


def _furnish(site: Site, backends: Backends) -> None:
    # Traefik serves any certificate that it knows of for a name, so only the shop has two to choose from.
    hosts = {"shop-tls": "shop", "spare-tls": "shop", "crash-tls": "crash"}
    site.leaves = {name: site.authority.issue([site.custom_host(host)]) for name, host in hosts.items()}
    manifests = [objects.tls_secret(site.namespace, name, leaf) for name, leaf in site.leaves.items()]
    for service, backend in (("shop", backends["one"]), ("docs", backends["two"])):
        manifests += objects.routed_service(site.namespace, service, address=backend.address, port=backend.port)
    manifests.append(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {"namespace": site.namespace, "name": "client-ca"},
            "data": {"ca.crt": objects.base64_text(site.authority.certificate_pem)},
        }
    )
    for manifest in manifests:
        site.kube.client.apply(manifest)


def _register(site: Site) -> None:
    token = site.kube.service_account_token(site.namespace, "portico", rules=LEAST_RULES)
    entry = {"addresses": [HOST], "http_port": site.traefik.web_port, "https_port": site.traefik.websecure_port}
    body = {
        "name": CLUSTER,
        "environment": "dev",
        "kubeconfig": site.kube.kubeconfig(token),
        "context": None,
        "wildcard_domain": f"{site.namespace}.dev.example.net",
        "entry": entry,
        "default_ingress_class_name": "traefik",
    }
    answer = site.ask("platform", "POST", "/clusters/", body)
    assert (answer.status, token in answer.text) == (201, False), answer.text
    assert eventually(lambda: _has_read_certificates(site)), site.product.logs()


def _has_read_certificates(site: Site) -> bool:
    """Secrets are what an inventory reads last."""
    answer = site.ask("developer", "GET", f"/clusters/{CLUSTER}/namespaces/{site.namespace}/certificates/")
    return bool(answer.status == 200 and answer.json["results"])

"""A real Kubernetes API without nodes: etcd, kube-apiserver and the controllers that need no kubelet.

`ControlPlane.start(folder)` answers when `/readyz` does, with the ingress classes `traefik` and `nginx` in place. Its
`client` is an administrator; `service_account_token` makes callers with exactly the rights a test names.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from testbed import objects
from testbed.binaries import require
from testbed.certificates import CertificateAuthority, new_private_key, private_key_pem, public_key_pem
from testbed.client import ApiClient, ApiError, JSONObject
from testbed.process import Part, PartFailed, free_port, start

SERVICE_RANGE = "10.250.0.0/16"
ADVERTISED_ADDRESS = "10.77.0.1"  # loopback is refused; nobody connects to it
CONTROLLERS = (
    "namespace-controller",
    "garbage-collector-controller",
    "endpointslice-controller",
    "endpointslice-mirroring-controller",
    "serviceaccount-controller",
    "root-ca-certificate-publisher-controller",
)

# What a portal needs and no more: read what may be exposed, write Ingresses.
PORTAL_RULES: objects.JSONList = [
    {"apiGroups": [""], "resources": ["namespaces", "services", "secrets"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["ingressclasses"], "verbs": ["get", "list", "watch"]},
    {
        "apiGroups": ["networking.k8s.io"],
        "resources": ["ingresses"],
        "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
    },
]


@dataclass(slots=True)
class ControlPlane:
    """A running control plane; `ca` signs its certificate and may sign more."""

    folder: Path
    ca: CertificateAuthority
    url: str
    token: str
    client: ApiClient
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def start(cls, folder: Path) -> ControlPlane:
        folder.mkdir(mode=0o700)
        port, token, ca = free_port(), secrets.token_urlsafe(24), CertificateAuthority("Portico testbed")
        _write_credentials(folder, ca, token)
        url = f"https://127.0.0.1:{port}"
        plane = cls(folder, ca, url, token, ApiClient(url, ca_file=folder / "ca.crt", token=token))
        try:
            plane._start_parts(port)
        except PartFailed:
            plane.stop()
            raise
        return plane

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def kubeconfig_path(self) -> Path:
        """An administrator's kubeconfig."""
        return self.folder / "admin.kubeconfig"

    def kubeconfig(self, token: str | None = None, *, namespace: str = "default", url: str | None = None) -> str:
        """A kubeconfig with one context; the administrator's without a token."""
        cluster = {
            "server": url or self.url,
            "certificate-authority-data": objects.base64_text(self.ca.certificate_pem),
        }
        context = {"cluster": "testbed", "user": "testbed", "namespace": namespace}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "testbed", "cluster": cluster}],
                "users": [{"name": "testbed", "user": {"token": token or self.token}}],
                "contexts": [{"name": "testbed", "context": context}],
                "current-context": "testbed",
            },
            indent=2,
        )

    def service_account_token(
        self, namespace: str, name: str, *, rules: objects.JSONList | None = None, seconds: int = 3600
    ) -> str:
        """A token of a ServiceAccount bound to a ClusterRole with these rules (by default what a portal needs)."""
        role = f"{namespace}:{name}"
        binding = objects.cluster_role_binding(role, role=role, namespace=namespace, service_account=name)
        for manifest in (
            objects.service_account(namespace, name),
            objects.cluster_role(role, PORTAL_RULES if rules is None else rules),
            binding,
        ):
            self.client.apply(manifest)
        return self.token_of(namespace, name, seconds=seconds)

    def token_of(self, namespace: str, name: str, *, seconds: int = 3600) -> str:
        """A fresh token of a ServiceAccount that exists; ten minutes is the shortest life the server grants."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
        answer = self.client.post(path, {**request, "spec": {"expirationSeconds": seconds}})
        token: str = answer["status"]["token"]
        return token

    def create_namespace(self, prefix: str = "t") -> str:
        """A fresh namespace; its name is unique and may be part of host names."""
        name = f"{prefix}-{secrets.token_hex(4)}"
        self.client.post("/api/v1/namespaces", objects.namespace(name))
        return name

    def delete_namespace(self, name: str) -> JSONObject:
        """Ask for the end of a namespace; its content goes in the background."""
        return self.client.delete(f"/api/v1/namespaces/{name}")

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()

    def _start_parts(self, port: int) -> None:
        etcd_port = free_port()
        self.parts.append(_start_etcd(self.folder, etcd_port))
        apiserver = _start_apiserver(self.folder, port, etcd_port)
        self.parts.append(apiserver)
        apiserver.wait_until(self._is_ready)
        self.kubeconfig_path.write_text(self.kubeconfig())
        self.parts.append(_start_controllers(self.folder, self.kubeconfig_path))
        for name in objects.INGRESS_CLASSES:
            self.client.apply(objects.ingress_class(name))

    def _is_ready(self) -> bool:
        try:
            self.client.get("/readyz")
        except (ApiError, urllib3.exceptions.HTTPError):
            return False
        return True


def _write_credentials(folder: Path, ca: CertificateAuthority, token: str) -> None:
    server = ca.issue(["127.0.0.1", "localhost"])
    signing_key = new_private_key()
    files = {
        "ca.crt": ca.certificate_pem,
        "server.crt": server.certificate_pem,
        "server.key": server.private_key_pem,
        "service-accounts.key": private_key_pem(signing_key),
        "service-accounts.pub": public_key_pem(signing_key),
        "tokens.csv": f'{token},admin,admin,"system:masters"\n',
    }
    for name, text in files.items():
        (folder / name).write_text(text)


def _start_etcd(folder: Path, port: int) -> Part:
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    command = [
        require("etcd"),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync=true",
        "--log-level=warn",
    ]
    return start("etcd", command, folder=folder)


def _start_apiserver(folder: Path, port: int, etcd_port: int) -> Part:
    command = [
        require("kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--advertise-address={ADVERTISED_ADDRESS}",
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={folder / 'server.crt'}",
        f"--tls-private-key-file={folder / 'server.key'}",
        f"--client-ca-file={folder / 'ca.crt'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={folder / 'service-accounts.pub'}",
        f"--service-account-signing-key-file={folder / 'service-accounts.key'}",
        "--disable-admission-plugins=ServiceAccount",
        "--profiling=false",
    ]
    return start("kube-apiserver", command, folder=folder)


def _start_controllers(folder: Path, kubeconfig: Path) -> Part:
    command = [
        require("kube-controller-manager"),
        f"--kubeconfig={kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials=false",
        f"--service-account-private-key-file={folder / 'service-accounts.key'}",
        f"--root-ca-file={folder / 'ca.crt'}",
        f"--controllers={','.join(CONTROLLERS)}",
    ]
    return start("kube-controller-manager", command, folder=folder)

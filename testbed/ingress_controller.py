"""Traefik as the cluster's ingress controller: it really routes, and writes the Ingress status.

It serves the classes `traefik` and `nginx` (with the annotations of ingress-nginx) on two loopback ports, and TLS by
SNI from the Secrets that Ingresses name. `routers()` tells which routes it has taken up.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import urllib3
from cryptography import x509

from testbed.binaries import require
from testbed.certificates import Leaf
from testbed.process import Part, free_port, start

ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class IngressController:
    """A running Traefik: `web_port` speaks HTTP, `websecure_port` HTTPS, `own_port` is its own API.

    `default` is what it serves for names that no Ingress has a Secret for; none: one of its own making.
    """

    part: Part
    web_port: int
    websecure_port: int
    own_port: int
    default: Leaf | None = None

    @classmethod
    def start(cls, folder: Path, *, kubeconfig: Path, default: Leaf | None = None) -> IngressController:
        ports = free_port(), free_port(), free_port()
        environment = {name: value for name, value in os.environ.items() if name != "KUBERNETES_SERVICE_HOST"}
        command = [require("traefik"), *_arguments(*ports), *_default_store(folder, default)]
        part = start("traefik", command, folder=folder, environment={**environment, "KUBECONFIG": str(kubeconfig)})
        controller = cls(part, *ports, default)
        part.wait_until(controller._answers_ping)
        return controller

    def routers(self) -> list[str]:
        """Names of the HTTP routers that Traefik serves at this moment."""
        answer = urllib3.request("GET", f"http://{ADDRESS}:{self.own_port}/api/rawdata", timeout=5)
        return sorted(json.loads(answer.data).get("routers", {}))

    def get(self, host: str, path: str = "/") -> urllib3.BaseHTTPResponse:
        """What a browser gets that asks for http://HOST/PATH; no redirect is followed."""
        url = f"http://{ADDRESS}:{self.web_port}{path}"
        return urllib3.request("GET", url, headers={"Host": host}, timeout=5, retries=False, redirect=False)

    def get_secure(self, host: str, path: str = "/", *, ca_pem: str) -> urllib3.BaseHTTPResponse:
        """The same over HTTPS; raises urllib3's SSLError unless the certificate is valid for the host."""
        context = ssl.create_default_context(cadata=ca_pem)
        with urllib3.HTTPSConnectionPool(
            ADDRESS, self.websecure_port, ssl_context=context, server_hostname=host, assert_hostname=host, timeout=5
        ) as pool:
            return pool.request("GET", path, headers={"Host": host}, retries=False, redirect=False)

    def certificate_of(self, host: str) -> x509.Certificate:
        """The certificate that is served for this name, whether it suits or not."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection((ADDRESS, self.websecure_port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")

    def stop(self) -> None:
        self.part.stop()

    def _answers_ping(self) -> bool:
        try:
            answer = urllib3.request("GET", f"http://{ADDRESS}:{self.own_port}/ping", timeout=1, retries=False)
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == 200


def _default_store(folder: Path, leaf: Leaf | None) -> Sequence[str]:
    """The default TLS store, as a file (JSON is YAML): the definitions of Traefik's own resources are not installed."""
    if leaf is None:
        return ()
    certificate, key, store = (folder / name for name in ("default.crt", "default.key", "default-store.yaml"))
    certificate.write_text(leaf.certificate_pem)
    key.write_text(leaf.private_key_pem)
    pair = {"certFile": str(certificate), "keyFile": str(key)}
    store.write_text(json.dumps({"tls": {"stores": {"default": {"defaultCertificate": pair}}}}))
    return (f"--providers.file.filename={store}",)


def _arguments(web_port: int, websecure_port: int, own_port: int) -> Sequence[str]:
    return (
        "--providers.kubernetesingress=true",
        "--providers.kubernetesingress.ingressclass=traefik",
        f"--providers.kubernetesingress.ingressendpoint.ip={ADDRESS}",
        "--providers.kubernetesingressnginx=true",
        f"--providers.kubernetesingressnginx.publishstatusaddress={ADDRESS}",
        "--providers.providersthrottleduration=100ms",
        f"--entrypoints.web.address={ADDRESS}:{web_port}",
        f"--entrypoints.websecure.address={ADDRESS}:{websecure_port}",
        "--entrypoints.websecure.http.tls=true",
        f"--entrypoints.traefik.address={ADDRESS}:{own_port}",
        "--ping=true",
        "--api.insecure=true",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
    )

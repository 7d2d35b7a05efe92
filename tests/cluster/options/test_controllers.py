"""What the portal writes for ingress-nginx does what the option says, in a controller that reads these annotations.

Here that is Traefik's provider for them; WebSockets go through Traefik's own provider without an annotation.
"""

from __future__ import annotations

import socket
from typing import Any

import pytest
import urllib3

from apps.exposures.options import render_options
from testbed import objects
from testbed.backends import Backends
from testbed.certificates import CertificateAuthority
from testbed.control_plane import ControlPlane
from testbed.ingress_controller import ADDRESS, IngressController
from testbed.process import eventually

NGINX = "k8s.io/ingress-nginx"


@pytest.fixture
def host(namespace: str) -> str:
    return f"{namespace}.example.test"


@pytest.fixture
def expose(kube: ControlPlane, backends: Backends, namespace: str, host: str) -> Any:
    """Apply an Ingress of class nginx with the annotations of these options."""
    target = backends["one"]
    for manifest in objects.routed_service(namespace, "web", address=target.address, port=target.port):
        kube.client.apply(manifest)

    def apply(options: dict[str, Any], *, tls_secret_name: str | None = None) -> None:
        manifest = objects.ingress(
            namespace,
            "web",
            host=host,
            service_name="web",
            ingress_class_name="nginx",
            tls_secret_name=tls_secret_name,
        )
        manifest["metadata"]["annotations"] = render_options(options, NGINX)
        kube.client.apply(manifest)

    return apply


def ask(traefik: IngressController, host: str, *, method: str = "GET", **fields: Any) -> urllib3.BaseHTTPResponse:
    headers = {"Host": host} | fields.pop("headers", {})
    url = f"http://{ADDRESS}:{traefik.web_port}/"
    return urllib3.request(method, url, headers=headers, timeout=5, retries=False, redirect=False, **fields)


def test_allow_list_lets_its_networks_in_and_nobody_else(expose: Any, traefik: IngressController, host: str) -> None:
    expose({"allow_networks": ["127.0.0.1", "10.0.0.0/8"]})
    assert eventually(lambda: ask(traefik, host).status == 200)
    expose({"allow_networks": ["10.0.0.0/8", "2001:db8::/32"]})
    assert eventually(lambda: ask(traefik, host).status == 403)


def test_redirect_to_https(expose: Any, kube: ControlPlane, traefik: IngressController, host: str) -> None:
    leaf = CertificateAuthority().issue([host])
    kube.client.apply(objects.tls_secret(host.split(".", maxsplit=1)[0], "web-tls", leaf))
    expose({"redirect_to_https": True}, tls_secret_name="web-tls")
    assert eventually(lambda: ask(traefik, host).status in {301, 302, 307, 308})
    assert ask(traefik, host).headers["Location"].startswith(f"https://{host}")
    expose({"redirect_to_https": False}, tls_secret_name="web-tls")
    assert eventually(lambda: ask(traefik, host).status == 200)


def test_cors_names_its_origin_and_sends_no_credentials_unasked(
    expose: Any, traefik: IngressController, host: str
) -> None:
    origin: dict[str, Any] = {"headers": {"Origin": "https://a.example.com"}}
    expose({"cors_allow_origins": ["https://a.example.com"]})
    assert eventually(
        lambda: ask(traefik, host, **origin).headers.get("Access-Control-Allow-Origin") == "https://a.example.com"
    )
    assert ask(traefik, host, **origin).headers.get("Access-Control-Allow-Credentials") != "true"
    stranger = ask(traefik, host, headers={"Origin": "https://evil.example.com"})
    assert stranger.headers.get("Access-Control-Allow-Origin") != "https://evil.example.com"
    expose({"cors_allow_origins": ["https://a.example.com"], "cors_allow_credentials": True})
    assert eventually(lambda: ask(traefik, host, **origin).headers.get("Access-Control-Allow-Credentials") == "true")


def test_request_body_has_a_largest_size(expose: Any, traefik: IngressController, host: str) -> None:
    expose({"request_body_size": "2k"})
    assert eventually(lambda: ask(traefik, host, method="POST", body=b"x" * 4096).status == 413)
    assert ask(traefik, host, method="POST", body=b"x" * 1024).status == 200


def test_rate_limit_stops_a_client_that_asks_too_often(expose: Any, traefik: IngressController, host: str) -> None:
    expose({"rate_limit": 1})
    assert eventually(lambda: ask(traefik, host).status == 200)
    assert eventually(lambda: ask(traefik, host).status in {429, 503})


def test_session_affinity_sets_the_named_cookie(expose: Any, traefik: IngressController, host: str) -> None:
    expose({"session_affinity": "cookie", "session_cookie_name": "shop-session"})
    assert eventually(lambda: "shop-session=" in ask(traefik, host).headers.get("Set-Cookie", ""))


def test_timeouts_and_backend_protocol_leave_the_host_served(
    expose: Any, traefik: IngressController, host: str
) -> None:
    expose({"connect_timeout": "5s", "read_timeout": "5m", "send_timeout": "5m", "backend_protocol": "HTTP"})
    assert eventually(lambda: ask(traefik, host).status == 200)


def test_connection_upgrade_passes_traefik_without_an_annotation(
    kube: ControlPlane, backends: Backends, traefik: IngressController, namespace: str, host: str
) -> None:
    target = backends["one"]
    for manifest in objects.routed_service(namespace, "web", address=target.address, port=target.port):
        kube.client.apply(manifest)
    kube.client.apply(objects.ingress(namespace, "web", host=host, service_name="web", ingress_class_name="traefik"))
    assert eventually(lambda: ask(traefik, host).status == 200)
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with socket.create_connection((ADDRESS, traefik.web_port), timeout=5) as plain:
        plain.sendall(request.encode())
        answer = plain.recv(65536).decode()
    assert '"Upgrade": "websocket"' in answer

"""A caller of sandbox clusters and of the router, for these tests."""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from sandbox.server import SandboxCluster

INGRESSES = "/apis/networking.k8s.io/v1/namespaces/web/ingresses"
MERGE = "application/merge-patch+json"


def call(cluster: SandboxCluster, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
    """Status and body of one request; `token`, `content_type` and `timeout` as stated."""
    parts = urlsplit(cluster.url)
    context = ssl.create_default_context(cadata=cluster.ca_pem)
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=options.get("timeout", 5), context=context
    )
    headers = {
        "Authorization": f"Bearer {options.get('token', cluster.admin_token)}",
        "Content-Type": options.get("content_type", "application/json"),
    }
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def visit(port: int, host: str, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
    """Status and page that a visitor of the router gets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, headers={"Host": host, **headers})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()

"""An admission webhook of a cluster's own people: an HTTPS server that the real API server asks about Ingresses.

It runs in threads of the test, so that a test says what it answers: `deny` with a message, or `hang` until it is let
go. What it was asked is kept in `asked`.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from testbed.certificates import CertificateAuthority
from testbed.objects import base64_text

ADDRESS = "127.0.0.1"
DENY, HANG = "deny", "hang"
Review = dict[str, Any]


@dataclass
class AdmissionWebhook:
    """`configuration` is what registers one of its rules in a cluster."""

    port: int
    authority: CertificateAuthority
    message: str
    asked: list[Review] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def configuration(self, name: str, way: str, *, hosts: str, port: int = 0, **rule: Any) -> dict[str, Any]:
        """Asked about Ingresses whose host begins with `hosts`, one second long; without an answer they are refused."""
        place = {"url": f"https://{ADDRESS}:{port or self.port}/{way}"}
        webhook = {
            "name": name,
            "clientConfig": {**place, "caBundle": base64_text(self.authority.certificate_pem)},
            "rules": [
                {
                    "apiGroups": ["networking.k8s.io"],
                    "apiVersions": ["v1"],
                    "operations": ["CREATE", "UPDATE"],
                    "resources": ["ingresses"],
                }
            ],
            "matchConditions": [
                {"name": "hosts", "expression": f"object.spec.rules.exists(r, r.host.startsWith('{hosts}'))"}
            ],
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "failurePolicy": "Fail",
            "timeoutSeconds": 1,
        }
        return {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [webhook | rule],
        }

    def answer(self, way: str, review: Review) -> Review:
        self.asked.append(review["request"])
        if way == HANG:
            self.released.wait()
        response = {"uid": review["request"]["uid"], "allowed": way != DENY}
        if way == DENY:
            response["status"] = {"code": 403, "message": self.message}
        return {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}


@contextmanager
def admission_webhook(folder: Path, *, message: str) -> Iterator[AdmissionWebhook]:
    """A running one that denies with `message`."""
    authority = CertificateAuthority("Webhook authority")
    leaf = authority.issue([ADDRESS])
    certificate, key = folder / "webhook.crt", folder / "webhook.key"
    certificate.write_text(leaf.certificate_pem)
    key.write_text(leaf.private_key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer((ADDRESS, 0), _Handler)
    server.daemon_threads = True
    webhook = AdmissionWebhook(server.server_address[1], authority, message)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"webhook": webhook})
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield webhook
    finally:
        webhook.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    webhook: AdmissionWebhook

    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.webhook.answer(self.path.partition("?")[0].strip("/"), review)).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            # The API server has given up waiting.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        return None

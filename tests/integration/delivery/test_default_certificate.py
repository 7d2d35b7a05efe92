"""An exposure with the cluster's default certificate, from the request to what the entry serves."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve
from apps.clusters.services import update_cluster
from apps.clusters.services.default_certificate import declare_default_certificate, withdraw_default_certificate
from apps.common.errors import PolicyViolation
from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from apps.exposures.models import Exposure
from apps.kube.kinds import INGRESS
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import admin_client
from tests.integration.scenes import AUTHORITY, Scene


class Entry(BaseHTTPRequestHandler):
    """Answers the host that it was asked for, so that unknown hosts answer otherwise."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(params=["*.example.com", "*.elsewhere.example.com"])
def served(request: pytest.FixtureRequest, scene: Scene, tmp_path: Path) -> Iterator[str]:
    """The name of the certificate that the cluster's entry serves, whatever was declared."""
    leaf = AUTHORITY.issue([request.param])
    (tmp_path / "crt").write_text(leaf.certificate_pem)
    (tmp_path / "key").write_text(leaf.private_key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Entry)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    admin = make_platform_admin("platform")
    entry = {"addresses": ["127.0.0.1"], "https_port": server.server_address[1]}
    cluster = update_cluster(by=admin, cluster=scene.cluster, entry=entry)
    scene.cluster = declare_default_certificate(by=admin, cluster=cluster, names=["*.example.com"])
    yield request.param
    server.shutdown()
    server.server_close()
    thread.join()


def ask(scene: Scene) -> Exposure:
    request = scene.ask("shop.example.com", default_certificate=True)
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    request.refresh_from_db()
    run_delivery(request.revision.delivery.pk)
    return Exposure.objects.get(pk=request.exposure_id)


def test_it_is_applied_without_a_secret_and_what_is_served_has_to_cover_the_host(scene: Scene, served: str) -> None:
    exposure = ask(scene)
    with admin_client(scene.sandbox) as client:
        live = client.get(INGRESS, "web", exposure.object_name)
    assert live["spec"]["tls"] == [{"hosts": ["shop.example.com"]}]
    serving = exposure.condition("Serving") or {}
    expected = ("True", "Answers") if served == "*.example.com" else ("False", "OtherCertificate")
    assert (serving["status"], serving["reason"]) == expected


def test_it_is_refused_where_nothing_is_declared(scene: Scene) -> None:
    with pytest.raises(PolicyViolation) as caught:
        scene.ask("shop.example.com", default_certificate=True)
    assert [(one.code, one.field) for one in caught.value.errors] == [
        ("certificate_not_usable", "tls.default_certificate")
    ]


def test_declaration_is_withdrawn_and_offered_no_more(scene: Scene) -> None:
    admin = make_platform_admin("platform")
    cluster = declare_default_certificate(by=admin, cluster=scene.cluster, names=["*.Example.com.", "*.example.com"])
    assert cluster.default_certificate == {"names": ["*.example.com"], "certificate": ""}
    assert withdraw_default_certificate(by=admin, cluster=cluster).default_certificate == {}


OTHER = {
    "another PEM": lambda scene, by: declare_default_certificate(
        by=by, cluster=scene.cluster, names=[], certificate=AUTHORITY.issue(["*.example.com"]).certificate_pem
    ),
    "names alone": lambda scene, by: declare_default_certificate(by=by, cluster=scene.cluster, names=["*.example.com"]),
    "nothing": lambda scene, by: withdraw_default_certificate(by=by, cluster=scene.cluster),
    "other names": lambda scene, by: declare_default_certificate(
        by=by, cluster=scene.cluster, names=["*.elsewhere.example.com"]
    ),
}
FOUND = {
    "another PEM": "certificate_changed",
    "names alone": "certificate_changed",
    "nothing": "certificate_not_usable",
    "other names": "certificate_not_usable",
}


@pytest.fixture
def asked(scene: Scene) -> ChangeRequest:
    """Asked for with a default certificate whose PEM was declared."""
    pem = AUTHORITY.issue(["*.example.com"]).certificate_pem
    scene.cluster = declare_default_certificate(
        by=make_platform_admin("platform"), cluster=scene.cluster, names=[], certificate=pem
    )
    return scene.ask("shop.example.com", default_certificate=True)


def reason_of(request: ChangeRequest) -> tuple[str, str]:
    request.refresh_from_db()
    return request.state, (request.state_reason or {}).get("code", "")


@pytest.mark.parametrize("now", list(OTHER))
def test_what_is_declared_otherwise_before_the_decision_makes_the_request_stale(
    scene: Scene, asked: ChangeRequest, now: str
) -> None:
    OTHER[now](scene, User.objects.get(username="platform"))
    approve(by=scene.approver, request=asked, content_hash=asked.content_hash)

    assert reason_of(asked) == ("stale", FOUND[now])
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("now", list(OTHER))
def test_what_is_declared_otherwise_before_the_push_closes_the_gate(
    scene: Scene, asked: ChangeRequest, now: str
) -> None:
    approve(by=scene.approver, request=asked, content_hash=asked.content_hash)
    assert reason_of(asked) == ("delivering", "")
    OTHER[now](scene, User.objects.get(username="platform"))

    run_delivery(Delivery.objects.get().pk)

    assert reason_of(asked) == ("stale", FOUND[now])
    with admin_client(scene.sandbox) as client:
        assert client.list(INGRESS).items == []


def test_same_declared_again_is_no_change(scene: Scene, asked: ChangeRequest) -> None:
    by, declared = User.objects.get(username="platform"), scene.cluster.default_certificate
    approve(by=scene.approver, request=asked, content_hash=asked.content_hash)
    declare_default_certificate(by=by, cluster=scene.cluster, names=[], certificate=declared["certificate"])

    assert Delivery.objects.get().revision.facts["default_certificate_fingerprint"] == declared["fingerprint_sha256"]
    run_delivery(Delivery.objects.get().pk)

    assert reason_of(asked) == ("done", "")

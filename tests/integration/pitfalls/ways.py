"""Form, POST, dry-run and gate: each asked for the same, each answering in one shape that tests can compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from apps.inventory.models import Collection
from apps.inventory.services import refresh_inventory
from tests.integration.api.calls import Caller, wish
from tests.integration.sandboxes import put
from tests.integration.scenes import Scene

Told = list[tuple[str, str]]


@dataclass
class Ways:
    """All of them by the developer of team *web*."""

    scene: Scene
    caller: Caller
    client: Client

    def see(self, *manifests: dict[str, Any]) -> None:
        """Objects that somebody else put into the cluster, and that the portal has read."""
        put(self.scene.sandbox, *manifests)
        refresh_inventory(cluster=self.scene.cluster)

    def body(self, host: str, *, path: str = "/", path_type: str = "Prefix", tls: str | None = None) -> dict[str, Any]:
        backend = {"path": path, "path_type": path_type, "service_name": "shop", "service_port": "http"}
        return wish(host, paths=[backend], tls={"secret_name": tls} if tls else None)

    def dry_run(self, body: dict[str, Any]) -> Any:
        answer = self.caller.post("exposures/?dry_run=true", body)
        assert answer.status_code == 200, answer.body
        return answer.body

    def post(self, body: dict[str, Any]) -> Any:
        return self.caller.post("exposures/", body)

    def form(self, body: dict[str, Any]) -> Any:
        """The page after the form was sent; 302 when it was taken."""
        cache.clear()
        [path], tls = body["paths"], body["tls"]
        return self.client.post(
            "/exposures/new/",
            {
                "action": "send",
                "token": "form_1",
                "cluster": body["cluster"],
                "namespace": body["namespace"],
                "service": path["service_name"],
                "port": path["service_port"],
                "host_kind": "custom",
                "host": body["host"],
                "scheme": "https" if tls else "http",
                "secret": tls["secret_name"] if tls else "",
                "path_0": path["path"],
                "path_type_0": path["path_type"],
                "backend_0": "",
                "reason": "A test.",
            },
        )

    def approve(self, request: dict[str, Any]) -> None:
        caller = Caller(self.scene.approver)
        answer = caller.post(f"requests/{request['id']}/approve/", {"content_hash": request["content_hash"]})
        assert answer.status_code == 200, answer.body

    def push(self, request: dict[str, Any]) -> Delivery:
        """By a worker that has to read the Ingresses again."""
        Collection.objects.filter(kind="Ingress").update(observed_at=timezone.now() - timedelta(minutes=1))
        delivery = Delivery.objects.get(revision__change_requests=request["id"])
        run_delivery(delivery.pk)
        delivery.refresh_from_db()
        return delivery


def told(conflicts: list[dict[str, Any]]) -> Told:
    """(kind, team) of each conflict; nobody's team is empty."""
    return [(conflict["kind"], (conflict["owner"] or {}).get("team", "")) for conflict in conflicts]

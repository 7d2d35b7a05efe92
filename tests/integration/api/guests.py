"""Team pay on the host of team web: asks for a path, is granted it, and its path goes live."""

from __future__ import annotations

from typing import Any

from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from tests.integration.api.calls import Caller, wish

HOST = "shop.dev.example.net"


def wanted(path: str = "/pay", **fields: Any) -> dict[str, Any]:
    """Team pay asks for a path on the host of team web."""
    backend = {"path": path, "path_type": "Prefix", "service_name": "ledger", "service_port": "http"}
    return wish(HOST, namespace="pay", paths=[backend], **fields)


def asked(stranger: Caller, path: str = "/pay") -> Any:
    answer = stranger.post("exposures/", wanted(path, ask_owner=True))
    assert answer.status_code == 201, answer.body
    return answer.body["change_request"]


def agree(caller: Caller, request: Any) -> Any:
    return caller.post(f"requests/{request['id']}/approve/", {"content_hash": request["content_hash"]})


def push(request: Any) -> Delivery:
    delivery = Delivery.objects.get(revision__change_requests=request["id"])
    run_delivery(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def granted(stranger: Caller, developer: Caller) -> Any:
    """A guest's request whose path is live."""
    request = asked(stranger)
    agree(developer, request)
    push(request)
    return request

"""Behind the pages of the demo: the REST API as its people, and its clusters with full rights, to set the scene."""

from __future__ import annotations

import base64
import json
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import yaml

from apps.kube.client import ClusterClient
from apps.kube.credentials import Credential, Endpoint
from tests.browser.portal import Portal

DONE_SECONDS = 60.0


def call(portal: Portal, username: str, method: str, path: str, content: Any = None) -> Any:
    """The JSON of an answer that has to be a success."""
    lines = (portal.folder / "tokens.env").read_text().splitlines()
    tokens = dict(line.removeprefix("export ").split("=", 1) for line in lines if "=" in line)
    connection = HTTPConnection(urlsplit(portal.url).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {tokens[f'PORTICO_TOKEN_{username.upper()}']}"}
    body = None if content is None else json.dumps(content)
    connection.request(method, f"/api/v1/{path}", body, headers | {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status < 300, text
    return json.loads(text) if text else None


def publish(portal: Portal, host: str, secret_name: str) -> None:
    """An exposure of dev-1 that is approved; the worker makes it live."""
    path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
    wish = {"cluster": "dev-1", "namespace": "web", "host": host, "paths": [path], "tls": {"secret_name": secret_name}}
    request = call(portal, "developer", "POST", "exposures/", wish | {"reason": "A test."})["change_request"]
    approve(portal, request["id"])


def approve(portal: Portal, request_id: str) -> None:
    """Approves what a request says now, and waits until it is done."""
    request = call(portal, "approver", "GET", f"requests/{request_id}/")
    decision = {"content_hash": request["content_hash"], "comment": ""}
    call(portal, "approver", "POST", f"requests/{request_id}/approve/", decision)
    deadline = time.monotonic() + DONE_SECONDS
    while call(portal, "approver", "GET", f"requests/{request_id}/")["state"] != "done":
        assert time.monotonic() < deadline, "the request was not done in time"
        time.sleep(0.2)


def cluster_client(portal: Portal, name: str) -> ClusterClient:
    """With full rights."""
    config = yaml.safe_load((portal.folder / "kubeconfig").read_text())
    context = next(one["context"] for one in config["contexts"] if one["name"] == name)
    cluster = next(one["cluster"] for one in config["clusters"] if one["name"] == context["cluster"])
    user = next(one["user"] for one in config["users"] if one["name"] == context["user"])
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return ClusterClient(Endpoint(cluster["server"], authority), Credential(token=user["token"]), allow_loopback=True)

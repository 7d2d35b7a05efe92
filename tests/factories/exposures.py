"""Exposures and revisions as rows. Their bytes are plausible, not rendered; tests of rendering submit for real."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.exposures.enums import Operation
from apps.exposures.models import Exposure, Revision
from tests.factories.people import make_user


def spec_json(host: str = "shop.dev.example.net", **fields: Any) -> dict[str, Any]:
    """The spec of the REST contract: everything to port `http` of service `shop`."""
    path = {"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}
    return {"host": host, "paths": [path], "tls": None, "options": {}, "ingress_class_name": None} | fields


def make_exposure(
    cluster: Cluster, team: Team, *, host: str = "shop.dev.example.net", namespace: str = "web", **fields: Any
) -> Exposure:
    """An exposure without any revision yet."""
    author = fields.pop("created_by", None) or make_user(team=team)
    defaults: dict[str, Any] = {"object_name": f"portico-{host.partition('.')[0]}", "created_by": author}
    return Exposure.objects.create(cluster=cluster, team=team, host=host, namespace=namespace, **defaults | fields)


def make_revision(
    exposure: Exposure, *, author: User | None = None, spec: dict[str, Any] | None = None, **fields: Any
) -> Revision:
    """The next revision of the exposure."""
    number = exposure.revisions.count() + 1
    stated = spec or spec_json(exposure.host)
    rendered = json.dumps({"kind": "Ingress", "spec": stated, "number": number}, sort_keys=True)
    defaults: dict[str, Any] = {
        "operation": Operation.CREATE if number == 1 else Operation.UPDATE,
        "rendered": rendered,
        "renderer_version": "1",
        "content_hash": "sha256:" + hashlib.sha256(rendered.encode()).hexdigest(),
        "author": author or exposure.created_by,
    }
    return Revision.objects.create(exposure=exposure, number=number, spec=stated, **defaults | fields)

"""The two clusters of this folder's tests under one face."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.kube.credentials import Endpoint
from apps.kube.permissions import REQUIRED_RULES
from sandbox.server import SandboxServer
from testbed.control_plane import ControlPlane

LEAST_RULES = [
    {"apiGroups": [rule.group], "resources": [rule.resource], "verbs": list(rule.verbs)} for rule in REQUIRED_RULES
]
Rules = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Cluster:
    """One of the two: its address, its administrator, and how it makes callers with given rights."""

    endpoint: Endpoint
    admin_token: str
    token_for: Callable[[Rules], str]


def sandbox_cluster(server: SandboxServer) -> Cluster:
    cluster = server["sandbox"]
    return Cluster(
        Endpoint(cluster.url, cluster.ca_pem),
        cluster.admin_token,
        lambda rules: cluster.token(f"user-{secrets.token_hex(4)}", rules),
    )


def real_cluster(kube: ControlPlane) -> Cluster:
    return Cluster(
        Endpoint(kube.url, kube.ca.certificate_pem),
        kube.token,
        lambda rules: kube.service_account_token("default", f"user-{secrets.token_hex(4)}", rules=list(rules)),
    )

"""Registered clusters, without a credential: whoever needs one registers through the service."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.clusters.enums import Environment
from apps.clusters.models import Cluster
from apps.common.conditions import set_condition

WILDCARD_DOMAINS = {Environment.DEV: "dev.example.net", Environment.TEST: "test.example.net"}


def make_cluster(name: str = "dev-1", *, reachable: bool | None = True, **fields: Any) -> Cluster:
    """A development cluster with a wildcard domain; `reachable=None` leaves it unchecked."""
    environment = fields.setdefault("environment", Environment.DEV)
    defaults: dict[str, Any] = {
        "endpoint": f"https://{name}.clusters.example.net:6443",
        "certificate_authority": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "wildcard_domain": WILDCARD_DOMAINS.get(environment, ""),
        "entry": {"addresses": ["10.0.0.10"], "http_port": 80, "https_port": 443},
        "default_ingress_class_name": "traefik",
        "version": "v1.33.1",
    }
    if reachable is not None:
        defaults["conditions"] = reachable_condition(reachable)
    return Cluster.objects.create(name=name, **defaults | fields)


def reachable_condition(reachable: bool) -> list[dict[str, Any]]:
    return set_condition(
        [],
        "Reachable",
        "True" if reachable else "False",
        reason="Reachable" if reachable else "Unreachable",
        message="" if reachable else "No answer within 5 s.",
        now=timezone.now(),
    )

"""Notes one live object at once, so that nobody has to wait for the next refresh to see what was just applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.inventory.models import Ingress, Secret
from apps.inventory.observe import ingress_paths, ingress_row, secret_row
from apps.inventory.trust import known_roots
from apps.inventory.writes import upsert_ingress, upsert_secret


def observe_ingress(*, cluster: Cluster, manifest: Mapping[str, Any] | None, namespace: str, name: str) -> None:
    """The Ingress as the cluster has it now; None when it is gone."""
    with transaction.atomic():
        if manifest is None:
            Ingress.objects.filter(cluster=cluster, namespace=namespace, name=name).delete()
            return
        upsert_ingress(cluster, ingress_row(cluster.pk, manifest), ingress_paths(manifest))


def observe_secret(*, cluster: Cluster, manifest: Mapping[str, Any]) -> Secret:
    """The public part of a TLS Secret as the cluster answered it; judged before the transaction, like every Secret."""
    row = secret_row(cluster.pk, manifest, timezone.now(), known_roots())
    with transaction.atomic():
        return upsert_secret(cluster, row)


def forget_secret(*, cluster: Cluster, namespace: str, name: str) -> None:
    """A Secret that was just deleted."""
    Secret.objects.filter(cluster=cluster, namespace=namespace, name=name).delete()

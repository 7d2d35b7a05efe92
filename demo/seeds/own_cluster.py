"""Registers a cluster of the person who tries the demo. A refusal is told with its reasons, and the demo goes on."""

from __future__ import annotations

import re
from pathlib import Path

from apps.clusters.models import Cluster
from apps.clusters.services import check_cluster, register_cluster
from apps.common.errors import PortalError
from apps.inventory.services import refresh_inventory
from apps.kube.kubeconfig import list_contexts
from demo.seeds.people import platform

NAME_LENGTH = 63


def register(kubeconfig: Path) -> None:
    """Its current context, in environment dev, named after the context."""
    try:
        text = kubeconfig.read_text()
        context = next((each for each in list_contexts(text) if each.current), None)
        name = cluster_name(context.name if context else "own-cluster")
        if Cluster.objects.active().filter(name=name).exists():
            _say(f"Your cluster {name} is registered already.")
            return
        cluster = register_cluster(
            by=platform(), name=name, environment="dev", kubeconfig=text, context=context.name if context else None
        )
    except (OSError, UnicodeDecodeError) as error:
        _say(f"{kubeconfig} cannot be read: {error}")
    except PortalError as error:
        _tell_refusal(kubeconfig, error)
    else:
        _look(cluster)


def cluster_name(context: str) -> str:
    """The context's name with only what a cluster's name may have."""
    return re.sub(r"[^a-z0-9]+", "-", context.lower())[:NAME_LENGTH].strip("-") or "own-cluster"


def _look(cluster: Cluster) -> None:
    checked = check_cluster(cluster=cluster)
    refresh_inventory(cluster=checked)
    _say(f"Your cluster {cluster.name} is registered; `platform` grants its namespaces to teams.")
    for step in checked.last_check:
        if step["status"] in {"failed", "warning"}:
            _say(f"  {step['name']}: {step['message']} {step['hint']}".rstrip())


def _tell_refusal(kubeconfig: Path, error: PortalError) -> None:
    _say(f"{kubeconfig} was refused: {error.message}")
    for violation in getattr(error, "errors", []):
        _say(f"  {violation.field}: {violation.message} {violation.hint}".rstrip())


def _say(line: str) -> None:
    print(f"demo: {line}", flush=True)

"""What can be done with clusters: the registry, the scheduled check, and the client for calls."""

from apps.clusters.services.access import AccessInput
from apps.clusters.services.checks import begin_test, check_cluster, check_if_free
from apps.clusters.services.clients import client_for
from apps.clusters.services.registry import (
    pause_cluster,
    register_cluster,
    rekey_cluster,
    resume_cluster,
    retire_cluster,
    update_cluster,
)

__all__ = [
    "AccessInput",
    "begin_test",
    "check_cluster",
    "check_if_free",
    "client_for",
    "pause_cluster",
    "register_cluster",
    "rekey_cluster",
    "resume_cluster",
    "retire_cluster",
    "update_cluster",
]

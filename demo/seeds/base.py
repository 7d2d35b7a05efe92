"""Brings database, static files, clusters and people to where the demo begins."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from apps.common.dispatch import send_now
from demo.plan import Plan
from demo.seeds import clusters, domains, own_cluster, people, tokens

SWEEP = "apps.delivery.tasks.sweep"


def seed(plan: Plan, own_clusters: list[Path]) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    _collect_static(plan)
    people.seed()
    clusters.seed(plan)
    people.grant_namespaces()
    domains.seed()
    tokens.seed(plan)
    clusters.refresh()
    for kubeconfig in own_clusters:
        own_cluster.register(kubeconfig)
    # The first message for the worker: when it is gone, the worker works.
    send_now(SWEEP)


def _collect_static(plan: Plan) -> None:
    """Only when a file has changed: hashing and compressing takes longer than the rest of a second start."""
    stamp = plan.folder / "static" / ".collected"
    present = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == present:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=stamp.parent.exists())
    stamp.write_text(present)


def _static_fingerprint() -> str:
    lines = []
    for finder in get_finders():
        for name, storage in finder.list(None):
            state = Path(storage.path(name)).stat()
            lines.append(f"{name} {state.st_size} {state.st_mtime_ns}")
    return "\n".join(sorted(lines))

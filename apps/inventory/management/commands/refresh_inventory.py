"""Refreshes the inventory by hand, as the schedule does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.clusters.selectors import find_clusters
from apps.common.errors import NotFound
from apps.inventory.services import Refresh, refresh_inventory


class Command(BaseCommand):
    help = "List the named clusters, or all, and store what is in them; fails when something could not be listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cluster", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clusters = find_clusters(options["cluster"])
        except NotFound as error:
            raise CommandError(error.message) from error
        refreshed = {cluster.name: refresh_inventory(cluster=cluster) for cluster in clusters}
        for name, refresh in refreshed.items():
            self.stdout.write(f"{name}: {_outcome(refresh)}")
        failed = [name for name, refresh in refreshed.items() if refresh.errors]
        if failed:
            raise CommandError(f"Could not be listed completely: {', '.join(failed)}")


def _outcome(refresh: Refresh) -> str:
    if not refresh.ran:
        return "another refresh is still running"
    changed = [f"{kind} {done.written}+{done.deleted}" for kind, done in refresh.changes.items()]
    return ", ".join([*changed, *(f"{kind} failed: {message}" for kind, message in refresh.errors.items())])

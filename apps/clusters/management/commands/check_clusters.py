"""Tests the connections to clusters by hand, as the schedule does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.clusters.models import Cluster
from apps.clusters.selectors import find_clusters
from apps.clusters.services import check_cluster
from apps.common.errors import NotFound


class Command(BaseCommand):
    help = "Test the connection to the named clusters, or to all; fails when one does not answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cluster", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clusters = find_clusters(options["cluster"])
        except NotFound as error:
            raise CommandError(error.message) from error
        checked = [check_cluster(cluster=cluster) for cluster in clusters]
        for cluster in checked:
            self.stdout.write(_line(cluster))
        silent = [cluster.name for cluster in checked if not cluster.is_reachable]
        if silent:
            raise CommandError(f"No answer from: {', '.join(silent)}")


def _line(cluster: Cluster) -> str:
    states = ", ".join(f"{entry['type']} {entry['status']} ({entry['message']})" for entry in cluster.conditions)
    return f"{cluster.name}: {states}"

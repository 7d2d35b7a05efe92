"""Registers the app, and has it asked before a cluster gets a wildcard domain."""

from django.apps import AppConfig


class DomainsConfig(AppConfig):
    name = "apps.domains"
    label = "domains"

    def ready(self) -> None:
        # Models are only importable once the registry is ready.
        from apps.clusters.wildcards import subscribe
        from apps.domains.pools import find_objections

        subscribe(find_objections)

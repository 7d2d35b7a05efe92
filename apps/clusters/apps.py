"""Registers the app, tells notices what may be seen, and refuses to start with a key ring that cannot be read."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class ClustersConfig(AppConfig):
    name = "apps.clusters"
    label = "clusters"

    def ready(self) -> None:
        from apps.clusters import vault  # needs the models, which are loaded by now
        from apps.clusters.errors import KeyRingInvalid
        from apps.clusters.subjects import seen_clusters
        from apps.notices.enums import SubjectType
        from apps.notices.subjects import register

        register(SubjectType.CLUSTER, seen_clusters)
        try:
            vault.current_ring()
        except KeyRingInvalid as error:
            raise ImproperlyConfigured(error.message) from error

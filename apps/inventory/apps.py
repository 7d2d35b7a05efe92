"""Registers the app, and tells notices what may be seen of its objects."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "apps.inventory"
    label = "inventory"

    def ready(self) -> None:
        # Models are only importable once the registry is ready.
        from apps.inventory.subjects import seen_certificates
        from apps.notices.enums import SubjectType
        from apps.notices.subjects import register

        register(SubjectType.CERTIFICATE, seen_certificates)

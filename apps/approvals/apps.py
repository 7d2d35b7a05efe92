"""Registers the app and subscribes the engine to the outcomes of deliveries."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "apps.approvals"
    label = "approvals"

    def ready(self) -> None:
        # Models are only importable once the registry is ready.
        from apps.approvals.services.outcome import settle_request
        from apps.delivery.outcomes import subscribe

        subscribe(settle_request)

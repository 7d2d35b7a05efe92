"""Registers the app, subscribes the engine to the outcomes of deliveries, and tells notices what may be seen."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "apps.approvals"
    label = "approvals"

    def ready(self) -> None:
        # Models are only importable once the registry is ready.
        from apps.approvals.services.outcome import settle_request
        from apps.approvals.subjects import seen_requests
        from apps.delivery.outcomes import subscribe
        from apps.notices.enums import SubjectType
        from apps.notices.subjects import register

        subscribe(settle_request)
        register(SubjectType.REQUEST, seen_requests)

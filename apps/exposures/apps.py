"""Registers the app, and tells notices what may be seen of its objects."""

from django.apps import AppConfig


class ExposuresConfig(AppConfig):
    name = "apps.exposures"
    label = "exposures"

    def ready(self) -> None:
        # Models are only importable once the registry is ready.
        from apps.exposures.subjects import seen_exposures
        from apps.notices.enums import SubjectType
        from apps.notices.subjects import register

        register(SubjectType.EXPOSURE, seen_exposures)

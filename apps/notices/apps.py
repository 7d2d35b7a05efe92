"""Registers the app, listens to what accounts give and take, and says what may be seen of its subjects."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "apps.notices"
    label = "notices"

    def ready(self) -> None:
        # Models are only importable once the registry is ready.
        from apps.accounts.outcomes import subscribe
        from apps.notices.enums import SubjectType
        from apps.notices.services.access import tell_of_grant
        from apps.notices.subjects import register, seen_teams, seen_tokens

        subscribe(tell_of_grant)
        register(SubjectType.TEAM, seen_teams)
        register(SubjectType.TOKEN, seen_tokens)

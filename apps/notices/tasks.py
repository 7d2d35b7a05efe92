"""Wake-up calls: what ends soon is told, what was read long ago is forgotten."""

from celery import shared_task

from apps.notices.services import forget_old as forget
from apps.notices.services.tokens import tell_expiring_tokens as tell_tokens


@shared_task(name="apps.notices.tasks.tell_expiring_tokens")
def tell_expiring_tokens() -> None:
    tell_tokens()


@shared_task(name="apps.notices.tasks.forget_old")
def forget_old() -> None:
    forget()

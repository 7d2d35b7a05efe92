"""The scheduled end of drafts that nobody came back to."""

from celery import shared_task
from django.utils import timezone

from apps.drafts.services import forget_old_drafts


@shared_task(name="apps.drafts.tasks.forget_old")
def forget_old() -> None:
    forget_old_drafts(now=timezone.now())

"""Wake-up calls: what is news of certificates is told."""

from celery import shared_task

from apps.exposures import certificate_notices


@shared_task(name="apps.exposures.tasks.tell_of_certificates")
def tell_of_certificates() -> None:
    certificate_notices.tell_of_certificates()

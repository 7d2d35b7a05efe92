"""Wake-up calls: what is news of certificates is told."""

from celery import shared_task

from apps.exposures.certificate_notices import tell_of_certificates


@shared_task(name="apps.exposures.tasks.tell_of_certificates")
def tell_certificates() -> None:
    tell_of_certificates()

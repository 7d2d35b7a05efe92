"""Wake-up calls: an id in, one service called."""

from celery import shared_task
from django.utils import timezone

from apps.common.dispatch import dispatch
from apps.delivery.services import run_delivery
from apps.delivery.services import sweep as sweep_deliveries
from apps.delivery.services.names import check_exposure_name, claim_due_names
from apps.delivery.services.verify import recheck_exposure
from apps.exposures.models import Exposure


@shared_task(name="apps.delivery.tasks.deliver")
def deliver(delivery_id: str) -> None:
    run_delivery(delivery_id)


@shared_task(name="apps.delivery.tasks.sweep")
def sweep() -> None:
    sweep_deliveries()


@shared_task(name="apps.delivery.tasks.recheck_all")
def recheck_all() -> None:
    """Fan out, so that one slow entry delays no other."""
    live = Exposure.objects.active().exclude(live_revision=None).values_list("pk", flat=True)
    for exposure_id in live.iterator():
        dispatch("apps.delivery.tasks.recheck", exposure_id)


@shared_task(name="apps.delivery.tasks.recheck")
def recheck(exposure_id: str) -> None:
    recheck_exposure(exposure_id)


@shared_task(name="apps.delivery.tasks.check_names")
def check_names() -> None:
    for exposure_id in claim_due_names(timezone.now()):
        dispatch("apps.delivery.tasks.check_name", exposure_id)


@shared_task(name="apps.delivery.tasks.check_name")
def check_name(exposure_id: str) -> None:
    check_exposure_name(exposure_id)

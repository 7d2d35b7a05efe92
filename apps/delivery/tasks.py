"""Wake-up calls: an id in, one service called."""

from celery import shared_task
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.common.dispatch import dispatch
from apps.delivery.services import run_delivery
from apps.delivery.services import sweep as sweep_deliveries
from apps.delivery.services.drift_notes import check_known_drift
from apps.delivery.services.drift_notes import note_drifts as note_drifts_of
from apps.delivery.services.names import check_exposure_name, claim_due_names
from apps.delivery.services.verify import recheck_exposure
from apps.exposures.models import Exposure
from apps.kube.errors import ClusterError


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


@shared_task(name="apps.delivery.tasks.note_drifts_of_all")
def note_drifts_of_all() -> None:
    for cluster_id in Cluster.objects.active().values_list("pk", flat=True):
        dispatch("apps.delivery.tasks.note_drifts", cluster_id)


@shared_task(name="apps.delivery.tasks.note_drifts")
def note_drifts(cluster_id: str) -> None:
    note_drifts_of(cluster_id)


@shared_task(name="apps.delivery.tasks.check_drift")
def check_drift(exposure_id: str) -> None:
    try:
        check_known_drift(exposure_id)
    except ClusterError:
        # Asked again with the next look at the inventory.
        return


@shared_task(name="apps.delivery.tasks.check_names")
def check_names() -> None:
    for exposure_id in claim_due_names(timezone.now()):
        dispatch("apps.delivery.tasks.check_name", exposure_id)


@shared_task(name="apps.delivery.tasks.check_name")
def check_name(exposure_id: str) -> None:
    check_exposure_name(exposure_id)

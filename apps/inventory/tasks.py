"""Wake-up calls for the scheduled refresh: one task per cluster, so that one that hangs delays no other (D4)."""

from celery import shared_task

from apps.clusters.models import Cluster
from apps.clusters.selectors import answering_cluster_ids
from apps.common.dispatch import dispatch
from apps.inventory import services
from apps.inventory.services import forget_retired, refresh_inventory


@shared_task(name="apps.inventory.tasks.refresh_all")
def refresh_all() -> None:
    forget_retired()
    for cluster_id in answering_cluster_ids():
        dispatch("apps.inventory.tasks.refresh", cluster_id)


@shared_task(name="apps.inventory.tasks.refresh", soft_time_limit=160, time_limit=180)
def refresh(cluster_id: str) -> None:
    cluster = Cluster.objects.active().filter(pk=cluster_id).first()
    if cluster is not None:
        refresh_inventory(cluster=cluster)


@shared_task(name="apps.inventory.tasks.judge_trust_again")
def judge_trust_again() -> None:
    services.judge_trust_again()

"""Wake-up calls for the scheduled check: one task per cluster, so that one that hangs delays no other (D4).

The gateway's timeouts end every call; the limits here are for pools that can enforce them.
"""

from celery import shared_task

from apps.clusters.selectors import active_cluster_ids
from apps.clusters.services import check_if_free
from apps.common.dispatch import dispatch


@shared_task(name="apps.clusters.tasks.check_all")
def check_all() -> None:
    for cluster_id in active_cluster_ids():
        dispatch("apps.clusters.tasks.check", cluster_id)


@shared_task(name="apps.clusters.tasks.check", soft_time_limit=100, time_limit=120)
def check(cluster_id: str) -> None:
    check_if_free(cluster_id)

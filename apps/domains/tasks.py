"""Wake-up calls for the scheduled question whether the clusters' wildcards point at their entries."""

from celery import shared_task
from django.utils import timezone

from apps.common.dispatch import dispatch
from apps.domains.services_dns import check_cluster_wildcard, claim_due_wildcards


@shared_task(name="apps.domains.tasks.check_wildcards")
def check_wildcards() -> None:
    """Fan out, so that name servers that keep silent delay no other cluster."""
    for cluster_id in claim_due_wildcards(timezone.now()):
        dispatch("apps.domains.tasks.check_wildcard", cluster_id)


@shared_task(name="apps.domains.tasks.check_wildcard")
def check_wildcard(cluster_id: str) -> None:
    check_cluster_wildcard(cluster_id)

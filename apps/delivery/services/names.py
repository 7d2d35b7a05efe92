"""Does DNS lead to the entry for an exposed host? Kept as the condition `Resolves`, which is no part of Ready."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, OuterRef, Q, Subquery

from apps.common.said import restored
from apps.delivery.services.verify import note_on_exposure
from apps.domains.models import NameCheck
from apps.domains.services_dns import check_name, claim_name
from apps.exposures.enums import ConditionType
from apps.exposures.models import Exposure

# At a time; the rest is older by then and comes first.
BATCH = 200


def check_exposure_name(exposure_id: str) -> NameCheck | None:
    """Ask DNS for the exposure's host and keep what it says; nothing for one that was deleted meanwhile."""
    exposure = Exposure.objects.active().select_related("cluster").filter(pk=exposure_id).first()
    if exposure is None:
        return None
    row = check_name(cluster=exposure.cluster, name=exposure.host)
    found = row.found
    note_on_exposure(exposure.pk, ConditionType.RESOLVES, found["status"], found["reason"], restored(found))
    return row


def claim_due_names(now: datetime) -> list[str]:
    """The live exposures to check now, the longest waiting first, each given to one caller only."""
    checks = NameCheck.objects.filter(cluster=OuterRef("cluster"), name=OuterRef("host"))
    live = Exposure.objects.active().exclude(live_revision=None)
    known = live.annotate(due_at=Subquery(checks.values("due_at")[:1]))
    due = known.filter(Q(due_at=None) | Q(due_at__lte=now)).order_by(F("due_at").asc(nulls_first=True))
    rows = due.values_list("pk", "cluster_id", "host")[:BATCH]
    return [pk for pk, cluster_id, host in rows if claim_name(cluster_id=cluster_id, name=host, now=now)]

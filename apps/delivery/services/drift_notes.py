"""Keeps what is known of drift as the condition `InSync`, so that pages and lists know of it without a call.

`check_drift` asks the cluster and can name the author; `note_drifts` reads the last inventory of a whole cluster.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop as _n

from apps.clusters.models import Cluster
from apps.common.dispatch import dispatch
from apps.common.said import say
from apps.delivery.enums import SETTLED
from apps.delivery.models import Delivery
from apps.delivery.services.drift import Drift, desired_object, read_drift
from apps.delivery.services.telling import tell_of_drift
from apps.delivery.services.verify import note_on_exposure
from apps.exposures.enums import ConditionType, DriftKind
from apps.exposures.models import Exposure
from apps.exposures.services import AS_APPLIED, CHANGED_OUTSIDE, GONE
from apps.inventory.models import Collection, Ingress
from apps.inventory.observe import ingress_paths, ingress_row
from apps.inventory.writes import PATH_FIELDS
from apps.kube.acting import is_acting
from apps.kube.kinds import INGRESS

CHECK = "apps.delivery.tasks.check_drift"
CHUNK = 500
KINDS = {"missing": DriftKind.MISSING, "drifted": DriftKind.CHANGED, "in_sync": DriftKind.NONE}


def check_drift(*, exposure: Exposure) -> Drift:
    """Ask the cluster now, and keep what it says. Raises ClusterError; never call it inside a transaction (D3)."""
    drift = read_drift(exposure=exposure)
    if drift.state in KINDS:
        note_drift(exposure, KINDS[drift.state], drift)
    return drift


def note_drifts(cluster_id: str) -> int:
    """Compare the cluster's live exposures with the inventory as it stands; how many it noted something new about.

    What is on its way, or was pushed after the inventory was read, is left to its delivery. The inventory does not keep
    everything, so an all-clear is believed from the cluster itself only, which a task asks.
    """
    listed = (
        Collection.objects.filter(cluster=cluster_id, kind=INGRESS.kind, error="").exclude(observed_at=None).first()
    )
    cluster = Cluster.objects.active().filter(pk=cluster_id).first()
    if cluster is None or listed is None:
        return 0
    stored = _ingresses(cluster)
    known = [
        (exposure, _kind_of(exposure, stored.get((exposure.namespace, exposure.object_name))))
        for exposure in _comparable(cluster).filter(updated_at__lt=listed.observed_at).iterator(chunk_size=CHUNK)
    ]
    news = [(exposure, kind) for exposure, kind in known if kind != exposure.drift]
    for exposure, kind in news:
        if kind == DriftKind.NONE:
            dispatch(CHECK, exposure.pk)
        else:
            note_drift(exposure, kind)
    return len(news)


def check_known_drift(exposure_id: str) -> None:
    """Ask the cluster about an exposure that seems to be as applied again."""
    exposure = Exposure.objects.active().with_relations().filter(pk=exposure_id).first()
    if exposure is not None and exposure.drift:
        check_drift(exposure=exposure)


@transaction.atomic
def note_drift(exposure: Exposure, kind: DriftKind, drift: Drift | None = None) -> None:
    """Keep it as the condition `InSync`, and tell the team."""
    if kind == DriftKind.NONE:
        message = say(_n("The cluster has exactly what was applied."))
        note_on_exposure(exposure.pk, ConditionType.IN_SYNC, "True", AS_APPLIED, message)
    elif kind == DriftKind.MISSING:
        message = say(_n("Somebody deleted the object in the cluster."))
        note_on_exposure(exposure.pk, ConditionType.IN_SYNC, "False", GONE, message)
    else:
        note_on_exposure(exposure.pk, ConditionType.IN_SYNC, "False", CHANGED_OUTSIDE, _changed_sentence(drift))
    tell_of_drift(exposure.pk, kind)


def _changed_sentence(drift: Drift | None) -> str:
    if drift is None or drift.writer is None:
        return say(_n("Somebody changed the object in the cluster."))
    sentence = _n("%(manager)s changed the object in the cluster: %(field)s is not as applied.")
    return say(sentence, manager=drift.writer.manager, field=drift.differences[0].path)


def _comparable(cluster: Cluster) -> QuerySet[Exposure]:
    unsettled = Delivery.objects.filter(exposure=OuterRef("pk")).exclude(state__in=SETTLED)
    live = Exposure.objects.active().filter(cluster=cluster).exclude(live_revision=None)
    return live.filter(~Exists(unsettled)).select_related("live_revision", "cluster")


def _ingresses(cluster: Cluster) -> dict[tuple[str, str], Ingress]:
    """By name, not by label: an object that lost its label was changed, it is not gone."""
    names = Exposure.objects.active().filter(cluster=cluster).values("object_name")
    rows = Ingress.objects.filter(cluster=cluster, name__in=names).prefetch_related("paths")
    return {(row.namespace, row.name): row for row in rows}


def _kind_of(exposure: Exposure, row: Ingress | None) -> DriftKind:
    if row is None:
        return DriftKind.MISSING
    revision = exposure.live_revision
    if revision is None or _is_as_applied(row, desired_object(revision)):
        return DriftKind.NONE
    return DriftKind.CHANGED


def _is_as_applied(row: Ingress, desired: dict[str, Any]) -> bool:
    """The same comparison as `differences`, over what the inventory keeps of an Ingress."""
    wanted = ingress_row(row.cluster_id, desired)
    same = wanted.labels.items() <= row.labels.items() and wanted.annotations.items() <= row.annotations.items()
    added = any(map(is_acting, row.annotations.keys() - wanted.annotations.keys()))
    # A class that was left out is filled in by the cluster's admission.
    same_class = wanted.ingress_class_name in {"", row.ingress_class_name}
    paths, found = map(_path_values, ingress_paths(desired)), map(_path_values, row.paths.all())
    return same and not added and same_class and wanted.tls == row.tls and sorted(paths) == sorted(found)


def _path_values(path: Any) -> tuple[str, ...]:
    return tuple(getattr(path, name) for name in PATH_FIELDS)

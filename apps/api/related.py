"""Loads what is shown beside an exposure, in a fixed number of queries however long the page is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max

from apps.approvals.models import ChangeRequest
from apps.clusters.models import Cluster
from apps.exposures.models import Exposure, Revision


@dataclass(frozen=True, slots=True)
class ShownExposure:
    """An exposure with the revision it is known by and its newest request; everything else is the exposure's."""

    exposure: Exposure
    shown_revision: Revision
    newest_request: ChangeRequest | None
    changed: bool = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.exposure, name)

    @property
    def url(self) -> str:
        """The address to open, with the entry's port where it is not the usual one."""
        cluster = self.exposure.cluster
        secure = bool(self.shown_revision.spec.get("tls"))
        port, usual = (cluster.https_port, 443) if secure else (cluster.http_port, 80)
        place = self.exposure.host if port == usual else f"{self.exposure.host}:{port}"
        return f"{'https' if secure else 'http'}://{place}/"


def show(exposure: Exposure, *, changed: bool = True) -> ShownExposure:
    row = show_all([exposure])[0]
    return ShownExposure(row.exposure, row.shown_revision, row.newest_request, changed)


def show_all(exposures: Iterable[Exposure]) -> list[ShownExposure]:
    """The revision is the one approved last, or the newest while nothing was approved."""
    rows = list(exposures)
    newest = _newest_revisions(rows)
    requests = _newest_requests(rows)
    return [ShownExposure(row, row.desired_revision or newest[row.pk], requests.get(row.pk)) for row in rows]


def newest_request_of(exposure: Exposure) -> ChangeRequest | None:
    return _newest_requests([exposure]).get(exposure.pk)


def _newest_revisions(exposures: list[Exposure]) -> dict[str, Revision]:
    newest = Revision.objects.annotate(last=Max("exposure__revisions__number")).filter(
        exposure__in=exposures, number=F("last")
    )
    return {revision.exposure_id: revision for revision in newest}


def _newest_requests(exposures: list[Exposure]) -> dict[str, ChangeRequest]:
    # Ids sort by time (apps.common.ids), so the greatest id is the newest request.
    newest = (
        ChangeRequest.objects.filter(exposure__in=exposures)
        .order_by()
        .values("exposure")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    requests = ChangeRequest.objects.with_relations().select_related("revision__delivery").filter(pk__in=newest)
    return {request.exposure_id: request for request in requests}


def certificate_uses(cluster: Cluster, namespace: str) -> dict[str, list[str]]:
    """Secret name → ids of the exposures in this namespace that serve it or are to serve it."""
    uses: dict[str, list[str]] = {}
    exposures = Exposure.objects.active().with_relations().filter(cluster=cluster, namespace=namespace)
    for exposure in exposures.order_by("pk"):
        for name in _secrets_of(exposure):
            uses.setdefault(name, []).append(exposure.pk)
    return uses


def _secrets_of(exposure: Exposure) -> set[str]:
    revisions = filter(None, (exposure.desired_revision, exposure.live_revision))
    return {name for revision in revisions if (name := (revision.spec.get("tls") or {}).get("secret_name"))}

"""The rows of the list of exposures, with the certificate each serves; the same as lines of a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet

from apps.exposures.models import Exposure, Revision
from apps.exposures.spec import ExposureSpec
from apps.inventory.models import Secret
from apps.web.presenters.audit import harmless
from apps.web.presenters.certificates import Certificate, judged
from apps.web.presenters.exposure_state import DRIFT_ICON, Badge, exposure_state, pending_note
from apps.web.presenters.exposure_urls import url_of

EXPORT_BATCH = 500
COLUMNS = (
    "id", "host", "url", "state", "note", "cluster", "environment", "namespace", "team", "services", "protocol",
    "secret_name", "certificate_not_after", "certificate_days_left", "created_at", "updated_at",
)  # fmt: skip
Place = tuple[str, str, str]


class ExposureRow(NamedTuple):
    """`certificate` is None over HTTP, and where the secret was not seen; then `secret_name` tells the two apart."""

    exposure: Exposure
    spec: ExposureSpec
    state: Badge
    note: str
    certificate: Certificate | None

    @property
    def scheme(self) -> str:
        return self.spec.scheme

    @property
    def secret_name(self) -> str:
        return self.spec.tls_secret_name or ""

    @property
    def was_changed_outside(self) -> bool:
        """Although the state tells of something worse."""
        return bool(self.exposure.drift) and self.state.icon != DRIFT_ICON

    @property
    def backends(self) -> list[str]:
        return list(dict.fromkeys(f"{path.service_name} : {path.service_port}" for path in self.spec.paths))


def exposure_rows(exposures: Iterable[Exposure], now: datetime) -> list[ExposureRow]:
    """Two queries at most, however many there are."""
    shown = list(exposures)
    newest = newest_revisions([exposure for exposure in shown if exposure.desired_revision is None])
    specs = {one.pk: ExposureSpec.from_json(_revision(one, newest).spec) for one in shown}
    places = {one.pk: _place(one, specs[one.pk]) for one in shown}
    certificates = _certificates({place for place in places.values() if place}, now)
    return [
        ExposureRow(
            one, specs[one.pk], exposure_state(one), pending_note(one), certificates.get(places[one.pk] or ("", "", ""))
        )
        for one in shown
    ]


def newest_revisions(exposures: Sequence[Exposure]) -> dict[str, Revision]:
    """The newest revision of each, in one query."""
    newest = Revision.objects.filter(exposure__in=exposures).order_by().values("exposure").annotate(last=Max("pk"))
    revisions = Revision.objects.filter(pk__in=newest.values("last")).only("exposure", "spec")
    return {revision.exposure_id: revision for revision in revisions}


def export_rows(exposures: QuerySet[Exposure], now: datetime) -> Iterator[list[str]]:
    """The head line, then one line for each exposure."""
    yield list(COLUMNS)
    found = exposures.iterator(chunk_size=EXPORT_BATCH)
    while batch := list(islice(found, EXPORT_BATCH)):
        for row in exposure_rows(batch, now):
            yield [harmless(text) for text in _export_row(row)]


def _revision(exposure: Exposure, newest: dict[str, Revision]) -> Revision:
    return exposure.live_revision or exposure.desired_revision or newest[exposure.pk]


def _place(exposure: Exposure, spec: ExposureSpec) -> Place | None:
    return (exposure.cluster_id, exposure.namespace, spec.tls_secret_name) if spec.tls_secret_name else None


def _certificates(places: set[Place], now: datetime) -> dict[Place, Certificate]:
    if not places:
        return {}
    clusters, namespaces, names = (set(values) for values in zip(*places, strict=True))
    named = Q(cluster__in=clusters, namespace__in=namespaces, name__in=names)
    found = Secret.objects.filter(named, is_tls=True).select_related("cluster")
    return {(one.cluster_id, one.namespace, one.name): judged(one, now, {}) for one in found}


def _export_row(row: ExposureRow) -> list[str]:
    exposure, certificate = row.exposure, row.certificate
    until = certificate.secret.not_after if certificate else None
    days = certificate.days_left if certificate else None
    return [
        exposure.pk,
        exposure.host,
        url_of(exposure.cluster, row.spec),
        row.state.word,
        row.note,
        exposure.cluster.name,
        exposure.cluster.environment,
        exposure.namespace,
        exposure.team.name,
        ", ".join(row.backends),
        row.scheme,
        row.secret_name,
        until.isoformat() if until else "",
        "" if days is None else str(days),
        exposure.created_at.isoformat(),
        exposure.updated_at.isoformat(),
    ]

"""What is wrong with the certificates that live exposures serve, by what was last seen in the clusters.

Read, not stored: a Secret that somebody deleted, replaced or let expire shows with the next look at the cluster, on the
exposure's page, on the certificate's, and in the list of all that have trouble. Teams are told of it by
`certificate_notices`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.inventory.models import Collection, Secret
from apps.inventory.offers import NEVER_READ, judge
from apps.inventory.reasons import shown_reason
from apps.kube.certificates import covers

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """`code`: gone, uncovered, unusable, expired, changed, ending. `is_grave`: visitors are warned or turned away."""

    exposure: Exposure
    secret_name: str
    code: str
    message: str
    hint: str
    is_grave: bool = True


def troubles_of(exposures: Iterable[Exposure], now: datetime) -> dict[str, Trouble]:
    """Id of the exposure → its trouble, for those that have one. Two queries for any number."""
    served = {exposure.pk: (exposure, _place(exposure)) for exposure in exposures if _place(exposure)[2]}
    rows = _rows(place for _exposure, place in served.values())
    known = set(Collection.objects.filter(kind="Secret").exclude(observed_at=None).values_list("cluster_id", flat=True))
    found = (
        _trouble(exposure, place, rows.get(place), now)
        for exposure, place in served.values()
        if place[0] in known or place in rows
    )
    return {trouble.exposure.pk: trouble for trouble in found if trouble is not None}


def troubles_for(user: User, now: datetime) -> list[Trouble]:
    """Of all exposures that the person may see, the grave ones first."""
    live = list_exposures_for(user).filter(live_revision__spec__tls__secret_name__isnull=False)
    found = troubles_of(live.filter(cluster__retired_at=None).order_by("host"), now).values()
    return sorted(found, key=lambda trouble: (not trouble.is_grave, trouble.exposure.host))


def _place(exposure: Exposure) -> Place:
    live = exposure.live_revision
    name = (live.spec.get("tls") or {}).get("secret_name") if live else None
    return (exposure.cluster_id, exposure.namespace, name or "")


def _rows(places: Iterable[Place]) -> dict[Place, Secret]:
    wanted = set(places)
    clusters, names = {place[0] for place in wanted}, {place[2] for place in wanted}
    rows = Secret.objects.filter(cluster__in=clusters, name__in=names).defer(*NEVER_READ)
    return {(row.cluster_id, row.namespace, row.name): row for row in rows}


def _trouble(exposure: Exposure, place: Place, row: Secret | None, now: datetime) -> Trouble | None:
    name, host = place[2], exposure.host
    if row is None:
        message = _("The certificate %(name)s is gone from the cluster.") % {"name": name}
        return Trouble(exposure, name, "gone", message, _("Move the exposure to another certificate."))
    if row.fingerprint_sha256 and not covers(host, row.subject_names):
        message = _("The certificate in %(name)s was replaced by one that does not cover %(host)s.")
        hint = _("Put the right one back, or move the exposure to another certificate.")
        return Trouble(exposure, name, "uncovered", message % {"name": name, "host": host}, hint)
    reasons = judge(row, host, now).reasons
    if reasons:
        said = shown_reason(reasons[0])
        code = "expired" if said["code"] == "expired" else "unusable"
        return Trouble(exposure, name, code, said["message"], _("Move the exposure to another certificate."))
    return _milder(exposure, row, now)


def _milder(exposure: Exposure, row: Secret, now: datetime) -> Trouble | None:
    """What does not hurt visitors yet."""
    approved = exposure.live_revision.facts.get("certificate_fingerprint", "") if exposure.live_revision else ""
    if approved and approved != row.fingerprint_sha256:
        message = _("The certificate in %(name)s was replaced in the cluster since it was approved.")
        hint = _("It covers the host. Send the exposure again to have the new one approved.")
        return Trouble(exposure, row.name, "changed", message % {"name": row.name}, hint, is_grave=False)
    if row.not_after and row.not_before and row.not_after - now <= (row.not_after - row.not_before) / 10:
        message = _("The certificate in %(name)s ends soon: the last tenth of its life has begun.") % {"name": row.name}
        return Trouble(exposure, row.name, "ending", message, _("Upload its successor and move to it."), is_grave=False)
    return None

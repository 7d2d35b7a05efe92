"""Which exposures could move to a certificate, and which certificate could follow one that comes to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from apps.accounts.models import User
from apps.approvals.enums import OPEN_STATES
from apps.approvals.models import ChangeRequest
from apps.delivery.services.certificates import without_day
from apps.exposures.certificate_uses import CertificateUses, secret_names
from apps.exposures.models import Exposure
from apps.exposures.selectors import list_exposures_for
from apps.inventory.models import Secret
from apps.inventory.offers import rank_certificates
from apps.kube.certificates import covers


class Candidate(NamedTuple):
    """`present` is what it serves or asks for now; `is_meant`: that is an older version of the certificate."""

    exposure: Exposure
    present: str
    is_meant: bool
    has_open_request: bool


def candidates_for(user: User, secret: Secret, *, coming_from: str = "") -> list[Candidate]:
    """Exposures of the namespace with another certificate whose host this one covers; those that are meant first."""
    exposures = list_exposures_for(user).filter(cluster=secret.cluster_id, namespace=secret.namespace)
    found = [one for one in exposures.order_by("host") if covers(one.host, secret.subject_names)]
    named = [(one, sorted(secret_names(one))) for one in found]
    others = [(one, names) for one, names in named if names and names != [secret.name]]
    waiting = _waiting([one for one, _names in others])
    candidates = [_candidate(one, names, secret, coming_from, waiting) for one, names in others]
    return sorted(candidates, key=lambda one: not one.is_meant)


def successor_of(secret: Secret, uses: CertificateUses, now: datetime) -> Secret | None:
    """Another of the namespace that covers every host that uses this one and lasts longer; a newer version first."""
    hosts = [exposure.host for exposure in uses.exposures]
    if not hosts:
        return None
    offered = rank_certificates(secret.cluster, secret.namespace, hosts[0], now=now).offered
    longer = [row.secret for row in offered if row.secret.name != secret.name and _outlasts(row.secret, secret)]
    fitting = [one for one in longer if all(covers(host, one.subject_names) for host in hosts)]
    base = without_day(secret.name)
    return min(fitting, key=lambda one: without_day(one.name) != base, default=None)


def _candidate(
    exposure: Exposure, names: Sequence[str], secret: Secret, coming_from: str, waiting: set[str]
) -> Candidate:
    others = [name for name in names if name != secret.name]
    bases = {without_day(name) for name in others}
    is_meant = coming_from in others if coming_from else without_day(secret.name) in bases
    return Candidate(exposure, ", ".join(others), is_meant, exposure.pk in waiting)


def _waiting(exposures: Sequence[Exposure]) -> set[str]:
    requests = ChangeRequest.objects.filter(exposure__in=exposures, state__in=OPEN_STATES)
    return set(requests.values_list("exposure_id", flat=True))


def _outlasts(one: Secret, other: Secret) -> bool:
    return other.not_after is None or (one.not_after is not None and one.not_after > other.not_after)

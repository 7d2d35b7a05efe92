"""Taking back a consent to paths on one's host (docs/adr/0009): what is live stays, nothing new goes there under it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.accounts.selectors import members_with_role
from apps.audit.services import record
from apps.common.errors import NotFound
from apps.common.said import say
from apps.exposures.models import Exposure, HostShare
from apps.exposures.permissions import may_withdraw_consent
from apps.exposures.services import lock_exposure
from apps.exposures.shared_hosts import share_of
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services import notify
from apps.notices.subjects import Subject

TAKEN_BACK = _n(
    "Team %(team)s took back its consent to your paths on %(host)s. What is live stays; changes ask it again."
)


@transaction.atomic
def withdraw_consent(*, by: User, share: HostShare, reason: str) -> HostShare:
    """By those who may agree for the host's owner. A repeat is a no-op. Raises NotFound where nothing is granted.

    The exposure is locked first, as by every decision on its request: a consent is given either before or after.
    """
    exposure = lock_exposure(share.exposure_id)
    present = share_of(exposure)
    if present is None or not present.is_granted:
        raise NotFound(code="exposure_not_found")
    check(may_withdraw_consent(by, present))
    if present.is_withdrawn:
        return present
    present.withdrawn_at, present.withdrawn_by, present.withdrawn_because = timezone.now(), by.username, reason
    present.save()
    _tell(present, exposure)
    record(
        "host.consent_withdrawn",
        by=by,
        object_type="exposure",
        object_id=exposure.pk,
        object_name=exposure.host,
        team=exposure.team.name,
        cluster=exposure.cluster.name,
        after={"owner": present.owner.name, "paths": [path["path"] for path in present.paths], "reason": reason},
    )
    return present


def _tell(share: HostShare, exposure: Exposure) -> None:
    notify(
        to=members_with_role(exposure.team, Role.DEVELOPER, Role.MAINTAINER),
        kind=NoticeKind.CONSENT_WITHDRAWN,
        sentence=say(TAKEN_BACK, team=share.owner.name, host=exposure.host),
        subject=Subject(SubjectType.EXPOSURE, exposure.pk),
        once_key=f"{exposure.pk}:{share.withdrawn_at:%Y%m%d%H%M%S%f}",
    )

"""Tells the owning team that its exposure was changed in the cluster, once for each departure."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from apps.accounts.enums import Role
from apps.accounts.selectors import members_with_role
from apps.common.said import say
from apps.exposures.enums import ConditionType, DriftKind
from apps.exposures.models import Exposure
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services import dismiss, notify
from apps.notices.subjects import Subject

DRIFTED: dict[str, str] = {
    DriftKind.CHANGED: _n(
        "%(host)s on %(cluster)s is no longer as it was approved: somebody changed it in the cluster."
    ),
    DriftKind.MISSING: _n("%(host)s is gone from %(cluster)s: somebody deleted its Ingress in the cluster."),
}


def tell_of_drift(exposure_id: str, kind: DriftKind) -> None:
    """Called in the transaction that notes it. What was mended is no longer unread."""
    exposure = Exposure.objects.with_relations().get(pk=exposure_id)
    subject, condition = Subject(SubjectType.EXPOSURE, exposure.pk), exposure.condition(ConditionType.IN_SYNC)
    if condition is None or kind not in DRIFTED:
        dismiss(kinds=[NoticeKind.EXPOSURE_DRIFTED], subject=subject)
        return
    notify(
        to=members_with_role(exposure.team, Role.DEVELOPER, Role.MAINTAINER),
        kind=NoticeKind.EXPOSURE_DRIFTED,
        sentence=say(DRIFTED[kind], host=exposure.host, cluster=exposure.cluster.name),
        subject=subject,
        once_key=f"{exposure.pk}:{kind}:{condition['last_transition_time']}",
    )

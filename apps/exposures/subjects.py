"""Which of the exposures that notices speak of a person may see; deleted ones keep their page."""

from __future__ import annotations

from collections.abc import Collection

from apps.accounts.models import User
from apps.exposures.models import Exposure
from apps.notices.subjects import Seen


def seen_exposures(user: User, ids: Collection[str]) -> Seen:
    exposures = Exposure.objects.filter(pk__in=ids)
    if not user.sees_everything:
        exposures = exposures.filter(team__memberships__user=user)
    return dict.fromkeys(exposures.values_list("pk", flat=True), True)

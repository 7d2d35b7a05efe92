"""What a person wants to be told of."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.common.errors import InvalidInput, Violation
from apps.notices.enums import NoticeKind
from apps.notices.models import MutedKind


@transaction.atomic
def choose_kinds(*, by: User, kinds: Collection[str]) -> None:
    """From now on exactly these; what was told already stays. Raises InvalidInput for a kind that there is not."""
    if not set(kinds) <= set(NoticeKind.values):
        message = _("Choose among the offered kinds.")
        raise InvalidInput(message, errors=[Violation("not_offered", "kinds", message)])
    User.objects.select_for_update().get(pk=by.pk)
    before = set(MutedKind.objects.filter(user=by).values_list("kind", flat=True))
    after = set(NoticeKind.values) - set(kinds)
    if before == after:
        return
    MutedKind.objects.filter(user=by, kind__in=before - after).delete()
    MutedKind.objects.bulk_create([MutedKind(user=by, kind=kind) for kind in sorted(after - before)])
    record(
        "user.notices_chosen",
        by=by,
        object_type="user",
        object_id=str(by.pk),
        object_name=by.username,
        before={"muted": sorted(before)},
        after={"muted": sorted(after)},
    )

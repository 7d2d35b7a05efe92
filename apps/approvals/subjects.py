"""Which of the requests that notices speak of a person may see."""

from __future__ import annotations

from collections.abc import Collection

from apps.accounts.models import User
from apps.approvals.selectors import list_requests_for
from apps.notices.subjects import Seen


def seen_requests(user: User, ids: Collection[str]) -> Seen:
    requests = list_requests_for(user).order_by().filter(pk__in=ids)
    return dict.fromkeys(requests.values_list("pk", flat=True), True)

"""Notices as rows, for whoever reads them; what is told is told by the services."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.common.ids import new_id
from apps.common.said import say, stored
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.models import Notice


def make_notice(recipient: User, **fields: Any) -> Notice:
    """An unread word that a cluster answers again, unless told otherwise."""
    defaults: dict[str, Any] = {
        "kind": NoticeKind.CLUSTER_REACHABLE,
        "sentence": stored(say("Cluster %(cluster)s answers again.", cluster="dev-1")),
        "subject_type": SubjectType.CLUSTER,
        "subject_id": "dev-1",
        "once_key": new_id("once"),
    }
    return Notice.objects.create(recipient=recipient, **defaults | fields)

"""Tells platform admins that a cluster went silent, and that it answers again.

A single check that fails is no outage: only silence that lasts is told, and its end only to those who heard of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop as _n

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.common.conditions import Condition, find_condition
from apps.common.said import say
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.selectors import was_told
from apps.notices.services import dismiss, notify
from apps.notices.subjects import Subject

PATIENCE = timedelta(seconds=60)
SILENT = _n("Cluster %(cluster)s does not answer. What is live there stays; changes wait.")
ANSWERS = _n("Cluster %(cluster)s answers again.")


def tell_of_reachability(cluster: Cluster, *, before: Condition | None, now: datetime) -> None:
    """`before` is the condition Reachable as it was before the check that has just been kept."""
    after = find_condition(cluster.conditions, "Reachable")
    if after is not None and after["status"] == "False" and now - _since(after) >= PATIENCE:
        _tell(cluster, NoticeKind.CLUSTER_UNREACHABLE, SILENT, since=after["last_transition_time"])
    if after is None or after["status"] != "True" or before is None or before["status"] != "False":
        return
    subject, outage = _subject(cluster), before["last_transition_time"]
    if was_told(NoticeKind.CLUSTER_UNREACHABLE, subject, _once_key(cluster, outage)):
        dismiss(kinds=[NoticeKind.CLUSTER_UNREACHABLE], subject=subject)
        _tell(cluster, NoticeKind.CLUSTER_REACHABLE, ANSWERS, since=outage)


def _tell(cluster: Cluster, kind: NoticeKind, msgid: str, *, since: str) -> None:
    """Once for each outage, which is known by the moment it began."""
    notify(
        to=User.objects.filter(is_platform_admin=True, is_active=True),
        kind=kind,
        sentence=say(msgid, cluster=cluster.name),
        subject=_subject(cluster),
        once_key=_once_key(cluster, since),
    )


def _once_key(cluster: Cluster, since: str) -> str:
    return f"{cluster.pk}:{since}"


def _since(condition: Condition) -> datetime:
    return datetime.fromisoformat(condition["last_transition_time"])


def _subject(cluster: Cluster) -> Subject:
    return Subject(SubjectType.CLUSTER, cluster.name)

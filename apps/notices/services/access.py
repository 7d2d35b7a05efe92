"""Tells a team's maintainers what the team was given or has lost."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from apps.accounts.enums import Role
from apps.accounts.models import NamespaceGrant, Team, User
from apps.accounts.selectors import members_with_role
from apps.common.actors import Actor
from apps.common.said import say
from apps.notices.enums import NoticeKind, SubjectType
from apps.notices.services.telling import notify
from apps.notices.subjects import Subject

GRANTED = _n("Team %(team)s may now act in namespace %(namespace)s of cluster %(cluster)s.")
REVOKED = _n(
    "Team %(team)s may no longer act in namespace %(namespace)s of cluster %(cluster)s. What is live stays live."
)


def tell_of_grant(grant: NamespaceGrant, by: Actor, *, given: bool) -> None:
    """Called by the accounts app in the transaction that gives or takes the namespace."""
    sentence = say(
        GRANTED if given else REVOKED, team=grant.team.name, namespace=grant.namespace, cluster=grant.cluster_name
    )
    tell_of_access(team=grant.team, by=by, sentence=sentence, once_key=f"{grant.pk}:{given}")


def tell_of_access(*, team: Team, by: Actor, sentence: str, once_key: str) -> None:
    """To the maintainers, but to the one who did it."""
    people: list[User] = [user for user in members_with_role(team, Role.MAINTAINER) if user.pk != by.pk]
    notify(
        to=people,
        kind=NoticeKind.ACCESS_CHANGED,
        sentence=sentence,
        subject=Subject(SubjectType.TEAM, team.name),
        once_key=once_key,
    )

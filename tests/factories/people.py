"""Users, teams, grants, groups and tokens."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from apps.accounts.enums import Role, Scope
from apps.accounts.models import ApiToken, ApproverGroup, Membership, NamespaceGrant, Team, User
from apps.common.ids import new_id

PASSWORD = "correct-horse-battery"
_numbers = itertools.count(1)


def make_user(username: str = "", *, team: Team | None = None, role: str = Role.DEVELOPER, **fields: Any) -> User:
    """A user; with `team`, its member in `role`."""
    fields.setdefault("password", PASSWORD)
    user = User.objects.create_user(username or f"user{next(_numbers)}", **fields)
    if team is not None:
        make_membership(team, user, role=role)
    return user


def make_platform_admin(username: str = "", **fields: Any) -> User:
    return make_user(username or f"platform{next(_numbers)}", is_platform_admin=True, **fields)


def make_auditor(username: str = "", **fields: Any) -> User:
    return make_user(username or f"auditor{next(_numbers)}", is_auditor=True, **fields)


def make_team(name: str = "", **fields: Any) -> Team:
    name = name or f"team{next(_numbers)}"
    return Team.objects.create(name=name, **{"contact": f"{name}@example.com"} | fields)


def make_membership(team: Team, user: User, *, role: str = Role.DEVELOPER) -> Membership:
    return Membership.objects.create(team=team, user=user, role=role)


def make_grant(team: Team, cluster_name: str = "dev-1", namespace: str = "web") -> NamespaceGrant:
    return NamespaceGrant.objects.create(team=team, cluster_name=cluster_name, namespace=namespace)


def make_approver_group(name: str = "", *, members: Iterable[User] = (), **fields: Any) -> ApproverGroup:
    group = ApproverGroup.objects.create(name=name or f"group{next(_numbers)}", **fields)
    group.members.set(members)
    return group


def make_token(
    user: User,
    *,
    scopes: Iterable[str] = tuple(Scope.values),
    expires_in: timedelta = timedelta(days=90),
    **fields: Any,
) -> tuple[ApiToken, str]:
    """The token and its plaintext, with every scope unless told otherwise."""
    defaults = {"public_id": new_id("tok"), "name": "test", "scopes": list(scopes)}
    token, plaintext = ApiToken.objects.create(user=user, expiry=expires_in, **defaults | fields)
    return token, plaintext

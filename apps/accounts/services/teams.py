"""Teams, their members and grants, and approver groups. Names are identities: they never change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.accounts.models import ApproverGroup, Membership, NamespaceGrant, Team, User
from apps.accounts.outcomes import announce_grant
from apps.accounts.permissions import check, may_edit_team, may_manage_members, may_manage_people
from apps.accounts.services.cleaning import clean_or_refuse, invalid, refuse_unknown
from apps.audit.services import record
from apps.common.actors import Actor
from apps.common.errors import Conflict, NotFound, Violation

TEAM_FIELDS = ("title", "contact")


def create_team(*, by: Actor, name: str, title: str = "", contact: str = "") -> Team:
    check(may_manage_people(by))
    team = Team(name=name.strip(), title=title.strip(), contact=contact.strip())
    clean_or_refuse(team)
    taken = Conflict(_("A team named %(name)s exists already.") % {"name": team.name}, code="team_name_taken")
    try:
        with transaction.atomic():
            team.save(force_insert=True)
            _record_team("team.created", by=by, team=team, after={"name": team.name} | _team_fields(team))
    except IntegrityError as error:
        raise taken from error
    return team


def update_team(*, by: Actor, team: Team, **changes: Any) -> Team:
    """Change title and contact."""
    check(may_edit_team(by, team))
    refuse_unknown(changes, changeable=TEAM_FIELDS, immutable=["name"])
    with transaction.atomic():
        locked = Team.objects.select_for_update().get(pk=team.pk)
        before = _team_fields(locked)
        for field, value in changes.items():
            setattr(locked, field, value.strip())
        clean_or_refuse(locked)
        locked.save(update_fields=TEAM_FIELDS)
        _record_team("team.updated", by=by, team=locked, before=before, after=_team_fields(locked))
    return locked


def set_member(*, by: Actor, team: Team, user: User, role: str) -> Membership:
    """Add the user to the team or change the role."""
    check(may_manage_members(by, team))
    if role not in Role.values:
        raise invalid([Violation("not_offered", "role", _("Choose one of the offered roles."))])
    if not user.is_active:
        raise Conflict(_("%(user)s is deactivated.") % {"user": user.username}, code="user_inactive")
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        before = Membership.objects.filter(team=team, user=user).first()
        membership, _created = Membership.objects.update_or_create(team=team, user=user, defaults={"role": role})
        _record_team(
            "team.member_set",
            by=by,
            team=team,
            before={"user": user.username, "role": before.role} if before else None,
            after={"user": user.username, "role": membership.role},
        )
    return membership


def remove_member(*, by: Actor, team: Team, user: User) -> None:
    check(may_manage_members(by, team))
    with transaction.atomic():
        membership = Membership.objects.select_for_update().filter(team=team, user=user).first()
        if membership is None:
            raise NotFound(
                _("%(user)s is not a member of team %(team)s.") % {"user": user.username, "team": team.name},
                code="member_not_found",
            )
        membership.delete()
        before = {"user": user.username, "role": membership.role}
        _record_team("team.member_removed", by=by, team=team, before=before)


def create_group(*, by: Actor, name: str, title: str = "") -> ApproverGroup:
    check(may_manage_people(by))
    group = ApproverGroup(name=name.strip(), title=title.strip())
    clean_or_refuse(group)
    taken = Conflict(_("A group named %(name)s exists already.") % {"name": group.name}, code="group_name_taken")
    try:
        with transaction.atomic():
            group.save(force_insert=True)
            _record_group("group.created", by=by, group=group, after={"name": group.name, "title": group.title})
    except IntegrityError as error:
        raise taken from error
    return group


def set_group_members(*, by: Actor, group: ApproverGroup, users: Iterable[User]) -> ApproverGroup:
    """Exactly these people decide for the group from now on."""
    check(may_manage_people(by))
    with transaction.atomic():
        locked = ApproverGroup.objects.select_for_update().get(pk=group.pk)
        _replace_members(by=by, group=locked, members=list(users))
    return locked


def add_group_member(*, by: Actor, group: ApproverGroup, user: User) -> ApproverGroup:
    check(may_manage_people(by))
    with transaction.atomic():
        locked = ApproverGroup.objects.select_for_update().get(pk=group.pk)
        _replace_members(by=by, group=locked, members=[*locked.members.all(), user])
    return locked


def remove_group_member(*, by: Actor, group: ApproverGroup, user: User) -> ApproverGroup:
    check(may_manage_people(by))
    with transaction.atomic():
        locked = ApproverGroup.objects.select_for_update().get(pk=group.pk)
        _replace_members(by=by, group=locked, members=list(locked.members.exclude(pk=user.pk)))
    return locked


def grant_namespace(*, by: Actor, team: Team, cluster_name: str, namespace: str) -> NamespaceGrant:
    """The team may act in this namespace. A namespace belongs to one team at a time."""
    check(may_manage_people(by))
    grant = NamespaceGrant(team=team, cluster_name=cluster_name.strip(), namespace=namespace.strip())
    clean_or_refuse(grant)
    try:
        with transaction.atomic():
            _refuse_granted(grant)
            grant.save(force_insert=True)
            announce_grant(grant, by=by, given=True)
            _record_grant("grant.created", by=by, grant=grant, after=_grant_fields(grant))
    except IntegrityError:
        # Someone else was quicker: name the team that has it now.
        _refuse_granted(grant)
        raise
    return grant


def revoke_grant(*, by: Actor, grant: NamespaceGrant) -> None:
    """The team may no longer act there. What is live stays live."""
    check(may_manage_people(by))
    with transaction.atomic():
        locked = NamespaceGrant.objects.select_for_update().select_related("team").filter(pk=grant.pk).first()
        if locked is None:
            raise NotFound(_("This grant does not exist any more."), code="grant_not_found")
        NamespaceGrant.objects.filter(pk=locked.pk).delete()
        announce_grant(locked, by=by, given=False)
        _record_grant("grant.revoked", by=by, grant=locked, before=_grant_fields(locked))


def _replace_members(*, by: Actor, group: ApproverGroup, members: list[User]) -> None:
    before = _member_names(group)
    for user in members:
        if user.username not in before:
            _refuse_undecided(user)
    group.members.set(members)
    after = _member_names(group)
    if after != before:
        _record_group("group.members_set", by=by, group=group, before={"members": before}, after={"members": after})


def _refuse_undecided(user: User) -> None:
    """A group counts on its members to decide; some never can."""
    if not user.is_active:
        raise Conflict(_("%(user)s is deactivated.") % {"user": user.username}, code="user_inactive")
    if user.is_auditor:
        raise Conflict(
            _("%(user)s is an auditor and decides nothing.") % {"user": user.username}, code="user_is_auditor"
        )


def _refuse_granted(grant: NamespaceGrant) -> None:
    present = (
        NamespaceGrant.objects.select_related("team")
        .filter(cluster_name=grant.cluster_name, namespace=grant.namespace)
        .first()
    )
    if present is not None:
        raise Conflict(
            _("Namespace %(namespace)s of cluster %(cluster)s is granted to team %(team)s already.")
            % {"namespace": grant.namespace, "cluster": grant.cluster_name, "team": present.team.name},
            code="namespace_granted",
            team=present.team.name,
        )


def _team_fields(team: Team) -> dict[str, str]:
    return {field: getattr(team, field) for field in TEAM_FIELDS}


def _grant_fields(grant: NamespaceGrant) -> dict[str, str]:
    return {"team": grant.team.name, "cluster": grant.cluster_name, "namespace": grant.namespace}


def _member_names(group: ApproverGroup) -> list[str]:
    return list(group.members.order_by("username").values_list("username", flat=True))


def _record_team(verb: str, *, by: Actor, team: Team, **content: Any) -> None:
    record(verb, by=by, object_type="team", object_id=team.pk, object_name=team.name, team=team.name, **content)


def _record_group(verb: str, *, by: Actor, group: ApproverGroup, **content: Any) -> None:
    record(verb, by=by, object_type="approver_group", object_id=group.pk, object_name=group.name, **content)


def _record_grant(verb: str, *, by: Actor, grant: NamespaceGrant, **content: Any) -> None:
    name = f"{grant.cluster_name}/{grant.namespace}"
    record(
        verb,
        by=by,
        object_type="namespace_grant",
        object_id=grant.pk,
        object_name=name,
        team=grant.team.name,
        cluster=grant.cluster_name,
        **content,
    )

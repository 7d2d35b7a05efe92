"""How many exposures a team or a namespace may have: set by platform admins, held by the preflight."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import NamespaceGrant, Team
from apps.accounts.permissions import check, may_manage_people
from apps.accounts.services.cleaning import clean_or_refuse
from apps.audit.services import record
from apps.common.actors import Actor
from apps.common.errors import NotFound


def set_team_limit(*, by: Actor, team: Team, exposure_limit: int | None) -> Team:
    """None lifts the limit. What is there stays, even where it is more."""
    check(may_manage_people(by))
    with transaction.atomic():
        locked = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        before, locked.exposure_limit = locked.exposure_limit, exposure_limit
        clean_or_refuse(locked)
        locked.save(update_fields=["exposure_limit"])
        record(
            "team.limit_set",
            by=by,
            object_type="team",
            object_id=locked.pk,
            object_name=locked.name,
            team=locked.name,
            before={"exposure_limit": before},
            after={"exposure_limit": exposure_limit},
        )
    return locked


def set_grant_limit(*, by: Actor, grant: NamespaceGrant, exposure_limit: int | None) -> NamespaceGrant:
    """The same for one namespace."""
    check(may_manage_people(by))
    with transaction.atomic():
        rows = NamespaceGrant.objects.select_for_update(of=("self",)).select_related("team")
        locked = rows.filter(pk=grant.pk).first()
        if locked is None:
            raise NotFound(code="grant_not_found")
        before, locked.exposure_limit = locked.exposure_limit, exposure_limit
        clean_or_refuse(locked)
        locked.save(update_fields=["exposure_limit"])
        record(
            "grant.limit_set",
            by=by,
            object_type="namespace_grant",
            object_id=locked.pk,
            object_name=f"{locked.cluster_name}/{locked.namespace}",
            team=locked.team.name,
            cluster=locked.cluster_name,
            before={"exposure_limit": before},
            after={"exposure_limit": exposure_limit},
        )
    return locked

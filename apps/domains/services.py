"""Grants zones, reserves names, and gives a host to one team."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts import permissions
from apps.accounts.models import ApproverGroup, Team, User
from apps.accounts.services.cleaning import clean_or_refuse
from apps.audit.services import record
from apps.common.errors import Conflict, PolicyViolation, Violation
from apps.common.said import say
from apps.domains.hosts import InvalidHost, normalise_host
from apps.domains.models import HostClaim, ReservedHost, Zone
from apps.domains.selectors import reservation_of
from apps.domains.suffixes import is_public_suffix
from apps.notices.services.access import tell_of_access

GIVEN = _n("Team %(team)s may now ask for hosts under %(zone)s.")
TAKEN = _n("Team %(team)s may no longer ask for hosts under %(zone)s. What is live stays live.")


@transaction.atomic
def grant_zone(*, by: User, name: str, team: Team, approver_group: ApproverGroup) -> Zone:
    """Let `team` ask for hosts under `name`; `approver_group` decides on them."""
    permissions.check(permissions.may_manage_people(by))
    domain = _normalised(name, "name")
    _check_grantable(domain)
    zone, created = Zone.objects.get_or_create(name=domain, team=team, defaults={"approver_group": approver_group})
    if not created:
        raise Conflict(_("Team %(team)s has this zone already.") % {"team": team}, code="zone_granted")
    tell_of_access(team=team, by=by, sentence=say(GIVEN, team=team.name, zone=domain), once_key=f"{zone.pk}:given")
    record(
        "zone.grant",
        by=by,
        object_type="zone",
        object_id=zone.pk,
        object_name=domain,
        team=team.name,
        after={"name": domain, "team": team.name, "approver_group": approver_group.name},
    )
    return zone


@transaction.atomic
def change_zone(*, by: User, zone: Zone, approver_group: ApproverGroup) -> Zone:
    """Have another group decide on hosts in the zone. Open requests keep the flow they were sent with (I18)."""
    permissions.check(permissions.may_manage_people(by))
    fresh = Zone.objects.select_for_update(of=("self",)).select_related("team", "approver_group").get(pk=zone.pk)
    before = fresh.approver_group
    if before == approver_group:
        return fresh
    fresh.approver_group = approver_group
    fresh.save(update_fields=["approver_group"])
    record(
        "zone.change",
        by=by,
        object_type="zone",
        object_id=fresh.pk,
        object_name=fresh.name,
        team=fresh.team.name,
        before={"approver_group": before.name},
        after={"approver_group": approver_group.name},
    )
    return fresh


@transaction.atomic
def revoke_zone(*, by: User, zone: Zone) -> None:
    """Hosts that live under the zone stay; new ones need another grant."""
    permissions.check(permissions.may_manage_people(by))
    identifier, name, team = zone.pk, zone.name, zone.team
    zone.delete()
    tell_of_access(team=team, by=by, sentence=say(TAKEN, team=team.name, zone=name), once_key=f"{identifier}:taken")
    record("zone.revoke", by=by, object_type="zone", object_id=identifier, object_name=name, team=team.name)


@transaction.atomic
def reserve_host(*, by: User, pattern: str, reason: str) -> ReservedHost:
    """Keep an exact host, or `*.suffix`, from everyone."""
    permissions.check(permissions.may_manage_people(by))
    prefix = "*." if pattern.strip().startswith("*.") else ""
    normalised = prefix + _normalised(pattern.strip().removeprefix("*."), "pattern")
    row = ReservedHost(pattern=normalised, reason=reason.strip())
    clean_or_refuse(row)
    reserved, created = ReservedHost.objects.get_or_create(pattern=normalised, defaults={"reason": row.reason})
    if not created:
        raise Conflict(_("This name is reserved already."), code="host_reserved")
    record(
        "host.reserve",
        by=by,
        object_type="reserved_host",
        object_id=reserved.pk,
        object_name=normalised,
        after={"pattern": normalised, "reason": reserved.reason},
    )
    return reserved


@transaction.atomic
def unreserve_host(*, by: User, reserved: ReservedHost) -> None:
    """Give the name or pattern back to those whose zone it is in."""
    permissions.check(permissions.may_manage_people(by))
    identifier, before = reserved.pk, {"pattern": reserved.pattern, "reason": reserved.reason}
    reserved.delete()
    record(
        "host.unreserve",
        by=by,
        object_type="reserved_host",
        object_id=identifier,
        object_name=before["pattern"],
        before=before,
    )


def claim_host(*, host: str, team: Team) -> HostClaim:
    """Make `team` the owner of `host` in the caller's transaction; who loses a race gets Conflict `host_conflict`.

    The claim stays locked until the commit, so that nobody frees it before they can see what it is needed for. Lock
    order: exposure, request, claim, audit trail.
    """
    claims = _locked_claims().select_related("team")
    claim, _created = claims.get_or_create(host=host, defaults={"team": team})
    if claim.team_id != team.pk:
        raise Conflict(
            _("%(host)s belongs to team %(team)s.") % {"host": host, "team": claim.team.name},
            code="host_conflict",
            conflicts=[conflict_of(claim)],
        )
    return claim


def release_host(*, host: str, is_used: Callable[[], bool]) -> None:
    """Free the host inside the caller's transaction, unless it `is_used`: asked once nobody else can claim it."""
    claim = _locked_claims().filter(host=host).first()
    if claim is not None and not is_used():
        claim.delete()


def conflict_of(claim: HostClaim) -> dict[str, object]:
    """The conflict entry of the REST contract: the owner as a contact, nothing of the other team's innards."""
    return {
        "host": claim.host,
        "path": None,
        "kind": "exact",
        "cluster": None,
        "owner": {"team": claim.team.name, "contact": claim.team.contact},
        "exposure": None,
        "can_ask_owner": False,
    }


def _locked_claims() -> QuerySet[HostClaim]:
    return HostClaim.objects.select_for_update(of=("self",))


def _check_grantable(domain: str) -> None:
    """No team gets what belongs to everybody, to the platform, or what was kept from all."""
    if is_public_suffix(domain):
        message = _("%(domain)s is a public suffix: anybody can register a name under it.") % {"domain": domain}
        violation = Violation(
            "public_suffix", "name", message, _("Grant the domain that your organisation registered.")
        )
        raise PolicyViolation(message, errors=[violation])
    because = reservation_of(domain)
    if because is not None:
        message = _("%(host)s is reserved: %(reason)s.") % {"host": domain, "reason": because.rstrip(".")}
        violation = Violation("host_reserved", "name", message, _("Grant another zone."))
        raise PolicyViolation(message, errors=[violation])


def _normalised(name: str, field: str) -> str:
    try:
        return normalise_host(name, field=field)
    except InvalidHost as error:
        raise PolicyViolation(error.violation.message, errors=[error.violation]) from error

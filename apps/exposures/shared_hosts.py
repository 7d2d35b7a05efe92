"""Paths on hosts of other teams: who shares which host, what was granted, and the rows that say so (docs/adr/0009).

The host stays its owner's: a guest never claims it, so nothing here touches a `HostClaim` but to lock it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.common.errors import Conflict, NotFound
from apps.domains.models import HostClaim
from apps.exposures.models import Exposure, HostShare
from apps.exposures.policies.uses import HostUse, PathUse, SharedHost
from apps.exposures.spec import ExposureSpec


def shared_host(
    uses: Sequence[HostUse], host: str, team: Team, exposure: Exposure | None, *, asks: bool
) -> tuple[SharedHost | None, Team | None]:
    """How the exposure stands with the owner of its host, and the owner; nothing where the host is the team's or free.

    What another team granted before the host changed hands counts no more.
    """
    holder = next((use.team for use in uses if use.source == "claim" and use.host == host), "")
    if holder in {"", team.name}:
        return None, None
    share = share_of(exposure) if exposure is not None else None
    if share is None and not asks:
        return None, None
    owner = Team.objects.get(name=holder)
    is_withdrawn = share is not None and share.owner_id == owner.pk and share.is_withdrawn
    return SharedHost(owner.name, _granted_by(owner, share), asked=asks, is_withdrawn=is_withdrawn), owner


def _granted_by(owner: Team, share: HostShare | None) -> frozenset[PathUse]:
    if share is None or share.owner_id != owner.pk or not share.is_granted or share.is_withdrawn:
        return frozenset()
    return frozenset(paths_of(share))


def share_of(exposure: Exposure) -> HostShare | None:
    return HostShare.objects.select_related("owner").filter(exposure=exposure).first()


def is_guest(exposure: Exposure) -> bool:
    """Whether it lives on a host of another team, or asks to."""
    return HostShare.objects.filter(exposure=exposure).exists()


def paths_of(share: HostShare) -> list[PathUse]:
    return [PathUse(path["path"], path["path_type"]) for path in share.paths]


def shares_on(hosts: Iterable[str]) -> dict[str, list[HostShare]]:
    """Who has paths on hosts besides their owners: host → granted shares, by team."""
    found: dict[str, list[HostShare]] = {}
    for share in _with_names().filter(exposure__host__in=list(hosts)).order_by("exposure__team__name", "pk"):
        found.setdefault(share.exposure.host, []).append(share)
    return found


def shares_of_team(team: Team) -> QuerySet[HostShare]:
    """What other teams granted the team on their hosts."""
    return _with_names().filter(exposure__team=team)


def guests_of(exposure: Exposure) -> list[HostShare]:
    """Whom the exposure's team granted paths on this host, in whichever cluster."""
    return list(_with_names().filter(owner=exposure.team, exposure__host=exposure.host).order_by("pk"))


def own_exposure_beside(share: HostShare) -> Exposure | None:
    """The owner's own exposure of the host, rather the one on the guest's cluster; none where it has left."""
    own = Exposure.objects.active().filter(team=share.owner, host=share.exposure.host)
    return own.filter(cluster=share.exposure.cluster_id).first() or own.order_by("pk").first()


def get_share_for(user: User, exposure_id: str) -> HostShare:
    """What a guest was granted, for the people of the team that granted it and for those who see everything."""
    shares = _with_names().filter(exposure=exposure_id)
    if not user.sees_everything:
        shares = shares.filter(owner__memberships__user=user)
    share = shares.first()
    if share is None:
        raise NotFound(code="exposure_not_found")
    return share


def ask_for_paths(*, exposure: Exposure, owner_name: str) -> HostShare:
    """Note whom the exposure asks. Raises Conflict when the host is not theirs any more; the claim stays locked until
    the commit, so that the owner cannot free the host in between.
    """
    claim = HostClaim.objects.select_for_update(of=("self",)).select_related("team").filter(host=exposure.host).first()
    if claim is None or claim.team.name != owner_name:
        message = _("%(host)s changed hands just now. Send it again.") % {"host": exposure.host}
        raise Conflict(message, code="host_conflict", conflicts=[])
    share, _made = HostShare.objects.get_or_create(exposure=exposure, defaults={"owner": claim.team})
    if share.owner_id != claim.team_id:
        share.owner, share.paths, share.request_id, share.granted_at = claim.team, [], "", None
        share.withdrawn_at, share.withdrawn_by, share.withdrawn_because = None, "", ""
        share.save()
    return share


def grant_paths(*, share: HostShare, spec: ExposureSpec, request_id: str) -> None:
    """The revision that goes to the cluster is what the share covers from now on, no path more. `request_id` names the
    request in which the owner agreed to them; empty when they only became fewer.
    """
    share.paths = [{"path": path.path, "path_type": path.path_type} for path in spec.paths]
    if request_id:
        share.request_id = request_id
        share.granted_at = timezone.now()
    share.save()


def restore_share(exposure: Exposure) -> None:
    """The approved change will not go to the cluster: what is live is what was granted, or nothing is."""
    share, live = share_of(exposure), exposure.live_revision
    if share is None:
        return
    if live is not None:
        if share.withdrawn_at is not None and live.created_at <= share.withdrawn_at:
            # The consent that came after the withdrawal goes with the change that it was given for.
            share.granted_at = live.created_at
        grant_paths(share=share, spec=ExposureSpec.from_json(live.spec), request_id="")
        return
    share.paths, share.request_id, share.granted_at = [], "", None
    share.save()


def end_share(exposure: Exposure) -> None:
    HostShare.objects.filter(exposure=exposure).delete()


def _with_names() -> QuerySet[HostShare]:
    granted = HostShare.objects.exclude(granted_at=None)
    return granted.select_related("owner", "exposure__team", "exposure__cluster")

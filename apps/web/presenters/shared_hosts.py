"""A host that teams share, as both sides see it on an exposure's page: who granted what, when, and on which request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps.accounts.models import User
from apps.approvals.enums import TEAM, Verdict
from apps.approvals.models import Decision
from apps.exposures.models import Exposure, HostShare
from apps.exposures.permissions import may_withdraw_consent
from apps.exposures.shared_hosts import guests_of, share_of


@dataclass(frozen=True, slots=True)
class SharedPaths:
    """`granted_by` is who agreed for the owner; empty where nobody was noted. `may_withdraw`: the reader may."""

    share: HostShare
    granted_by: str
    may_withdraw: bool = False


def granted_paths(exposure: Exposure) -> SharedPaths | None:
    """What the owner of the host granted this exposure; none on a host of the team's own, or while it is only asked."""
    share = share_of(exposure)
    if share is None or not share.is_granted:
        return None
    return SharedPaths(share, _granters([share]).get(share.request_id, ""))


def guest_rows(user: User, exposure: Exposure) -> list[SharedPaths]:
    """Whom the team of this exposure granted paths on its host."""
    shares = guests_of(exposure)
    names = _granters(shares)
    # One answer for all of them: each is a guest of the same team.
    may = bool(shares) and bool(may_withdraw_consent(user, shares[0]))
    return [
        SharedPaths(share, names.get(share.request_id, ""), may_withdraw=may and not share.is_withdrawn)
        for share in shares
    ]


def _granters(shares: Iterable[HostShare]) -> dict[str, str]:
    """Request → who agreed in it for the owner, in its last round."""
    requests = {share.request_id for share in shares if share.request_id}
    if not requests:
        return {}
    given = Decision.objects.filter(
        stage__request__in=requests, stage__slots__principal__startswith=TEAM, verdict=Verdict.APPROVE
    )
    return dict(given.order_by("at").values_list("stage__request_id", "actor__username"))

"""What the pages about names show: claims with where they are used, and the answer to “Who has this name?”."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.domains.models import HostClaim, Zone
from apps.domains.selectors import list_claims_for, list_zones_for, parents_of, reservation_of
from apps.exposures.availability import Availability, read_availability
from apps.exposures.host_uses import exposures_on
from apps.exposures.models import Exposure, HostShare
from apps.exposures.shared_hosts import shares_on


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """`exposures` are empty while the host's first request waits; `shares` are paths that other teams have on it."""

    claim: HostClaim
    exposures: list[Exposure]
    shares: list[HostShare]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who has a name. Of another team's there is the contact and nothing else; `claim` is one that the reader sees."""

    host: str
    kind: str
    icon: str
    word: str
    sentence: str
    may_expose: bool
    owners: list[dict[str, str]] = field(default_factory=list)
    unowned: list[str] = field(default_factory=list)
    claim: ClaimRow | None = None
    zones: list[Zone] = field(default_factory=list)

    @property
    def has_facts(self) -> bool:
        return bool(self.claim or self.owners or self.unowned or self.zones)


def claim_rows(claims: Iterable[HostClaim]) -> list[ClaimRow]:
    shown = list(claims)
    hosts = [claim.host for claim in shown]
    exposures, shares = exposures_on(hosts), shares_on(hosts)
    return [ClaimRow(claim, exposures.get(claim.host, []), shares.get(claim.host, [])) for claim in shown]


def look_up(user: User, text: str) -> Answer:
    """Raises PolicyViolation when the text is no host."""
    found = read_availability(user, text)
    claim = next(iter(claim_rows(list_claims_for(user).filter(host=found.host))), None)
    kind, icon, word, sentence = _verdict(found, claim)
    return Answer(
        host=found.host,
        kind=kind,
        icon=icon,
        word=word,
        sentence=sentence,
        may_expose=found.state == "free" and claim is None and user.acts,
        owners=_owners(found.conflicts),
        unowned=sorted({conflict["cluster"] for conflict in found.conflicts if not conflict["owner"]}),
        claim=claim,
        zones=list(list_zones_for(user).filter(name__in=[found.host, *parents_of(found.host)])),
    )


def _verdict(found: Availability, claim: ClaimRow | None) -> tuple[str, str, str, str]:
    """Colour, icon, word and sentence."""
    if found.state == "reserved":
        because = (reservation_of(found.host) or "").rstrip(".")
        return "mute", "ban", _("Reserved"), _("Nobody can have this name: %(reason)s.") % {"reason": because}
    if claim is not None:
        return "wait", "users", _("Taken"), _("Team %(team)s holds this name.") % {"team": claim.claim.team.name}
    if found.state == "taken":
        return "wait", "users", _("Taken"), _("Somebody else uses this name. Talk to them, or choose another one.")
    if found.state == "not_allowed":
        hint = _("Nobody has it, but it is in no zone of your teams. Ask a platform admin to grant the zone.")
        return "mute", "lock", _("Not yours to ask for"), hint
    if found.needs_approval:
        return "ok", "circle-check", _("Free"), _("You can ask for it; whoever approves for its zone decides.")
    return "ok", "circle-check", _("Free"), _("You can have it. Over HTTP it goes live at once.")


def _owners(conflicts: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Each team once."""
    return list({conflict["owner"]["team"]: conflict["owner"] for conflict in conflicts if conflict["owner"]}.values())

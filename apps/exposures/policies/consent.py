"""Paths on a host of another team: who has to agree, what consent lifts, and what both sides should know (ADR 9).

The owner's consent lifts the conflict with the owner, for exactly the paths that were asked for. It never lifts
anything else: the same path twice, an object that takes the whole host, one entry for two clusters, and a third team in
the way stay refused.
"""

from __future__ import annotations

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.domains.overlaps import is_wildcard
from apps.exposures.policies.facts import Facts
from apps.exposures.policies.uses import HostUse, PathUse

# They hold for the whole host, whichever path sent them, so only its owner may state them.
OPTIONS_OF_OWNER = ("hsts_max_age", "hsts_include_subdomains")


def owner_of(facts: Facts) -> str:
    """The team that holds the host itself; empty while nobody does."""
    return next((use.team for use in facts.uses if use.source == "claim" and use.host == facts.spec.host), "")


def stated_paths(facts: Facts) -> list[PathUse]:
    return [PathUse(path.path, path.path_type) for path in facts.spec.paths]


def needs_consent(facts: Facts) -> bool:
    """Whether the owner has to be asked: for a path that was not granted yet."""
    return facts.shared is not None and facts.shared.asked and not facts.shared.covers(stated_paths(facts))


def has_consent(facts: Facts) -> bool:
    """Whether the conflict with the owner is lifted: by what was granted, or because granting it is what is asked."""
    return facts.shared is not None and (facts.shared.asked or facts.shared.covers(stated_paths(facts)))


def is_admitted(use: HostUse, facts: Facts) -> bool:
    """Whether another team's use may stand beside this exposure on one host, path by path."""
    if use.guest:
        return use.guest == "granted" and (facts.team == owner_of(facts) or has_consent(facts))
    return has_consent(facts) and facts.shared is not None and use.team == facts.shared.owner


def may_ask(facts: Facts) -> bool:
    """Whether asking the owner for a path can help: the host is another team's, and nobody else is in the way."""
    owner = owner_of(facts)
    if not owner or owner == facts.team or facts.shared is not None:
        return False
    others = [use for use in facts.uses if use.team != facts.team and not use.guest]
    return all(use.team == owner and not bars_sharing(use, facts) for use in others)


def bars_sharing(use: HostUse, facts: Facts) -> bool:
    """Whether the owner's use leaves no room for anybody else's path: visitors of another cluster come in by the same
    entry, or an object takes the host as a whole beside its rules.
    """
    return use.shares_entry or _takes_whole_host(use, facts)


def check_consent(facts: Facts) -> list[Violation]:
    """Nothing new goes to the cluster under a consent that was taken back; to ask anew is how it goes on."""
    if facts.shared is None or not facts.shared.is_withdrawn or has_consent(facts):
        return []
    words = {"team": facts.shared.owner, "host": facts.spec.host}
    message = _("Team %(team)s took back its consent to paths on %(host)s.") % words
    hint = _("Ask it again with a new request, or take this exposure down.")
    return [Violation("consent_withdrawn", "host", message, hint)]


def check_shared_options(facts: Facts) -> list[Violation]:
    """A guest states nothing that would hold for the owner's paths too."""
    if facts.shared is None:
        return []
    message = _("This holds for all of %(host)s, which belongs to team %(team)s.") % {
        "host": facts.spec.host,
        "team": facts.shared.owner,
    }
    hint = _("Leave it out; only the owner of the host may set it.")
    stated = [name for name in OPTIONS_OF_OWNER if name in facts.spec.options]
    return [Violation("option_not_allowed", f"options.{name}", message, hint) for name in stated]


def find_shared_paths(facts: Facts) -> list[Violation]:
    """How the paths of both sides divide the visitors, by Kubernetes' order: exact first, then the longer prefix."""
    beside = [use for use in facts.uses if use.team != facts.team and is_admitted(use, facts)]
    same_place = [use for use in beside if use.cluster == facts.cluster.name and not is_wildcard(use.host)]
    pairs = [(own, use, seen) for own in stated_paths(facts) for use in same_place for seen in use.paths]
    found = [_divide(own, seen, use.team) for own, use, seen in pairs]
    warnings = list({warning.message: warning for warning in found if warning is not None}.values())
    return warnings + _one_certificate(facts, same_place)


def _takes_whole_host(use: HostUse, facts: Facts) -> bool:
    return use.live is not None and not use.paths and use.cluster == facts.cluster.name


def _divide(own: PathUse, seen: PathUse, team: str) -> Violation | None:
    """What two overlapping paths mean; none where no visitor can be meant by both."""
    words = {"own": own.path, "seen": seen.path, "team": team}
    if is_inside(own, seen):
        message = _("%(own)s lies inside %(seen)s of team %(team)s: its visitors come here, the others stay there.")
    elif is_inside(seen, own):
        message = _("%(seen)s of team %(team)s lies inside %(own)s: its visitors go there, the others come here.")
    else:
        return None
    hint = _("Kubernetes takes an exact path before a prefix, and a longer prefix before a shorter one.")
    return Violation("paths_overlap", "paths", message % words, hint)


def is_inside(inner: PathUse, outer: PathUse) -> bool:
    """Whether a visitor of `inner` is one of `outer` too, and `inner` goes first; by whole path elements, as Prefix
    matches. What ImplementationSpecific does is the controller's own, so it counts as a prefix.
    """
    if outer.path_type == "Exact" or inner == outer:
        return False
    shorter, longer = outer.path.rstrip("/"), inner.path.rstrip("/")
    if shorter == longer:
        return inner.path_type == "Exact"
    return longer.startswith(shorter + "/")


def _one_certificate(facts: Facts, beside: list[HostUse]) -> list[Violation]:
    if facts.spec.tls_secret_name is None or not beside:
        return []
    message = _("%(host)s has one certificate for the paths of all teams.") % {"host": facts.spec.host}
    hint = _("The older of the objects decides which. Agree with team %(team)s.") % {"team": beside[0].team}
    return [Violation("certificate_differs", "tls.secret_name", message, hint)]

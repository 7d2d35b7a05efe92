"""What an exposure will share: with the team's own other objects, or by consent with another team. It is said before
it surprises.
"""

from __future__ import annotations

from collections.abc import Callable

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.domains.overlaps import is_wildcard
from apps.exposures.policies.conflicts import colliding_paths, is_same_controller
from apps.exposures.policies.consent import find_shared_paths
from apps.exposures.policies.facts import Facts
from apps.exposures.policies.uses import HostUse, LiveObject

SHOWN_PATHS = 3


def find_sharing(facts: Facts) -> list[Violation]:
    """Warnings about objects of the same team on the same host; those of others are conflicts."""
    own = [use for use in facts.uses if use.team == facts.team and not _is_itself(use, facts)]
    found = (rule(use, facts) for rule in RULES for use in own)
    return [warning for warning in found if warning is not None] + find_shared_paths(facts)


def warn_other_cluster(use: HostUse, facts: Facts) -> Violation | None:
    if use.source != "exposure" or use.cluster == facts.cluster.name or use.shares_entry:
        return None
    message = _("%(host)s is exposed on cluster %(cluster)s as well.") % {"host": use.host, "cluster": use.cluster}
    return Violation("host_elsewhere", "host", message, _("Its DNS record decides which of the two people reach."))


def warn_shared_host(use: HostUse, facts: Facts) -> Violation | None:
    """Same host, other path: the two objects are merged by the controller."""
    live = _live_beside(use, facts)
    if live is None or live.is_canary or not use.paths:
        return None
    paths = ", ".join(path.path for path in use.paths[:SHOWN_PATHS])
    if len(use.paths) > SHOWN_PATHS:
        paths += " …"
    message = _("Ingress %(place)s serves %(paths)s of this host.") % {"place": live.place, "paths": paths}
    return Violation("host_shared", "host", message, _("Settings that hold for a whole host hold for both."))


def warn_canary(use: HostUse, facts: Facts) -> Violation | None:
    live = _live_beside(use, facts)
    if live is None or not live.is_canary or not colliding_paths(use, facts):
        return None
    message = _("Ingress %(place)s is a canary of this host.") % {"place": live.place}
    return Violation("canary_shares_path", "paths", message, _("It takes a part of the traffic of this exposure."))


def warn_other_certificate(use: HostUse, facts: Facts) -> Violation | None:
    """A controller serves one certificate for a host: that of the object it saw first."""
    live, chosen = _live_beside(use, facts), facts.spec.tls_secret_name
    if live is None or chosen is None or not live.tls_secret_name:
        return None
    if live.tls_secret_name == f"{facts.namespace}/{chosen}":
        return None
    message = _("Ingress %(place)s uses the certificate %(secret)s for this host.") % {
        "place": live.place,
        "secret": live.tls_secret_name,
    }
    return Violation("certificate_differs", "tls.secret_name", message, _("The older of the two objects decides."))


def warn_wildcard(use: HostUse, facts: Facts) -> Violation | None:
    if not is_wildcard(use.host) or use.live is None or not is_same_controller(use, facts):
        return None
    message = _("Ingress %(place)s serves %(host)s.") % {"place": use.live.place, "host": use.host}
    return Violation("wildcard_shared", "host", message, _("The full name goes before the wildcard."))


RULES: tuple[Callable[[HostUse, Facts], Violation | None], ...] = (
    warn_other_cluster,
    warn_shared_host,
    warn_canary,
    warn_other_certificate,
    warn_wildcard,
)


def _is_itself(use: HostUse, facts: Facts) -> bool:
    """A new exposure has no id yet, and neither has an object that is not the portal's."""
    return bool(use.exposure_id) and use.exposure_id == facts.exposure_id


def _live_beside(use: HostUse, facts: Facts) -> LiveObject | None:
    """The object behind the use, when the same controller serves exactly this host for it."""
    return use.live if is_same_controller(use, facts) and not is_wildcard(use.host) else None

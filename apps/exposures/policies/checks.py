"""The single checks of the preflight: each takes the facts and answers one step, with the sentence for every outcome.

What is forbidden stands in the rules that these ask, and only there.
"""

from __future__ import annotations

from collections.abc import Iterable

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.exposures.options import find_controller
from apps.exposures.policies.chain import (
    check_certificate,
    check_class,
    check_host_allowed,
    check_host_not_reserved,
    check_paths,
    check_services,
    check_wildcard_is_http,
    find_unready,
    is_on_wildcard,
)
from apps.exposures.policies.circumstances import Limit
from apps.exposures.policies.conflicts import find_conflicts, word_conflict
from apps.exposures.policies.consent import check_consent, check_shared_options
from apps.exposures.policies.facts import Facts, ServiceFacts
from apps.exposures.policies.options import check_options
from apps.exposures.policies.sharing import find_sharing
from apps.exposures.policies.steps import State, Step, failed, passed, skipped, unknown, warned

LOOKED_AT_AGAIN = _("It is looked at again before anything is pushed.")


def look_at_permission(facts: Facts) -> Step:
    asker = facts.around.asker
    if asker is None:
        return skipped(_("Who may ask was looked at when it was asked for."))
    if asker.allowed:
        return passed(_("Exposing services is allowed for team %(team)s.") % {"team": facts.team})
    refusal = Violation("not_permitted", "", asker.reason, _("Ask a maintainer of the team or a platform admin."))
    return failed([refusal]) if asker.is_asking else warned([refusal])


def look_at_namespace(facts: Facts) -> Step:
    words = {"namespace": facts.namespace, "team": facts.team, "cluster": facts.cluster.name}
    if facts.around.has_namespace is None:
        return unknown(_("The namespaces of %(cluster)s have not been read yet.") % words, LOOKED_AT_AGAIN)
    if facts.around.has_namespace:
        return passed(_("Namespace %(namespace)s exists and is granted to team %(team)s.") % words)
    message = _("There is no namespace %(namespace)s in cluster %(cluster)s.") % words
    return failed([Violation("namespace_not_found", "namespace", message, _("Create it in the cluster first."))])


def look_at_services(facts: Facts) -> Step:
    if facts.services is None:
        return _never_read(facts)
    if refused := [one for one in check_services(facts) if one.code != "port_not_found"]:
        return failed(refused)
    names = [service.name for service in _backends(facts)]
    words = _("Service %(names)s exists.") if len(names) == 1 else _("The services %(names)s exist.")
    return passed(words % {"names": _listed(names)})


def look_at_ports(facts: Facts) -> Step:
    if not _backends(facts):
        return _nothing_to_see(facts)
    if missing := _with_code(check_services(facts), "port_not_found"):
        return failed(missing)
    pairs = dict.fromkeys((path.service_name, path.service_port) for path in facts.spec.paths)
    if len(pairs) == 1:
        [(service, port)] = pairs
        return passed(_("Service %(service)s has port %(port)s.") % {"service": service, "port": port})
    return passed(_("Ports exist: %(names)s.") % {"names": _listed(f"{name}:{port}" for name, port in pairs)})


def look_at_endpoints(facts: Facts) -> Step:
    if not _backends(facts):
        return _nothing_to_see(facts)
    if unready := find_unready(facts):
        return warned(unready)
    backends = _backends(facts)
    if len(backends) == 1:
        words = {"service": backends[0].name, "count": backends[0].ready_endpoints}
        return passed(_("Ready endpoints of %(service)s: %(count)d.") % words)
    counts = _listed(f"{service.name} {service.ready_endpoints}" for service in backends)
    return passed(_("Ready endpoints: %(counts)s.") % {"counts": counts})


def look_at_host(facts: Facts) -> Step:
    if withdrawn := check_consent(facts):
        return failed(withdrawn)
    if conflicts := tuple(find_conflicts(facts)):
        hint = _("Choose another name, or ask its owner.")
        if facts.shared is not None and conflicts[0]["path"]:
            hint = _("Its owner serves this path already. State another path, such as /shop.")
        return Step(State.FAILED, word_conflict(conflicts[0]), hint, field="host", conflicts=conflicts)
    if shared := [warning for warning in find_sharing(facts) if not warning.field.startswith("tls")]:
        return warned(shared)
    if facts.around.unread_clusters:
        message = _("Nobody else uses this host, as far as is known. Clusters that cannot be read now: %(count)d.")
        return passed(message % {"count": facts.around.unread_clusters})
    return passed(_("Nobody else uses this host in any cluster."))


def look_at_zone(facts: Facts) -> Step:
    if refused := check_host_not_reserved(facts) + check_host_allowed(facts):
        return _foreign_zone(facts, refused)
    if is_on_wildcard(facts):
        words = {"domain": facts.cluster.wildcard_domain, "cluster": facts.cluster.name}
        return passed(_("Names under %(domain)s are open to every team of %(cluster)s.") % words)
    zone = facts.zone.name if facts.zone else ""
    return passed(_("The host is in zone %(zone)s, which is granted.") % {"zone": zone})


def look_at_class(facts: Facts) -> Step:
    """Whether the controller runs cannot be seen; that it served others is what speaks for it."""
    if facts.cluster.classes is None:
        return unknown(
            _("The ingress classes of %(cluster)s have not been read yet.") % {"cluster": facts.cluster.name}
        )
    if refused := check_class(facts) + check_paths(facts):
        return failed(refused)
    words = {"name": facts.ingress_class_name, "controller": facts.controller or "–"}
    if find_controller(facts.controller) is None:
        message = _("The portal does not know the controller %(controller)s of class %(name)s.") % words
        return unknown(message, _("It can serve the host all the same; options cannot be set."))
    if facts.around.is_serving:
        return passed(_("Class %(name)s exists, and hosts that its controller serves do answer.") % words)
    if not facts.around.has_addresses:
        message = _(
            "Class %(name)s exists. Whether its controller runs is not known: no Ingress has an address from it."
        )
        return unknown(message % words, _("The delivery shows whether the controller takes it up."))
    return passed(_("Class %(name)s exists, and its controller has given Ingresses an address.") % words)


def look_at_certificate(facts: Facts) -> Step:
    if refused := check_wildcard_is_http(facts) + check_certificate(facts):
        return failed(refused)
    if not facts.spec.has_tls:
        return skipped(_("HTTP needs no certificate."))
    if facts.spec.default_certificate:
        return passed(_("The cluster’s default certificate covers the host, as was declared."))
    if warnings := _certificate_warnings(facts):
        return warned(warnings)
    return passed(_("The certificate covers the host and is in date."))


def look_at_names(facts: Facts) -> Step:
    """DNS never forbids: a record is often set once the host answers, and who knows the entry needs none."""
    around = facts.around
    if not around.asks_dns:
        return skipped(_("The portal does not ask DNS."))
    found = around.name
    if found is None or found.checked_at is None:
        message = _("Where %(host)s points in DNS was not looked at yet.") % {"host": facts.spec.host}
        return unknown(message, _("It is looked at once the host is live."))
    if found.status == "True":
        return passed(found.message)
    if found.status == "False":
        return warned([Violation("name_not_resolved", "host", found.message, found.hint)])
    return unknown(found.message, found.hint)


def look_at_options(facts: Facts) -> Step:
    if refused := check_options(facts) + check_shared_options(facts):
        return failed(refused)
    if not facts.spec.options:
        return skipped(_("No option is set."))
    return passed(_("The controller of class %(name)s supports the options.") % {"name": facts.ingress_class_name})


def look_at_quota(facts: Facts) -> Step:
    """An exposure that is there already counts already, so only a new one can be one too many."""
    team, namespace = facts.around.team_limit, facts.around.namespace_limit
    if refused := [] if facts.exposure_id else _over(facts):
        return failed(refused)
    limited = [
        words % {"used": limit.used + 1, "limit": limit.limit}
        for words, limit in (
            (_("With this one, %(used)d of %(limit)d exposures of the team are used."), team),
            (_("With this one, %(used)d of %(limit)d exposures of the namespace are used."), namespace),
        )
        if limit.limit is not None
    ]
    return passed(limited[-1]) if limited else skipped(_("The number of exposures is not limited."))


def look_at_admission(facts: Facts) -> Step:
    answer, words = facts.around.admission, {"cluster": facts.cluster.name}
    if answer is None and not facts.around.is_reachable:
        return unknown(_("%(cluster)s cannot be asked: it is not reachable.") % words, LOOKED_AT_AGAIN)
    if answer is None:
        return unknown(
            _("%(cluster)s was not asked yet (dry run).") % words, _("It is asked before anything is pushed.")
        )
    if answer.accepted is None:
        return Step(State.UNKNOWN, answer.message, answer.hint, raw=answer.raw)
    if not answer.accepted:
        return Step(State.FAILED, answer.message, answer.hint, raw=answer.raw)
    return passed(_("%(cluster)s accepts the manifest (dry run).") % words)


def _foreign_zone(facts: Facts, refused: list[Violation]) -> Step:
    """Whose the host is goes before whose the zone is: the owner can be asked, and the zone is then the owner's."""
    can_ask = any(conflict.get("can_ask_owner") for conflict in find_conflicts(facts))
    left = [violation for violation in refused if not (can_ask and violation.code == "host_not_allowed")]
    return failed(left) if left else skipped(_("The zone is that of the host's owner."))


def _over(facts: Facts) -> list[Violation]:
    hint = _("Delete one that is no longer needed, or ask a platform admin for a higher limit.")
    words = {"team": facts.team, "namespace": facts.namespace, "cluster": facts.cluster.name}
    found = (
        (_("Team %(team)s has %(used)d exposures and may have %(limit)d."), facts.around.team_limit),
        (
            _("Namespace %(namespace)s of %(cluster)s has %(used)d exposures and may have %(limit)d."),
            facts.around.namespace_limit,
        ),
    )
    return [
        Violation("quota_exceeded", "namespace", message % _counted(words, limit, message), hint)
        for message, limit in found
        if limit.limit is not None and limit.used >= limit.limit
    ]


def _counted(words: dict[str, str], limit: Limit, message: str) -> dict[str, object]:
    used = {name: value for name, value in words.items() if f"%({name})s" in message}
    return {**used, "used": limit.used, "limit": limit.limit}


def _certificate_warnings(facts: Facts) -> list[Violation]:
    certificate, field = facts.certificate, "tls.secret_name"
    own = certificate.warnings if certificate else ()
    differing = [warning for warning in find_sharing(facts) if warning.field.startswith("tls")]
    return [Violation(f"certificate_{code}", field, message, hint) for code, message, hint in own] + differing


def _backends(facts: Facts) -> list[ServiceFacts]:
    """The services that are there, each once."""
    known = facts.services or {}
    names = dict.fromkeys(path.service_name for path in facts.spec.paths)
    return [known[name] for name in names if name in known]


def _nothing_to_see(facts: Facts) -> Step:
    return _never_read(facts) if facts.services is None else skipped(_("There is no service to look at."))


def _never_read(facts: Facts) -> Step:
    message = _("Cluster %(cluster)s has not been read yet.") % {"cluster": facts.cluster.name}
    return unknown(message, LOOKED_AT_AGAIN)


def _with_code(violations: Iterable[Violation], code: str) -> list[Violation]:
    return [violation for violation in violations if violation.code == code]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))

"""The rule of options: every value is of its grammar, and the controller that will serve the host supports it.

The grammar is checked again here although `parse_spec` did, because an earlier revision or an approved request may hold
values that a newer release no longer accepts; the gate then says so.
"""

from __future__ import annotations

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.exposures.options import controllers_for, parse_options, unsupported
from apps.exposures.policies.facts import Facts


def check_options(facts: Facts) -> list[Violation]:
    """Nothing is dropped: what cannot be done is refused with the reason (E5)."""
    spec = facts.spec
    options, violations = parse_options(
        spec.options,
        has_tls=spec.has_tls,
        path_types=[path.path_type for path in spec.paths],
    )
    refused = unsupported(options, facts.controller)
    return violations + [_refusal(facts, name, str(reason)) for name, reason in refused.items()]


def _refusal(facts: Facts, name: str, reason: str) -> Violation:
    message = _("Ingress class %(name)s of cluster %(cluster)s cannot do this: %(reason)s") % {
        "name": facts.ingress_class_name or "–",
        "cluster": facts.cluster.name,
        "reason": reason,
    }
    return Violation("option_not_allowed", f"options.{name}", message, _hint(name))


def _hint(name: str) -> str:
    known = controllers_for(name)
    return _("Leave it out, or use a class of one of these controllers: %(names)s.") % {"names": ", ".join(known)}

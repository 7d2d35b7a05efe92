"""The cluster's default certificate instead of a Secret: only where it was declared to cover the host."""

from __future__ import annotations

from apps.common.errors import Violation
from apps.common.said import phrase as _
from apps.exposures.options import find_controller
from apps.exposures.policies.facts import Facts
from apps.kube.certificates import covers

FIELD = "tls.default_certificate"


def check_default_certificate(facts: Facts) -> list[Violation]:
    """It is declared, covers the host, is in date, the controller is one that serves it without a Secret, and it is
    still the one that was approved.
    """
    if not facts.spec.default_certificate:
        return []
    declared, words = facts.cluster.default_certificate, {"cluster": facts.cluster.name, "host": facts.spec.host}
    if not declared.names:
        message = _("Cluster %(cluster)s has no default certificate that exposures may use.") % words
        return [Violation("certificate_not_usable", FIELD, message, _("Choose a certificate of the namespace."))]
    if not covers(facts.spec.host, declared.names):
        message = _("The default certificate of cluster %(cluster)s does not cover %(host)s.") % words
        return [Violation("certificate_not_usable", FIELD, message, _("Choose a certificate of the namespace."))]
    if declared.is_over:
        message = _("The default certificate of cluster %(cluster)s has expired.") % words
        return [Violation("certificate_not_usable", FIELD, message, _("Tell a platform admin."))]
    if facts.controller and find_controller(facts.controller) is None:
        message = _("The portal does not know whether this controller serves a default certificate.")
        return [Violation("certificate_not_usable", FIELD, message, _("Choose a certificate of the namespace."))]
    approved = facts.around.approved_fingerprint
    if approved and approved != declared.fingerprint_sha256:
        message = _("The default certificate of cluster %(cluster)s is not the one that was approved.") % words
        return [Violation("certificate_changed", FIELD, message, _("Ask for approval of the new certificate."))]
    return []

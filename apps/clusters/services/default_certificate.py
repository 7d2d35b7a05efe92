"""What a platform admin declares of the certificate that a cluster's controller serves where no Secret is named.

The portal cannot read it out of the cluster: where it is configured differs by controller. What is declared is believed
for offering it; whether it is true is seen at every delivery, when the entry is asked what it serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check
from apps.audit.services import record
from apps.clusters.models import Cluster
from apps.clusters.permissions import may_change_cluster
from apps.clusters.policies import is_dns_name
from apps.common.errors import PolicyViolation, Violation
from apps.common.storable import storable
from apps.kube.certificates import CertificateFacts, UnreadableCertificate, covers, passing_reasons, read_public

NAME_COUNT = 50
# Stands for any one label when a wildcard is compared with what a certificate covers.
ANY_LABEL = "any-label"


def declare_default_certificate(*, by: User, cluster: Cluster, names: Sequence[str], certificate: str = "") -> Cluster:
    """Say which names it covers; with its public PEM the names may be left out, and must be true.

    Raises PolicyViolation with a reason for each field. Declaring the same again changes nothing.
    """
    check(may_change_cluster(by, cluster))
    facts = _read(certificate) if certificate.strip() else None
    stated = _clean_names(names, facts)
    declared: dict[str, Any] = {"names": stated, "certificate": facts.chain_pem if facts else ""}
    if facts is not None:
        declared |= {"issuer": storable(facts.issuer)[:300], "fingerprint_sha256": facts.fingerprint_sha256}
        declared["not_after"] = facts.not_after.isoformat() if facts.not_after else None
    return _store("cluster.default_certificate_declared", by, cluster, declared)


def withdraw_default_certificate(*, by: User, cluster: Cluster) -> Cluster:
    """Stop offering it. Exposures that use it stay as they are; their next change needs another certificate."""
    check(may_change_cluster(by, cluster))
    return _store("cluster.default_certificate_withdrawn", by, cluster, {})


@transaction.atomic
def _store(verb: str, by: User, cluster: Cluster, declared: dict[str, Any]) -> Cluster:
    fresh = Cluster.objects.select_for_update(no_key=True).get(pk=cluster.pk)
    if fresh.default_certificate == declared:
        return fresh
    before, fresh.default_certificate = fresh.default_certificate, declared
    fresh.save(update_fields=["default_certificate", "updated_at"])
    record(
        verb,
        by=by,
        object_type="cluster",
        object_id=fresh.pk,
        object_name=fresh.name,
        cluster=fresh.name,
        before=_audited(before),
        after=_audited(declared),
    )
    return fresh


def _audited(declared: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in declared.items() if name != "certificate"}


def _read(certificate: str) -> CertificateFacts:
    try:
        facts = read_public(certificate)
    except UnreadableCertificate as error:
        message, hint = _("This is no certificate that can be read."), _("Paste its PEM text; never its key.")
        raise _refused(Violation("unparsable", "certificate", message, hint)) from error
    if "expired" in passing_reasons(facts, now=timezone.now(), host=None):
        message, hint = _("The certificate has expired."), _("Paste the one that the controller serves now.")
        raise _refused(Violation("expired", "certificate", message, hint))
    return facts


def _clean_names(names: Sequence[str], facts: CertificateFacts | None) -> list[str]:
    given = [name.strip().lower().removesuffix(".") for name in names if name.strip()]
    stated = list(dict.fromkeys(given or (facts.subject_names if facts else ())))
    if not stated or len(stated) > NAME_COUNT:
        message = _("List the names that it covers, at most %(limit)d.") % {"limit": NAME_COUNT}
        raise _refused(Violation("invalid_names", "names", message, _("Such as *.dev.example.net.")))
    broken = [_broken(name, facts) for name in stated]
    violations = [violation for violation in broken if violation is not None]
    if violations:
        raise PolicyViolation(violations[0].message, errors=violations)
    return stated


def _broken(name: str, facts: CertificateFacts | None) -> Violation | None:
    plain = name.removeprefix("*.")
    if not is_dns_name(plain) or "." not in plain:
        message = _("%(name)s is not a name that a certificate can have.") % {"name": name[:80]}
        return Violation("invalid_names", "names", message, _("Such as *.dev.example.net."))
    sample = name.replace("*", ANY_LABEL, 1)
    if facts is not None and not covers(sample, facts.subject_names):
        message = _("The certificate does not cover %(name)s.") % {"name": name}
        return Violation("host_not_covered", "names", message, _("Leave the name out, or paste the right certificate."))
    return None


def _refused(violation: Violation) -> PolicyViolation:
    return PolicyViolation(violation.message, errors=[violation])

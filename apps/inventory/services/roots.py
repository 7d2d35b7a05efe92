"""Registers the authorities of the platform's own, and judges the trust of known certificates anew when they change."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import check, may_manage_people
from apps.accounts.services.cleaning import clean_or_refuse
from apps.audit.services import record
from apps.common.actors import Actor
from apps.common.dispatch import dispatch
from apps.common.errors import Conflict, PolicyViolation, Violation
from apps.common.storable import storable
from apps.inventory.models import PrivateRoot, Secret
from apps.inventory.trust import judge_trust, known_roots
from apps.kube.certificates import CertificateFacts, UnreadableCertificate, is_authority, read_authority

BATCH = 500
JUDGE_TASK = "apps.inventory.tasks.judge_trust_again"


def add_root(*, by: Actor, name: str, certificate: str) -> PrivateRoot:
    """Know an authority from now on. Raises NotPermitted, InvalidInput, PolicyViolation, Conflict."""
    check(may_manage_people(by))
    facts = _require_authority(certificate)
    root = PrivateRoot(
        name=name.strip(),
        certificate=facts.chain_pem,
        fingerprint_sha256=facts.fingerprint_sha256,
        subject=storable(facts.common_name or facts.issuer)[:300],
        not_after=facts.not_after or timezone.now(),
        added_by=by if isinstance(by, User) else None,
    )
    clean_or_refuse(root)
    try:
        with transaction.atomic():
            root.save(force_insert=True)
            _record("private_root.added", by, root)
            dispatch(JUDGE_TASK)
    except IntegrityError as error:
        raise Conflict(_("This authority, or one of this name, is registered already."), code="root_exists") from error
    return root


@transaction.atomic
def remove_root(*, by: Actor, root: PrivateRoot) -> None:
    """Forget an authority: what it issued is warned of as untrusted again, and works as before."""
    check(may_manage_people(by))
    identifier = root.pk
    root.delete()
    root.pk = identifier
    _record("private_root.removed", by, root)
    dispatch(JUDGE_TASK)


def judge_trust_again() -> int:
    """Bring the warnings of all stored chains in line with the authorities; how many rows that concerned."""
    known, now, count = known_roots(), timezone.now(), 0
    stale = Secret.objects.exclude(chain_pem="").exclude(trust_digest=known.digest).only(
        "chain_pem", "trust_digest", "warnings"
    )  # fmt: skip
    while batch := list(stale.order_by("pk")[:BATCH]):
        for secret in batch:
            judge_trust(secret, known, now)
            # What could not be judged must not be looked at for ever.
            secret.trust_digest = known.digest
        Secret.objects.bulk_update(batch, ["warnings", "trust_digest"])
        count += len(batch)
    return count


def _require_authority(certificate: str) -> CertificateFacts:
    try:
        facts = read_authority(certificate)
    except UnreadableCertificate as error:
        message = _("This is not one certificate that can be read.")
        raise _refused("unparsable", message, _("Paste the PEM text of one authority, without its key.")) from error
    if not is_authority(certificate):
        message = _("The certificate may not issue others, so it is no authority.")
        raise _refused("not_an_authority", message, _("Paste the root, not a server's certificate."))
    return facts


def _refused(code: str, message: str, hint: str) -> PolicyViolation:
    return PolicyViolation(message, errors=[Violation(code, "certificate", message, hint)])


def _record(verb: str, by: Actor, root: PrivateRoot) -> None:
    record(
        verb,
        by=by,
        object_type="private_root",
        object_id=root.pk,
        object_name=root.name,
        after={"subject": root.subject, "fingerprint_sha256": root.fingerprint_sha256},
    )

"""Puts a certificate into a cluster, uploaded or copied, as a new Secret whose name carries the day.

The pair is judged in memory and sent straight to the cluster: of the private key nothing is stored, logged or given
back (S4). What is there is never written over, so exposures move to the new certificate by a change request.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from apps.accounts.models import Team, User
from apps.accounts.permissions import check
from apps.accounts.selectors import grant_of
from apps.audit.services import record
from apps.clusters.models import Cluster
from apps.clusters.services.clients import client_for
from apps.common.errors import Conflict, NotFound, NotPermitted, PolicyViolation, Violation
from apps.common.said import say
from apps.exposures.permissions import may_expose_for
from apps.inventory.models import OPAQUE, Secret
from apps.inventory.reasons import shown_reason
from apps.inventory.selectors import get_namespace_for
from apps.inventory.services import observe_secret
from apps.kube.certificates import TLS_SECRET_TYPE, CertificateFacts, Pair, covers, find_pair, judge_pair
from apps.kube.errors import Forbidden, ObjectConflict, ObjectNotFound
from apps.kube.kinds import SECRET
from apps.kube.manifests import FIELD_MANAGER, MANAGED_BY_LABEL

NAME_LIMIT = 200
VERSIONS_A_DAY = 20
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_VERSION = re.compile(r"-\d{4}-\d{2}-\d{2}(-\d{1,2})?$")
# They say more exactly than `unparsable` what is wrong.
_EXPLANATIONS = ("fields_swapped", "key_encrypted", "damaged_pem", "not_pem", "other_blocks")
_ABOUT_KEY = frozenset({"no_private_key", "key_mismatch", "key_encrypted"})


def upload_certificate(
    *, by: User, cluster: Cluster, namespace: str, name: str, certificate: str, private_key: str
) -> Secret:
    """Create the Secret `<name>-<day>` and give its row in the inventory, from which it can be chosen at once.

    Raises NotFound, NotPermitted, PolicyViolation with a reason for each field, Conflict, and ClusterError.
    """
    team = _team_of(by, cluster, namespace)
    check(may_expose_for(by, team))
    refuse_paused(cluster)
    base = base_name(name)
    _require_good(certificate, private_key)
    content = {"tls.crt": certificate.encode(), "tls.key": private_key.encode()}
    live = _create(cluster, namespace, base, content)
    return _note("certificate.uploaded", by, team, cluster, live)


def copy_certificate(*, by: User, cluster: Cluster, namespace: str, from_secret: str, host: str = "") -> Secret:
    """Make a `kubernetes.io/tls` copy of an Opaque Secret that holds a good pair, for `host` if one is given.

    The pair goes from the cluster to the cluster through memory only. Raises like `upload_certificate`; what is wrong
    with the pair stands at the field `from_secret`.
    """
    team = _team_of(by, cluster, namespace)
    check(may_expose_for(by, team))
    refuse_paused(cluster)
    pair = _read_pair(cluster, namespace, from_secret)
    _require_copyable(pair.facts, host)
    base = base_name(without_day(from_secret)[:NAME_LIMIT].rstrip("-."))
    live = _create(cluster, namespace, base, {"tls.crt": pair.certificate, "tls.key": pair.private_key})
    return _note("certificate.copied", by, team, cluster, live, from_secret=from_secret)


def base_name(name: str) -> str:
    """The name without the day of an earlier upload; PolicyViolation if no Secret could be called so."""
    base = without_day(name)
    if len(base) > NAME_LIMIT or not _NAME.fullmatch(base):
        message = _("A Secret cannot have this name.")
        hint = _("Use up to %(limit)d lower-case letters, digits, hyphens and dots.") % {"limit": NAME_LIMIT}
        raise PolicyViolation(message, errors=[Violation("name_invalid", "name", message, hint)])
    return base


def without_day(name: str) -> str:
    return _VERSION.sub("", name)


def versioned_names(base: str, day: date) -> Iterator[str]:
    """`shop-tls-2026-11-23`, then the same with -2, -3 and so on."""
    first = f"{base}-{day.isoformat()}"
    yield first
    yield from (f"{first}-{number}" for number in range(2, VERSIONS_A_DAY + 1))


def _team_of(by: User, cluster: Cluster, namespace: str) -> Team:
    get_namespace_for(by, cluster, namespace)
    grant = grant_of(cluster.name, namespace)
    if grant is None:
        raise NotPermitted(_("The namespace belongs to no team. A platform admin must grant it first."))
    return grant.team


def refuse_paused(cluster: Cluster) -> None:
    if cluster.is_paused:
        said = {"cluster": cluster.name, "reason": cluster.pause_reason}
        raise Conflict(_("Cluster %(cluster)s is paused: %(reason)s") % said, code="cluster_paused")


def _require_good(certificate: str, private_key: str) -> None:
    facts = judge_pair(certificate.encode(), private_key.encode(), now=timezone.now())
    violations = [_violation(code, facts) for code in _refusing_codes(facts)]
    if violations:
        raise PolicyViolation(violations[0].message, errors=violations)


def _refusing_codes(facts: CertificateFacts) -> list[str]:
    warnings = [warning.code for warning in facts.warnings]
    explained = [code for code in _EXPLANATIONS if code in warnings]
    reasons = [reason.code for reason in facts.reasons if reason.code != "unparsable" or not explained]
    # A key beside the certificate would stand where everybody looks for what is public.
    return [*explained, *reasons, *(code for code in ("key_in_certificate",) if code in warnings)]


def _violation(code: str, facts: CertificateFacts) -> Violation:
    if code == "host_not_covered":
        message = _("The certificate has no DNS names, so it serves no host.")
        return Violation(code, "certificate", message, _("Ask for one with the host among its alternative names."))
    if code == "fields_swapped":
        return Violation(code, "certificate", shown_reason({"code": code})["message"], _("Swap the two fields."))
    # What cannot be read is the key as soon as the certificate could be.
    unread = code in {"unparsable", "damaged_pem", "not_pem", "other_blocks"} and bool(facts.fingerprint_sha256)
    shown = shown_reason({"code": code})
    field = "private_key" if code in _ABOUT_KEY or unread else "certificate"
    return Violation(code, field, shown["message"], shown["hint"])


def _read_pair(cluster: Cluster, namespace: str, name: str) -> Pair:
    """What stands in the Secret. One of a type of its own belongs to whatever made that type and is not opened."""
    if not _NAME.fullmatch(name):
        # Servers take an encoded slash for a plain one: such a name would ask them for something else.
        raise NotFound(code="certificate_not_found")
    try:
        live = client_for(cluster).get(SECRET, namespace, name)
    except ObjectNotFound as error:
        raise NotFound(code="certificate_not_found") from error
    if live.get("type") == TLS_SECRET_TYPE:
        raise Conflict(_("%(name)s is of type kubernetes.io/tls already.") % {"name": name}, code="is_tls_already")
    if live.get("type") != OPAQUE:
        message, hint = _("Only Secrets of type Opaque are copied."), _("Upload the certificate instead.")
        raise PolicyViolation(message, errors=[Violation("not_copyable", "from_secret", message, hint)])
    return find_pair(live.get("data"), now=timezone.now())


def _require_copyable(facts: CertificateFacts, host: str) -> None:
    codes = _refusing_codes(facts)
    if host and facts.fingerprint_sha256 and "host_not_covered" not in codes and not covers(host, facts.subject_names):
        codes.append("host_not_covered")
    shown = [shown_reason({"code": code}) for code in codes]
    violations = [Violation(one["code"], "from_secret", one["message"], one["hint"]) for one in shown]
    if violations:
        raise PolicyViolation(violations[0].message, errors=violations)


def _create(cluster: Cluster, namespace: str, base: str, content: dict[str, bytes]) -> dict[str, Any]:
    client, place = client_for(cluster), {"namespace": namespace, "cluster": cluster.name}
    try:
        for name in versioned_names(base, timezone.now().date()):
            try:
                return client.create(_manifest(namespace, name, content), field_manager=FIELD_MANAGER)
            except ObjectConflict:
                continue
    except Forbidden as error:
        message = _n(
            "The portal may not create Secrets in %(namespace)s of %(cluster)s. A platform admin can allow it as the"
            " cluster's RBAC manifest says, or create the Secret with kubectl."
        )
        raise Forbidden(say(message, **place)) from error
    except ObjectNotFound as error:
        message = _n("Namespace %(namespace)s does not exist any more.")
        raise Conflict(say(message, namespace=namespace), code="namespace_gone") from error
    raise Conflict(_("There are too many Secrets of this name from today. Choose another name."), code="name_taken")


def _manifest(namespace: str, name: str, content: dict[str, bytes]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": {MANAGED_BY_LABEL: FIELD_MANAGER}},
        "type": TLS_SECRET_TYPE,
        "data": {key: base64.b64encode(half).decode() for key, half in content.items()},
    }


@transaction.atomic
def _note(verb: str, by: User, team: Team, cluster: Cluster, live: dict[str, Any], **more: str) -> Secret:
    """The row of the new Secret, and who made it."""
    secret = observe_secret(cluster=cluster, manifest=live)
    seen = {"fingerprint_sha256": secret.fingerprint_sha256, "subject_names": secret.subject_names}
    record(
        verb,
        by=by,
        object_type="certificate",
        object_id=secret.uid,
        object_name=f"{secret.namespace}/{secret.name}",
        team=team.name,
        cluster=cluster.name,
        after={**seen, **more},
    )
    return secret

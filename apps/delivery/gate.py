"""The last check before the push, with the cluster's own answer: bytes intact, revision still wanted, certificate good.

Everything here was checked when it was offered, submitted and decided (E2); this is the fourth time, against the live
Secret, because only now does it count.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.common.errors import Violation
from apps.common.said import say
from apps.delivery.errors import GateClosed
from apps.delivery.models import Delivery
from apps.exposures.rendering import is_intact
from apps.exposures.spec import ExposureSpec
from apps.kube.certificates import judge_secret
from apps.kube.client import ClusterClient
from apps.kube.errors import ObjectNotFound
from apps.kube.kinds import SECRET

# A gate that closes for one of these makes the request out of date rather than failed: somebody has to ask anew.
OUTDATING = frozenset({"certificate_changed", "certificate_not_usable", "secret_not_offered"})


def check_intact(delivery: Delivery) -> None:
    """Refuse bytes that are not those the decisions were bound to (I2)."""
    if not is_intact(delivery.revision, delivery.exposure):
        message = say(_n("The stored manifest is not the one that was approved."))
        raise _closed(
            "content_changed", "revision", message, say(_n("Tell the platform team; this should never happen."))
        )


def check_certificate(delivery: Delivery, client: ClusterClient) -> None:
    """The Secret is there, of type kubernetes.io/tls, usable, covers the host, and is the one that was approved."""
    spec = ExposureSpec.from_json(delivery.revision.spec)
    if spec.tls_secret_name is None or delivery.operation == "delete":
        return
    secret = _read_secret(client, delivery.exposure.namespace, spec.tls_secret_name)
    verdict = judge_secret(str(secret.get("type", "")), secret.get("data"), now=timezone.now(), host=spec.host)
    if verdict.reasons:
        first = verdict.reasons[0]
        code = "secret_not_offered" if first.code == "not_tls_type" else "certificate_not_usable"
        raise _closed(code, "tls.secret_name", first.message, first.hint)
    approved = delivery.revision.facts.get("certificate_fingerprint", "")
    if approved and approved != verdict.fingerprint_sha256:
        message = say(
            _n("The certificate in %(secret)s is not the one that was approved."), secret=spec.tls_secret_name
        )
        raise _closed(
            "certificate_changed", "tls.secret_name", message, say(_n("Ask for approval of the new certificate."))
        )


def _read_secret(client: ClusterClient, namespace: str, name: str) -> dict[str, Any]:
    try:
        return client.get(SECRET, namespace, name)
    except ObjectNotFound as error:
        message = say(_n("There is no Secret %(name)s in %(namespace)s any more."), name=name, namespace=namespace)
        raise _closed(
            "secret_not_offered", "tls.secret_name", message, say(_n("Choose another certificate."))
        ) from error


def _closed(code: str, field: str, message: str, hint: str) -> GateClosed:
    return GateClosed(message, code=code, errors=[Violation(code, field, message, hint)])

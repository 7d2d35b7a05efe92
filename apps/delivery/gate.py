"""The last look before a push: the preflight once more, over what the cluster says at this moment.

Everything here was checked when it was offered, submitted and decided (E2), against what was known of the cluster
then. Now it is asked itself: Services, Secret, classes and Ingresses are read again, and whatever the preflight forbids
closes the gate. The cluster's own admission is asked by the push itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _n

from apps.common.errors import Violation
from apps.common.said import say
from apps.delivery.errors import GateClosed
from apps.delivery.models import Delivery
from apps.exposures.policies import (
    AdmissionFacts,
    CertificateFacts,
    Circumstances,
    Facts,
    Preflight,
    Reading,
    ServiceFacts,
    run_preflight,
)
from apps.exposures.rendering import approved_fingerprint, is_intact
from apps.exposures.selectors import gather_facts, service_facts
from apps.exposures.spec import ExposureSpec
from apps.inventory.reasons import shown_reason
from apps.inventory.services.refresh import refresh_kind
from apps.inventory.trust import known_roots
from apps.kube.certificates import Reason, judge_secret
from apps.kube.client import ClusterClient
from apps.kube.errors import ObjectNotFound
from apps.kube.kinds import INGRESS, INGRESS_CLASS, SECRET, SERVICE

# A gate that closes for one of these makes the request out of date rather than failed: somebody has to ask anew.
OUTDATING = frozenset(
    {
        "certificate_changed",
        "certificate_not_usable",
        "class_not_found",
        "consent_withdrawn",
        "host_conflict",
        "host_not_allowed",
        "host_reserved",
        "namespace_not_found",
        "option_invalid",
        "option_not_allowed",
        "port_not_found",
        "secret_not_offered",
        "service_not_allowed",
        "service_not_found",
        "wildcard_requires_http",
    }
)
# A list of all Ingresses of a large cluster takes a while, so a burst of deliveries shares one.
INGRESS_AGE = timedelta(seconds=1)
CLASS_AGE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """What was found. `raise_if_closed` says the first thing that forbids the push, and lists all of them."""

    preflight: Preflight
    host: str

    def as_stored(self) -> list[dict[str, Any]]:
        return [step.as_stored() for step in self.preflight.steps]

    def raise_if_closed(self) -> None:
        errors = list(self.preflight.errors)
        if self.preflight.conflicts:
            message = say(_n("%(host)s is taken."), host=self.host)
            errors.append(
                Violation("host_conflict", "host", message, say(_n("Talk to its owner, or choose another host.")))
            )
        if errors:
            raise GateClosed(errors[0].message, code=errors[0].code, errors=errors)


def check_intact(delivery: Delivery) -> None:
    """Refuse bytes that are not those the decisions were bound to (I2)."""
    if not is_intact(delivery.revision, delivery.exposure):
        message = say(_n("The stored manifest is not the one that was approved."))
        hint = say(_n("Tell the platform team; this should never happen."))
        errors = [Violation("content_changed", "revision", message, hint)]
        raise GateClosed(message, code="content_changed", errors=errors)


def look_through_gate(delivery: Delivery, client: ClusterClient) -> Gate:
    """The preflight over the present facts. Raises ClusterError when the cluster does not answer."""
    facts = read_facts(delivery, client)
    return Gate(run_preflight(facts), facts.spec.host)


def read_facts(delivery: Delivery, client: ClusterClient) -> Facts:
    """What the policies look at, with everything of the exposure's own read from the cluster now."""
    exposure, spec = delivery.exposure, ExposureSpec.from_json(delivery.revision.spec)
    refresh_kind(cluster=exposure.cluster, kind=INGRESS_CLASS, client=client, max_age=CLASS_AGE)
    refresh_kind(cluster=exposure.cluster, kind=INGRESS, client=client, max_age=INGRESS_AGE)
    facts = gather_facts(
        cluster=exposure.cluster, namespace=exposure.namespace, team=exposure.team, spec=spec, exposure=exposure
    )
    known = facts.services or {}
    services = {path.service_name: _read_service(client, exposure.namespace, path.service_name) for path in spec.paths}
    present = {
        name: replace(service, ready_endpoints=known[name].ready_endpoints if name in known else 0)
        for name, service in services.items()
        if service is not None
    }
    certificate = _read_certificate(client, exposure.namespace, spec)
    return replace(facts, services=present, certificate=certificate, around=_around_now(facts, delivery, present))


def _around_now(facts: Facts, delivery: Delivery, present: dict[str, ServiceFacts]) -> Circumstances:
    """The cluster answers, whatever was noted of it; a Service that is there proves its namespace."""
    now, around = timezone.now(), facts.around
    read = {kind.kind: Reading(now) for kind in (SERVICE, SECRET)}
    if present:
        read["Namespace"] = Reading(now)
    return replace(
        around,
        now=now,
        is_reachable=True,
        readings={**(around.readings or {}), **read},
        has_namespace=True if present else around.has_namespace,
        approved_fingerprint=approved_fingerprint(delivery.revision),
        admission=AdmissionFacts(None, say(_n("The push itself asks the cluster."))),
    )


def _read_service(client: ClusterClient, namespace: str, name: str) -> ServiceFacts | None:
    try:
        service = client.get(SERVICE, namespace, name)
    except ObjectNotFound:
        return None
    spec = service.get("spec") or {}
    return service_facts(name, str(spec.get("type", "")), spec.get("ports") or [], ready_endpoints=0)


def _read_certificate(client: ClusterClient, namespace: str, spec: ExposureSpec) -> CertificateFacts | None:
    """The Secret as the cluster has it, judged now: of the right type, usable, covering the host."""
    if spec.tls_secret_name is None:
        return None
    try:
        secret = client.get(SECRET, namespace, spec.tls_secret_name)
    except ObjectNotFound:
        return None
    content, roots = secret.get("data"), known_roots().roots
    verdict = judge_secret(str(secret.get("type", "")), content, now=timezone.now(), host=spec.host, roots=roots)
    return CertificateFacts(
        secret_name=spec.tls_secret_name,
        fingerprint_sha256=verdict.fingerprint_sha256,
        reasons=tuple(map(_said, verdict.reasons)),
        warnings=tuple(map(_said, verdict.warnings)),
    )


def find_change_of_certificate(delivery: Delivery, client: ClusterClient) -> str:
    """What became of the Secret while the object was pushed; empty where it still holds what was approved."""
    spec, approved = ExposureSpec.from_json(delivery.revision.spec), delivery.revision.facts
    if spec.tls_secret_name is None:
        return ""
    now = _read_certificate(client, delivery.exposure.namespace, spec)
    if now is None or now.fingerprint_sha256 != approved.get("certificate_fingerprint", now.fingerprint_sha256):
        return say(_n("The certificate in %(secret)s is not the one that was approved."), secret=spec.tls_secret_name)
    return now.reasons[0][1] if now.reasons else ""


def _said(reason: Reason) -> tuple[str, str, str]:
    """In the words of the pages, in the language of their msgids."""
    with translation.override("en"):
        shown = shown_reason(asdict(reason))
    return shown["code"], shown["message"], shown["hint"]

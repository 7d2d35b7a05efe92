"""The last check before a push, by the cluster's own answer: bytes intact, certificate good, backends there, host free.

Everything here was checked when it was offered, submitted and decided (E2), against what was known of the cluster then;
this is the fourth time, against what it says now, because only now does it count.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _n

from apps.common.errors import Violation
from apps.common.said import say
from apps.delivery.errors import GateClosed
from apps.delivery.models import Delivery
from apps.exposures.policies import find_conflicts
from apps.exposures.rendering import is_intact
from apps.exposures.selectors import gather_facts
from apps.exposures.spec import ExposureSpec
from apps.inventory.services.refresh import refresh_kind
from apps.kube.certificates import judge_secret
from apps.kube.client import ClusterClient
from apps.kube.errors import ObjectNotFound
from apps.kube.kinds import INGRESS, SECRET, SERVICE

# A gate that closes for one of these makes the request out of date rather than failed: somebody has to ask anew.
OUTDATING = frozenset(
    {
        "certificate_changed",
        "certificate_not_usable",
        "host_conflict",
        "port_not_found",
        "secret_not_offered",
        "service_not_found",
    }
)
# A list of all Ingresses of a large cluster takes a while, so a burst of deliveries shares one.
INGRESS_AGE = timedelta(seconds=1)


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


def check_backends(delivery: Delivery, client: ClusterClient) -> None:
    """Every Service is still there and still has the port."""
    spec = ExposureSpec.from_json(delivery.revision.spec)
    namespace = delivery.exposure.namespace
    ports = {name: _read_ports(client, namespace, name) for name in {path.service_name for path in spec.paths}}
    for index, path in enumerate(spec.paths):
        known = ports[path.service_name]
        if known is None:
            message = say(
                _n("There is no Service %(name)s in %(namespace)s any more."),
                name=path.service_name,
                namespace=namespace,
            )
            raise _closed(
                "service_not_found", f"paths.{index}.service_name", message, say(_n("Choose another Service."))
            )
        if path.service_port not in known:
            message = say(
                _n("Service %(name)s has no port %(port)s any more."), name=path.service_name, port=path.service_port
            )
            raise _closed("port_not_found", f"paths.{index}.service_port", message, say(_n("Choose another port.")))


def check_host(delivery: Delivery, client: ClusterClient) -> None:
    """Nobody took the host behind the portal's back: the conflicts once more, over the Ingresses as of now."""
    exposure = delivery.exposure
    refresh_kind(cluster=exposure.cluster, kind=INGRESS, client=client, max_age=INGRESS_AGE)
    spec = ExposureSpec.from_json(delivery.revision.spec)
    facts = gather_facts(
        cluster=exposure.cluster, namespace=exposure.namespace, team=exposure.team, spec=spec, exposure=exposure
    )
    if find_conflicts(facts):
        message = say(_n("%(host)s is taken."), host=spec.host)
        raise _closed("host_conflict", "host", message, say(_n("Talk to its owner, or choose another host.")))


def _read_ports(client: ClusterClient, namespace: str, name: str) -> set[str | int] | None:
    """Names and numbers; None for a Service that is not there."""
    try:
        service = client.get(SERVICE, namespace, name)
    except ObjectNotFound:
        return None
    ports = (service.get("spec") or {}).get("ports") or []
    return {port[key] for port in ports for key in ("name", "port") if key in port}


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

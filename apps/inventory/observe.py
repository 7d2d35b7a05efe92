"""Turns what a cluster answered into rows, without touching the database.

Objects come from clusters that anyone may have written to, so every field may be absent or of a wrong type: what cannot
be read is left empty, and nothing here raises. Private keys are dropped with the object they came in (S4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from apps.common.storable import storable
from apps.inventory.models import Ingress, IngressClass, IngressPath, Namespace, Secret, Service
from apps.inventory.trust import KnownRoots, judge_trust
from apps.kube.certificates import REASONS, TLS_SECRET_TYPE, CertificateFacts, judge_secret, passing_reasons
from apps.kube.manifests import EXPOSURE_LABEL

DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
LEGACY_CLASS = "kubernetes.io/ingress.class"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SERVICE_NAME_LABEL = "kubernetes.io/service-name"
NAME_LIMIT = 253
# Those that `passing_reasons` finds in stored facts.
PASSING_CODES = frozenset({"expired", "not_yet_valid", "host_not_covered"})

Manifest = Mapping[str, Any]
ServiceKey = tuple[str, str]


def namespace_row(cluster_id: str, item: Manifest) -> Namespace:
    return Namespace(**_identity(cluster_id, item))


def ingress_class_row(cluster_id: str, item: Manifest) -> IngressClass:
    spec = mapping(item.get("spec"))
    is_default = text(_annotations(item).get(DEFAULT_CLASS)) == "true"
    return IngressClass(**_identity(cluster_id, item), controller=text(spec.get("controller")), is_default=is_default)


def service_row(cluster_id: str, item: Manifest) -> Service:
    """Without its ready endpoints, which other objects know."""
    spec = mapping(item.get("spec"))
    return Service(
        **_namespaced(cluster_id, item),
        type=text(spec.get("type"), 20) or "ClusterIP",
        ports=[_service_port(port) for port in mappings(spec.get("ports"))],
    )


def count_ready(slices: Iterable[Manifest]) -> Counter[ServiceKey]:
    """Ready addresses per (namespace, service); one that is in several slices counts once."""
    ready: dict[ServiceKey, set[str]] = {}
    for item in slices:
        metadata = mapping(item.get("metadata"))
        service = text(mapping(metadata.get("labels")).get(SERVICE_NAME_LABEL))
        key = (text(metadata.get("namespace")), service)
        ready.setdefault(key, set()).update(_ready_addresses(item))
    return Counter({key: len(addresses) for key, addresses in ready.items()})


def secret_row(cluster_id: str, item: Manifest, now: datetime, known: KnownRoots | None = None) -> Secret:
    """The public part of a TLS secret; of another one, which comes as bare metadata, just the name.

    Without `known` nothing is said of trust.
    """
    is_tls = item.get("type") == TLS_SECRET_TYPE
    roots = known.roots if known else None
    facts = judge_secret(TLS_SECRET_TYPE if is_tls else "", mapping(item.get("data")), now=now, roots=roots)
    return Secret(
        **_namespaced(cluster_id, item),
        type=text(item.get("type"), 60),
        is_tls=is_tls,
        usable=facts.usable,
        subject_names=[storable(name) for name in facts.subject_names],
        issuer=storable(facts.issuer)[:300],
        not_before=facts.not_before,
        not_after=facts.not_after,
        fingerprint_sha256=facts.fingerprint_sha256,
        key_type=facts.key_type[:40],
        reasons=[asdict(reason) for reason in facts.reasons],
        warnings=[warning.code for warning in facts.warnings],
        chain_pem=facts.chain_pem,
        trust_digest=known.digest if known and facts.chain_pem else "",
    )


def judge_again(stored: Secret, now: datetime, known: KnownRoots) -> Secret:
    """The row of a secret that has not changed, with what comes and goes by the day and by the known authorities."""
    facts = CertificateFacts(tuple(stored.subject_names), not_before=stored.not_before, not_after=stored.not_after)
    lasting = [reason for reason in stored.reasons if reason["code"] not in PASSING_CODES]
    passing = passing_reasons(facts, now=now, host=None) if stored.fingerprint_sha256 else []
    row = copy(stored)
    row.pk = None
    row.reasons = lasting + [asdict(REASONS[code]) for code in passing]
    row.usable = not row.reasons
    judge_trust(row, known, now)
    return row


def ingress_row(cluster_id: str, item: Manifest) -> Ingress:
    metadata, spec = mapping(item.get("metadata")), mapping(item.get("spec"))
    annotations = _annotations(item)
    return Ingress(
        **_namespaced(cluster_id, item),
        ingress_class_name=text(spec.get("ingressClassName")) or text(annotations.get(LEGACY_CLASS)),
        exposure_id=text(mapping(metadata.get("labels")).get(EXPOSURE_LABEL), 40),
        tls=[
            {"hosts": texts(entry.get("hosts")), "secret_name": text(entry.get("secretName"))}
            for entry in mappings(spec.get("tls"))
        ],
        addresses=_load_balancer_addresses(item),
        annotations=plain({name: value for name, value in annotations.items() if name != LAST_APPLIED}),
        created_at=_time(metadata.get("creationTimestamp")),
    )


def ingress_paths(item: Manifest) -> list[IngressPath]:
    """One per (host, path), the default backend as the path of every host; not yet bound to their Ingress."""
    spec = mapping(item.get("spec"))
    paths = [path for rule in mappings(spec.get("rules")) for path in _rule_paths(rule)]
    default = mapping(spec.get("defaultBackend"))
    return paths + ([_path("", {"path": "/", "backend": default})] if default else [])


def object_name(item: Manifest) -> tuple[str, str]:
    """Namespace and name."""
    metadata = mapping(item.get("metadata"))
    return text(metadata.get("namespace"), 63), text(metadata.get("name"))


def object_version(item: Manifest) -> tuple[str, str, str, str]:
    """Namespace, name, uid and resourceVersion, as rows have them: equal for objects that have not changed."""
    metadata = mapping(item.get("metadata"))
    return (*object_name(item), text(metadata.get("uid"), 60), text(metadata.get("resourceVersion"), 60))


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    return (entry for entry in value if isinstance(entry, Mapping)) if isinstance(value, list) else iter(())


def text(value: Any, limit: int = NAME_LIMIT) -> str:
    return storable(value)[:limit] if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    return [text(entry) for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def plain(values: Mapping[str, Any]) -> dict[str, str]:
    """Labels or annotations as they may be stored."""
    return {text(name, 320): storable(value) for name, value in values.items() if isinstance(value, str)}


def _identity(cluster_id: str, item: Manifest) -> dict[str, Any]:
    metadata = mapping(item.get("metadata"))
    return {
        "cluster_id": cluster_id,
        "name": text(metadata.get("name")),
        "uid": text(metadata.get("uid"), 60),
        "resource_version": text(metadata.get("resourceVersion"), 60),
        "labels": plain(mapping(metadata.get("labels"))),
    }


def _namespaced(cluster_id: str, item: Manifest) -> dict[str, Any]:
    return {**_identity(cluster_id, item), "namespace": text(mapping(item.get("metadata")).get("namespace"), 63)}


def _annotations(item: Manifest) -> Mapping[str, Any]:
    return mapping(mapping(item.get("metadata")).get("annotations"))


def _service_port(port: Manifest) -> dict[str, Any]:
    number = port.get("port")
    return {
        "name": text(port.get("name"), 63),
        "port": number if isinstance(number, int) else 0,
        "protocol": text(port.get("protocol"), 20) or "TCP",
        "app_protocol": text(port.get("appProtocol"), 60) or None,
    }


def _ready_addresses(item: Manifest) -> Iterator[str]:
    for endpoint in mappings(item.get("endpoints")):
        # Absent means unknown, which the API tells its readers to take as ready.
        if mapping(endpoint.get("conditions")).get("ready") is not False:
            yield from texts(endpoint.get("addresses"))


def _rule_paths(rule: Manifest) -> list[IngressPath]:
    host = text(rule.get("host")).lower()
    entries = list(mappings(mapping(rule.get("http")).get("paths")))
    # A host without paths is served all the same: everything there goes to the controller's default backend.
    return [_path(host, entry) for entry in entries or ([{"path": "/"}] if host else [])]


def _path(host: str, entry: Manifest) -> IngressPath:
    service = mapping(mapping(entry.get("backend")).get("service"))
    port = mapping(service.get("port"))
    number = port.get("number")
    return IngressPath(
        host=host,
        path=text(entry.get("path"), 1000) or "/",
        path_type=text(entry.get("pathType"), 30) or "ImplementationSpecific",
        service_name=text(service.get("name")),
        service_port=text(port.get("name"), 63) or (str(number) if isinstance(number, int) else ""),
    )


def _load_balancer_addresses(item: Manifest) -> list[str]:
    entries = mapping(mapping(item.get("status")).get("loadBalancer")).get("ingress")
    return [text(entry.get("ip")) or text(entry.get("hostname")) for entry in mappings(entries)]


def _time(value: Any) -> datetime | None:
    try:
        return parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None

"""Renders an exposure to the one Kubernetes object it becomes. Pure: the same input gives the same bytes for ever.

The hash that people approve covers the rendered bytes *before* the stamp; the stamp (revision and hash, for whoever
looks at the live object) is added by a function of its own when the object is applied. Whatever changes the bytes for
an unchanged input must raise RENDERER_VERSION.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

RENDERER_VERSION = "1"
FIELD_MANAGER = "portico"

MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
EXPOSURE_LABEL = "portico.dev/exposure"
REVISION_ANNOTATION = "portico.dev/revision"
HASH_ANNOTATION = "portico.dev/content-hash"

_NAME_LIMIT = 63
_READING_ORDER = ("apiVersion", "kind", "metadata", "name", "namespace", "host", "http", "path", "pathType", "backend")
_HASH_DIGITS = 8


@dataclass(frozen=True, slots=True)
class BackendPath:
    """One path of the host and the service that answers it; the port by its name or number."""

    path: str
    path_type: str
    service_name: str
    service_port: str | int


def render_ingress(
    *,
    name: str,
    namespace: str,
    exposure_id: str,
    host: str,
    paths: Sequence[BackendPath],
    tls_secret_name: str | None,
    default_certificate: bool = False,
    ingress_class_name: str | None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The Ingress for one host; with TLS its `hosts` is exactly that host.

    With `default_certificate` no Secret is named, and the controller serves the one that it has for that.
    `annotations` are those that typed options were compiled to, never a user's text.
    """
    if not host or not paths:
        raise ValueError("an Ingress has one host and at least one path")
    spec: dict[str, Any] = {"ingressClassName": ingress_class_name} if ingress_class_name else {}
    if tls_secret_name is not None:
        spec["tls"] = [{"hosts": [host], "secretName": tls_secret_name}]
    elif default_certificate:
        spec["tls"] = [{"hosts": [host]}]
    spec["rules"] = [{"host": host, "http": {"paths": [_path(one) for one in paths]}}]
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": namespace,
        "labels": {MANAGED_BY_LABEL: FIELD_MANAGER, EXPOSURE_LABEL: exposure_id},
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def _path(path: BackendPath) -> dict[str, Any]:
    port_field = "number" if isinstance(path.service_port, int) else "name"
    service = {"name": path.service_name, "port": {port_field: path.service_port}}
    return {"path": path.path, "pathType": path.path_type, "backend": {"service": service}}


def stamp(manifest: Mapping[str, Any], *, content_hash: str, revision: str) -> dict[str, Any]:
    """A copy that says which approved revision it is."""
    stamped = copy.deepcopy(dict(manifest))
    annotations = stamped["metadata"].setdefault("annotations", {})
    annotations[REVISION_ANNOTATION] = revision
    annotations[HASH_ANNOTATION] = content_hash
    return stamped


def object_name(host: str, exposure_id: str) -> str:
    """A name that people recognise, that is the same each time, and that no other exposure gets."""
    digest = hashlib.sha256(f"{host}\n{exposure_id}".encode()).hexdigest()[:_HASH_DIGITS]
    readable = re.sub(r"[^a-z0-9]+", "-", host.lower().replace("*", "wildcard"))
    return (
        readable.strip("-")[: _NAME_LIMIT - _HASH_DIGITS - 1].strip("-") + "-" + digest
        if readable.strip("-")
        else digest
    )


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """Sorted, compact UTF-8: equal content has equal bytes."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


class _PlainDumper(yaml.SafeDumper):
    """Writes every value out: an alias in a manifest would only puzzle its reader."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(manifest: Mapping[str, Any]) -> str:
    """The manifest as people read it, in the order they know from Kubernetes; good for `kubectl apply -f -`."""
    ordered = _in_reading_order(manifest)
    text: str = yaml.dump(ordered, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _in_reading_order(value: Any) -> Any:
    """Known keys first, in the order of the Kubernetes documentation; the rest keep their order."""
    if isinstance(value, Mapping):
        known = [key for key in _READING_ORDER if key in value]
        return {key: _in_reading_order(value[key]) for key in dict.fromkeys([*known, *value])}
    if isinstance(value, list):
        return [_in_reading_order(entry) for entry in value]
    return value

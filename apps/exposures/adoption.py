"""Reads a live Ingress back into a spec, so that what was changed in the cluster can be asked for like any change (D6).

Pure. What a spec cannot say is named field by field instead of being left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.common.errors import PolicyViolation, Violation
from apps.exposures.options import ANNOTATIONS, read_options
from apps.exposures.policies import ClusterFacts
from apps.exposures.spec import ExposureSpec, parse_spec
from apps.kube.acting import is_acting
from apps.kube.manifests import (
    EXPOSURE_LABEL,
    FIELD_MANAGER,
    HASH_ANNOTATION,
    MANAGED_BY_LABEL,
    REVISION_ANNOTATION,
)

Manifest = Mapping[str, Any]
STAMP = {REVISION_ANNOTATION, HASH_ANNOTATION}


@dataclass(frozen=True, slots=True)
class Adoption:
    """`spec` is what the object says, None where `obstacles` tell what of it cannot be stated."""

    spec: ExposureSpec | None
    obstacles: tuple[Violation, ...] = ()

    @property
    def is_possible(self) -> bool:
        return self.spec is not None


def read_back(live: Manifest, *, stated: ExposureSpec, exposure_id: str, cluster: ClusterFacts) -> Adoption:
    """What `live` says for the exposure that `stated` was the last word on. Its controller follows from its class."""
    spec = _mapping(live.get("spec"))
    class_name = str(spec.get("ingressClassName") or "")
    controller = cluster.controllers.get(class_name or cluster.default_ingress_class_name, "")
    annotations = _texts(_mapping(live.get("metadata")).get("annotations"))
    options, unread = read_options(annotations, controller, stated=stated.options)
    obstacles = [
        *_label_obstacles(live, exposure_id),
        *_rule_obstacles(spec, stated.host),
        *_tls_obstacles(spec, stated.host),
        *_annotation_obstacles(annotations, unread),
    ]
    if obstacles:
        return Adoption(None, tuple(obstacles))
    is_default = stated.ingress_class_name is None and class_name in {"", cluster.default_ingress_class_name}
    said = {
        "host": stated.host,
        "paths": [_path(entry) for entry in _paths(spec)],
        "tls": _tls(spec),
        "ingress_class_name": None if is_default else class_name or None,
        "options": options,
    }
    try:
        return Adoption(parse_spec(said))
    except PolicyViolation as error:
        return Adoption(None, tuple(error.errors))


def _label_obstacles(live: Manifest, exposure_id: str) -> Iterator[Violation]:
    labels = _texts(_mapping(live.get("metadata")).get("labels"))
    for name, value in ((MANAGED_BY_LABEL, FIELD_MANAGER), (EXPOSURE_LABEL, exposure_id)):
        if labels.get(name) != value:
            yield _obstacle(f"metadata.labels.{name}", _("The label says whose object this is; it must be given back."))


def _annotation_obstacles(annotations: Mapping[str, str], unread: Iterable[str]) -> Iterator[Violation]:
    """`unread` are the portal's own with a value that it would not write; the others here are for somebody else."""
    for key in unread:
        yield _obstacle(f"metadata.annotations.{key}", _("No option of the portal writes this value."))
    for key in sorted(annotations.keys() - ANNOTATIONS - STAMP):
        if is_acting(key):
            yield _obstacle(f"metadata.annotations.{key}", _("No option of the portal stands for this."))


def _rule_obstacles(spec: Manifest, host: str) -> Iterator[Violation]:
    if spec.get("defaultBackend"):
        yield _obstacle("spec.defaultBackend", _("A default backend answers for every host; an exposure is one host."))
    rules = _mappings(spec.get("rules"))
    if [rule.get("host") for rule in rules] != [host]:
        yield _obstacle("spec.rules", _("An exposure has exactly one rule, for %(host)s.") % {"host": host})
        return
    if not _paths(spec):
        yield _obstacle("spec.rules.0.http.paths", _("An exposure has at least one path."))
    for index, path in enumerate(_paths(spec)):
        if not _mapping(_mapping(path.get("backend")).get("service")).get("name"):
            yield _obstacle(f"spec.rules.0.http.paths.{index}.backend", _("Only a Service can be a backend."))


def _tls_obstacles(spec: Manifest, host: str) -> Iterator[Violation]:
    entries = _mappings(spec.get("tls"))
    if entries and [entry.get("hosts") for entry in entries] != [[host]]:
        yield _obstacle("spec.tls", _("TLS of an exposure is for exactly %(host)s.") % {"host": host})


def _obstacle(field: str, message: str) -> Violation:
    return Violation("not_expressible", field, message, _("Take it back, or state it in another way."))


def _paths(spec: Manifest) -> list[Manifest]:
    rules = _mappings(spec.get("rules"))
    return _mappings(_mapping(rules[0].get("http")).get("paths")) if rules else []


def _path(entry: Manifest) -> dict[str, Any]:
    service = _mapping(_mapping(entry.get("backend")).get("service"))
    port = _mapping(service.get("port"))
    return {
        "path": entry.get("path") or "/",
        "path_type": entry.get("pathType"),
        "service_name": service.get("name"),
        "service_port": port.get("name") or port.get("number"),
    }


def _tls(spec: Manifest) -> dict[str, Any] | None:
    entries = _mappings(spec.get("tls"))
    if not entries:
        return None
    named = entries[0].get("secretName")
    return {"secret_name": named} if named else {"default_certificate": True}


def _mapping(value: Any) -> Manifest:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Manifest]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _texts(value: Any) -> dict[str, str]:
    return {str(key): text for key, text in _mapping(value).items() if isinstance(text, str)}

"""Decides what has to happen to one object so that the cluster has what was approved. Pure.

What the portal states is compared, and what others added that changes how the object acts; status, bookkeeping and what
the API server fills in belong to others.
An object that does not carry our labels, or carries those of another exposure, is never touched (E7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.common.sentences import gettext_noop as _n
from apps.kube.acting import is_acting
from apps.kube.manifests import EXPOSURE_LABEL, FIELD_MANAGER, MANAGED_BY_LABEL

Manifest = dict[str, Any]

# Filled in by the API server or its admission when we leave it out.
_DEFAULTED = frozenset({"spec.ingressClassName"})
_ANNOTATION, _SPEC = "metadata.annotations.", "spec."


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that is not as desired; None means that it is absent."""

    path: str
    desired: Any
    live: Any


@dataclass(frozen=True, slots=True)
class Create:
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Update:
    """`added` are the paths of what others added: server-side apply leaves alone what it is not told of."""

    manifest: Manifest
    differences: list[FieldDifference]
    added: tuple[str, ...] = ()

    @property
    def removal(self) -> Manifest:
        """A JSON merge patch (RFC 7396) that takes out what others added, and nothing else."""
        annotations = {path.removeprefix(_ANNOTATION): None for path in self.added if path.startswith(_ANNOTATION)}
        fields = {path.removeprefix(_SPEC): None for path in self.added if path.startswith(_SPEC)}
        return ({"metadata": {"annotations": annotations}} if annotations else {}) | (
            {"spec": fields} if fields else {}
        )


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The cluster has what is wanted, which may be nothing."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Names exactly the object that was seen, so that its successor under the same name survives."""

    namespace: str
    name: str
    uid: str
    resource_version: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Hands off, and why: `code` is not_managed, other_exposure or being_deleted."""

    code: str
    message: str


Plan = Create | Update | Unchanged | Delete | Refuse


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote to an object, by the name it gave itself."""

    manager: str
    operation: str
    time: str


def make_plan(desired: Manifest | None, live: Manifest | None, *, exposure_id: str) -> Plan:
    """What to do so that `live` becomes `desired`; None stands for no object."""
    if live is None:
        return Unchanged() if desired is None else Create(desired)
    refusal = _refusal(live, exposure_id)
    if refusal is not None:
        return refusal
    if desired is None:
        metadata = live["metadata"]
        return Delete(metadata["namespace"], metadata["name"], metadata["uid"], metadata["resourceVersion"])
    if live["metadata"].get("deletionTimestamp"):
        return Refuse("being_deleted", _n("The object is being deleted; what holds it back must go first."))
    found = differences(desired, live)
    return Update(desired, found, _added(found, live)) if found else Unchanged()


def _refusal(live: Manifest, exposure_id: str) -> Refuse | None:
    labels = _mapping(_mapping(live.get("metadata")).get("labels"))
    if labels.get(MANAGED_BY_LABEL) != FIELD_MANAGER or EXPOSURE_LABEL not in labels:
        return Refuse("not_managed", _n("An object of this name exists that the portal did not make."))
    if labels[EXPOSURE_LABEL] != exposure_id:
        return Refuse("other_exposure", _n("The object belongs to another exposure."))
    return None


def differences(desired: Manifest, live: Manifest) -> list[FieldDifference]:
    """Where `live` departs from `desired`: our labels and annotations, those a controller obeys, and the spec."""
    found: list[FieldDifference] = []
    for name in ("apiVersion", "kind"):
        found += _compare(name, desired.get(name), live.get(name))
    wanted, present = _mapping(desired.get("metadata")), _mapping(live.get("metadata"))
    for name in ("namespace", "name"):
        found += _compare(f"metadata.{name}", wanted.get(name), present.get(name))
    for name in ("labels", "annotations"):
        ours, theirs = _mapping(wanted.get(name)), _mapping(present.get(name))
        for key in sorted(_answered_for(name, ours, theirs)):
            found += _compare(f"metadata.{name}.{key}", ours.get(key), theirs.get(key))
    return found + _compare("spec", desired.get("spec"), live.get("spec"))


def stated_part(desired: Manifest, live: Mapping[str, Any]) -> Manifest:
    """What `differences` looks at of a live object, in the shape of `desired`: what is ours and the whole spec."""
    wanted, present = _mapping(desired.get("metadata")), _mapping(live.get("metadata"))
    metadata: Manifest = {name: present.get(name) for name in ("name", "namespace")}
    for name in ("labels", "annotations"):
        theirs = _mapping(present.get(name))
        kept = {key: theirs[key] for key in _answered_for(name, _mapping(wanted.get(name)), theirs) if key in theirs}
        metadata |= {name: kept} if kept else {}
    return {**{name: live.get(name) for name in ("apiVersion", "kind")}, "metadata": metadata, "spec": live.get("spec")}


def _answered_for(field: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """The labels or annotations that are compared: ours, and those of others that a controller obeys."""
    foreign = [key for key in theirs if key not in ours and is_acting(key)] if field == "annotations" else []
    return [*ours, *foreign]


def _added(found: Iterable[FieldDifference], live: Manifest) -> tuple[str, ...]:
    """Annotations and fields of the spec itself, whose lists are written whole. What we alone hold, apply removes."""
    paths = [one.path for one in found if one.desired is None]
    foreign = [path for path in paths if _holders(live, path) != {FIELD_MANAGER}]
    return tuple(path for path in foreign if path.startswith(_ANNOTATION) or _is_of_spec(path))


def _is_of_spec(path: str) -> bool:
    return path.startswith(_SPEC) and "." not in path.removeprefix(_SPEC)


def _holders(live: Manifest, path: str) -> set[str]:
    """The managers that `managedFields` names for a field."""
    return {str(entry.get("manager", "")) for entry in _managed(live) if _holds(entry.get("fieldsV1"), path)}


def _managed(live: Manifest) -> list[Manifest]:
    entries = _mapping(live.get("metadata")).get("managedFields")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _compare(path: str, desired: Any, live: Any) -> list[FieldDifference]:
    if isinstance(desired, Mapping) and isinstance(live, Mapping):
        keys = sorted({*desired, *live})
        return _compare_parts(path, keys, [desired.get(key) for key in keys], [live.get(key) for key in keys])
    if _are_alike_lists(desired, live):
        return _compare_parts(path, range(len(desired)), desired, live)
    is_defaulted = path in _DEFAULTED and desired is None
    return [] if is_defaulted or _same(desired, live) else [FieldDifference(path, desired, live)]


def _are_alike_lists(desired: Any, live: Any) -> bool:
    return isinstance(desired, list) and isinstance(live, list) and len(desired) == len(live)


def _compare_parts(path: str, keys: Iterable[object], desired: list[Any], live: list[Any]) -> list[FieldDifference]:
    triples = zip(keys, desired, live, strict=True)
    return [one for key, ours, theirs in triples for one in _compare(f"{path}.{key}", ours, theirs)]


def _same(desired: Any, live: Any) -> bool:
    # The API server drops empty values, so an empty one and an absent one are the same wish.
    empty: tuple[Any, ...] = (None, "", [], {})
    if desired in empty and live in empty:
        return True
    return type(desired) is type(live) and bool(desired == live)


def last_writer(live: Manifest, *, of: Iterable[str] = (), field_manager: str = FIELD_MANAGER) -> Writer | None:
    """Whoever wrote last to the object besides us, the controllers that only report its status left aside.

    Where somebody holds one of the fields `of`, the last of those: others may have written elsewhere since.
    """
    others = [
        entry for entry in _managed(live) if entry.get("manager") != field_manager and not entry.get("subresource")
    ]
    paths = list(of)
    holders = [entry for entry in others if any(_holds(entry.get("fieldsV1"), path) for path in paths)]
    return max(map(_writer, holders or others), key=lambda writer: writer.time, default=None)


def _writer(entry: Manifest) -> Writer:
    return Writer(str(entry.get("manager", "")), str(entry.get("operation", "")), str(entry.get("time", "")))


def _holds(fields: Any, path: str) -> bool:
    """Whether a tree of `fieldsV1` reaches the dotted path. A leaf holds all below it: a list is changed as a whole."""
    for key, below in _mapping(fields).items():
        name = str(key).removeprefix("f:")
        if path == name or (path.startswith(f"{name}.") and (not below or _holds(below, path[len(name) + 1 :]))):
            return True
    return False


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

"""Create, update, patch and delete: from the request's body to the stored object.

Order as in kube-apiserver: decode, check identity and version, fill in, book the fields' owner, validate, and only
then store. A write that changes nothing is not stored. The store's lock is held from reading the live object to
storing the new one, so writes are serial.
"""

import copy
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sandbox import defaults, ownership, patches
from sandbox.decoding import (
    check_kind,
    check_strictly,
    check_typed_patch,
    check_types,
    pruned,
    read_document,
    unknown_fields,
)
from sandbox.errors import (
    MODIFIED,
    ApiError,
    already_exists,
    bad_request,
    conflict,
    invalid,
    invalid_value,
    not_found,
    required,
    unsupported_media_type,
)
from sandbox.kinds import NAMESPACE, SERVICE, Kind
from sandbox.ownership import Owner
from sandbox.requests import Request, Response, Target, json_response
from sandbox.schema import Object
from sandbox.storage import Store, Stored
from sandbox.validation import check_object

APPLY = "application/apply-patch+yaml"
PATCHERS = {
    "application/merge-patch+json": patches.merge_patch,
    "application/json-patch+json": patches.json_patch,
    "application/strategic-merge-patch+json": patches.strategic_merge_patch,
}
KEPT_METADATA = ("uid", "creationTimestamp", "generation", "deletionTimestamp")
SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Change:
    """One write: who asks for what on which object."""

    request: Request
    target: Target
    kind: Kind
    store: Store
    live: Stored | None

    @property
    def before(self) -> Object | None:
        return self.live.obj if self.live else None

    def owner(self, operation: str) -> Owner:
        return Owner(self.request.writer, operation, self.kind.group_version, subresource=self.target.subresource)


def create(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    obj, unknown = _decode(request, kind)
    metadata = _metadata(obj)
    _check_namespace(metadata, target)
    if metadata.get("generateName") and not metadata.get("name"):
        metadata["name"] = metadata["generateName"] + "".join(secrets.choice(SUFFIX_ALPHABET) for _ in range(5))
    if metadata.get("resourceVersion"):
        raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
    with store.changed:
        change = Change(request, target, kind, store, None)
        _need_namespace(change)
        new = _born(change, obj)
        ownership.record_update(None, new, kind, change.owner("Update"), now())
        return _warned(_finish(change, new), unknown)


def update(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    obj, unknown = _decode(request, kind)
    _check_identity(_metadata(obj), target)
    with store.changed:
        change = Change(request, target, kind, store, store.get(kind, target.namespace, target.name))
        if change.live is None:
            raise not_found(kind.group, kind.plural, target.name)
        return _warned(_replace(change, obj), unknown)


def patch(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    if request.media_type == APPLY:
        return _apply(request, target, kind, store)
    if request.media_type not in PATCHERS:
        raise unsupported_media_type("415: Unsupported Media Type", {})
    document = read_document(request.body, "application/json", "patch")
    with store.changed:
        change = Change(request, target, kind, store, store.get(kind, target.namespace, target.name))
        if change.live is None:
            raise not_found(kind.group, kind.plural, target.name)
        patched = PATCHERS[request.media_type](change.live.obj, document)
        obj, unknown = _checked(patched, request, kind)
        _check_identity(_metadata(obj), target)
        return _warned(_replace(change, obj), unknown)


def _decode(request: Request, kind: Kind) -> tuple[Object, list[str]]:
    return _checked(read_document(request.body, request.media_type, kind.kind), request, kind)


def _checked(document: Any, request: Request, kind: Kind) -> tuple[Object, list[str]]:
    """The object with its known fields, and the names of the others unless the caller does not care."""
    obj = check_kind(document, kind)
    check_types(obj, kind)
    validation = request.query.get("fieldValidation", "Warn")
    if validation == "Strict":
        check_strictly(obj, kind)
    unknown = [] if validation == "Ignore" else list(unknown_fields(obj, kind.schema))
    return pruned(obj, kind.schema), unknown


def _warned(response: Response, unknown: list[str]) -> Response:
    warnings = ", ".join(f'299 - "unknown field \\"{name}\\""' for name in unknown)
    return replace(response, headers={"Warning": warnings}) if warnings else response


def _metadata(obj: Object) -> Object:
    metadata: Object = obj.setdefault("metadata", {})
    return metadata


def _check_namespace(metadata: Object, target: Target) -> None:
    if metadata.get("namespace", target.namespace) not in ("", target.namespace) and target.resource != "namespaces":
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")


def _check_identity(metadata: Object, target: Target) -> None:
    name = metadata.setdefault("name", target.name)
    if name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")
    _check_namespace(metadata, target)


def _need_namespace(change: Change) -> None:
    if change.kind.namespaced and change.store.get(NAMESPACE, "", change.target.namespace) is None:
        raise not_found("", "namespaces", change.target.namespace)


def _born(change: Change, stated: Object) -> Object:
    """A new object with what the server sets; a stated status is dropped."""
    obj = copy.deepcopy(stated)
    if change.kind.has_status:
        obj.pop("status", None)
    metadata = obj["metadata"]
    for name in ("resourceVersion", "generation", "selfLink", "deletionTimestamp", "managedFields"):
        metadata.pop(name, None)
    if change.kind.namespaced:
        metadata["namespace"] = change.target.namespace
    else:
        metadata.pop("namespace", None)
    metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": now()}
    if change.kind.counts_generation:
        metadata["generation"] = 1
    _tidy(change, obj)
    return obj


def _tidy(change: Change, obj: Object) -> None:
    defaults.fill(change.kind, obj)
    for name in ("labels", "annotations", "finalizers", "ownerReferences"):
        if not obj["metadata"].get(name):
            obj["metadata"].pop(name, None)


def _prepared(change: Change, stated: Object) -> Object:
    """What is to replace the live object, with the server's own fields and what this request may not touch kept."""
    live = change.before or {}
    obj = copy.deepcopy(stated)
    _check_version(change, obj["metadata"])
    if change.target.subresource == "status":
        obj = copy.deepcopy(live) | {"status": obj.get("status"), "metadata": obj["metadata"]}
    elif change.kind.has_status:
        obj["status"] = copy.deepcopy(live.get("status"))
    metadata = obj["metadata"]
    for name in (*KEPT_METADATA, "namespace", "resourceVersion"):
        metadata.pop(name, None)
        if name in live["metadata"]:
            metadata[name] = live["metadata"][name]
    if change.kind is SERVICE:
        defaults.keep_allocated(obj, live)
    _tidy(change, obj)
    return obj


def _check_version(change: Change, metadata: Object) -> None:
    live = (change.before or {})["metadata"]
    kind, name = change.kind, change.target.name
    version, uid = metadata.get("resourceVersion"), metadata.get("uid")
    if uid and uid != live["uid"]:
        if change.request.method == "PATCH":
            cause = invalid_value("metadata.uid", uid, "field is immutable")
            raise invalid(kind.group, kind.kind, name, [cause, cause])  # the API server checks metadata twice
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {live['uid']}"
        raise conflict(kind.group, kind.plural, name, why)
    if version and version != live["resourceVersion"]:
        raise conflict(kind.group, kind.plural, name, MODIFIED)


def _replace(change: Change, stated: Object) -> Response:
    new = _prepared(change, stated)
    ownership.record_update(change.before, new, change.kind, change.owner("Update"), now())
    return _finish(change, new)


def _apply(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    config = _apply_config(request, target, kind)
    with store.changed:
        change = Change(request, target, kind, store, store.get(kind, target.namespace, target.name))
        metadata = config["metadata"]
        if change.live is None:
            _need_namespace(change)
            if metadata.get("uid"):
                stated = f"the provided object specified uid {metadata['uid']}"
                why = f"uid mismatch: {stated}, and no existing object was found"
                raise conflict(kind.group, kind.plural, target.name, why)
        applied = ownership.apply(change.before, config, kind, change.owner("Apply"), force=request.flag("force"))
        new = _born(change, applied.obj) if change.live is None else _prepared(change, applied.obj)
        ownership.record_apply(new, applied, change.before, now())
        return _finish(change, new)


def _apply_config(request: Request, target: Target, kind: Kind) -> Object:
    if not request.query.get("fieldManager"):
        raise invalid("meta.k8s.io", "PatchOptions", "", [required("fieldManager", "is required for apply patch")])
    config = read_document(request.body, request.media_type, kind.kind)
    if not isinstance(config, dict):
        raise bad_request("error decoding YAML: the configuration is not an object")
    named, version = config.get("kind", ""), config.get("apiVersion", "")
    if (named, version) != (kind.kind, kind.group_version):
        raise bad_request(f"invalid object type: {version or '/'}, Kind={named}")
    check_typed_patch(config, kind, str(_metadata(config).get("name", target.name)))
    if _metadata(config).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    _check_identity(config["metadata"], target)
    _drop_nulls(config)
    return config


def _drop_nulls(config: Any) -> None:
    for name in [name for name, value in config.items() if value is None]:
        del config[name]
    for value in config.values():
        if isinstance(value, dict):
            _drop_nulls(value)


def _finish(change: Change, new: Object) -> Response:
    """Validates, counts the generation, stores unless nothing changed or this is a dry run."""
    dry_run = change.request.dry_run
    defaults.allocate(change.kind, new, change.before, change.store)
    check_object(change.kind, new, change.before, change.target.subresource)
    if change.live is None:
        existing = change.store.get(change.kind, change.target.namespace, new["metadata"]["name"])
        if existing is not None:
            raise already_exists(change.kind.group, change.kind.plural, new["metadata"]["name"])
        return json_response(new, 201) if dry_run else _answer(change.store.put(change.kind, new), 201)
    _count_generation(change, new)
    if _same(change.live.obj, new):
        return _answer(change.live, 200)
    return json_response(new) if dry_run else _answer(change.store.put(change.kind, new), 200)


def _count_generation(change: Change, new: Object) -> None:
    if not change.kind.counts_generation or change.before is None:
        return
    ignored = ("metadata", "status")
    old_body = {name: part for name, part in change.before.items() if name not in ignored}
    new_body = {name: part for name, part in new.items() if name not in ignored}
    if old_body != new_body:
        new["metadata"]["generation"] = change.before["metadata"]["generation"] + 1


def _same(live: Object, new: Object) -> bool:
    return _timeless(live) == _timeless(new)


def _timeless(obj: Object) -> Object:
    entries = [
        {name: value for name, value in entry.items() if name != "time"}
        for entry in obj["metadata"].get("managedFields", [])
    ]
    return obj | {"metadata": obj["metadata"] | {"managedFields": entries}}


def _answer(stored: Stored, code: int) -> Response:
    return Response(code, stored.body + b"\n")

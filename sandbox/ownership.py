"""Who owns which field: `metadata.managedFields`, and the rules of server-side apply.

`apply` merges a configuration as kube-apiserver does: fields the manager stated before and no longer states go
away, unless someone else owns them; another manager's field with another value is a conflict, unless `force`.
`record_update` books a plain write.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sandbox.errors import ApiError, Cause
from sandbox.fields import Path, Paths, compare, declared, decode, dotted, encode, owned
from sandbox.kinds import Kind
from sandbox.merging import merge, without
from sandbox.schema import Object, skeleton


@dataclass(frozen=True)
class Owner:
    name: str
    operation: str  # Apply or Update
    group_version: str
    subresource: str = ""
    time: str = ""
    paths: Paths = frozenset()

    @property
    def identity(self) -> tuple[str, str, str, str]:
        version = "" if self.operation == "Apply" else self.group_version
        return (self.name, self.operation, version, self.subresource)

    def as_json(self) -> Object:
        entry = {"manager": self.name, "operation": self.operation, "apiVersion": self.group_version}
        if self.time:
            entry["time"] = self.time
        body: Object = entry | {"fieldsType": "FieldsV1", "fieldsV1": encode(self.paths)}
        if self.subresource:
            body["subresource"] = self.subresource
        return body


def owners_of(obj: Object) -> list[Owner]:
    return [_owner(entry) for entry in obj.get("metadata", {}).get("managedFields", [])]


def _owner(entry: dict[str, Any]) -> Owner:
    return Owner(
        name=entry.get("manager", ""),
        operation=entry["operation"],
        group_version=entry["apiVersion"],
        subresource=entry.get("subresource", ""),
        time=entry.get("time", ""),
        paths=frozenset(decode(entry.get("fieldsV1", {}))),
    )


def write_owners(obj: Object, owners: Iterable[Owner]) -> None:
    kept = sorted(
        (owner for owner in owners if owner.paths),
        key=lambda m: (m.operation, m.time, m.name, m.group_version, m.subresource),
    )
    obj["metadata"].pop("managedFields", None)
    if kept:
        obj["metadata"]["managedFields"] = [owner.as_json() for owner in kept]


def _split(obj: Object | None, me: Owner) -> tuple[Owner | None, list[Owner]]:
    everyone = owners_of(obj) if obj else []
    mine = [manager for manager in everyone if manager.identity == me.identity]
    return (mine[0] if mine else None), [manager for manager in everyone if manager.identity != me.identity]


def _reset_paths(subresource: str) -> tuple[str, ...]:
    return ("f:spec",) if subresource == "status" else ("f:status",)


def record_update(live: Object | None, new: Object, kind: Kind, me: Owner, now: str) -> None:
    """Books what a create, update or patch changed as `me`'s, and takes it from the others."""
    before, others = _split(live, me)
    difference = compare(live or skeleton(kind.schema), new, kind.schema)
    changed = owned(difference.added | difference.modified)
    removed = owned(difference.removed)
    old_paths = before.paths if before else frozenset()
    paths = frozenset(path for path in (old_paths - removed) | changed if path[0] not in _reset_paths(me.subresource))
    time = now if changed or removed or before is None else before.time
    rest = [replace(other, paths=other.paths - changed - removed) for other in others]
    write_owners(new, [*rest, replace(me, paths=paths, time=time)])


@dataclass(frozen=True)
class Applied:
    obj: Object
    others: list[Owner]
    mine: Owner
    before: Owner | None


def apply(live: Object | None, config: Object, kind: Kind, me: Owner, *, force: bool) -> Applied:
    """The merged object, not yet defaulted; raises the 409 that names the other managers."""
    base = live if live is not None else skeleton(kind.schema)
    before, others = _split(live, me)
    stated = {name: part for name, part in config.items() if f"f:{name}" not in _reset_paths(me.subresource)}
    mine = replace(me, paths=owned(declared(stated, kind.schema)))
    merged = merge(base, stated, kind.schema)
    if before is not None:
        kept = mine.paths.union(*(other.paths for other in others))
        merged = without(merged, before.paths - mine.paths, kept, kind.schema)
    difference = compare(base, merged, kind.schema)
    changed = owned(difference.added | difference.modified)
    clashes = [(other, other.paths & changed) for other in others if other.paths & changed]
    if clashes and not force:
        raise _conflict(clashes)
    gone = owned(difference.removed)
    rest = [replace(other, paths=other.paths - changed - gone) for other in others]
    return Applied(merged, rest, mine, before)


def record_apply(new: Object, applied: Applied, live: Object | None, now: str) -> None:
    """A new time only when the object changed: an unchanged apply must not count as a write."""
    unchanged = live is not None and _same_but_owners(live, new)
    old_time = applied.before.time if applied.before else ""
    write_owners(new, [*applied.others, replace(applied.mine, time=old_time if unchanged else now)])


def _same_but_owners(live: Object, new: Object) -> bool:
    return _unmanaged(live) == _unmanaged(new)


def _unmanaged(obj: Object) -> Object:
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    return obj | {"metadata": metadata}


def _named(manager: Owner) -> str:
    if manager.operation == "Apply":
        return f'"{manager.name}"'
    subresource = f' with subresource "{manager.subresource}"' if manager.subresource else ""
    return f'"{manager.name}"{subresource} using {manager.group_version}'


def _conflict(clashes: list[tuple[Owner, frozenset[Path]]]) -> ApiError:
    causes: list[Cause] = []
    texts = []
    for manager, paths in sorted(clashes, key=lambda clash: _named(clash[0])):
        fields = sorted(dotted(path) for path in paths)
        causes += [Cause("FieldManagerConflict", name, f"conflict with {_named(manager)}") for name in fields]
        if len(fields) == 1:
            texts.append(f"conflict with {_named(manager)}: {fields[0]}")
        else:
            texts.append("\n- ".join([f"conflicts with {_named(manager)}:", *fields]))
    count = f"{len(causes)} conflict" + ("s" if len(causes) > 1 else "")
    message = f"Apply failed with {count}: " + "\n".join(texts)
    return ApiError(409, "Conflict", message, {"causes": [cause.as_json() for cause in causes]})

"""Sets of fields: what an object states, how two objects differ, and the `fieldsV1` form of both.

A path is a tuple of elements as `fieldsV1` spells them: `f:name`, `k:{"port":80}` for an item of a keyed list,
`v:"x"` for a member of a set.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.schema import List, Map, Object, Scalar, Schema, Struct, is_granular

Path = tuple[str, ...]
Paths = frozenset[Path]

# Who set these is of no interest: the server does, or they name the object.
SYSTEM_PATHS = frozenset(
    [("f:apiVersion",), ("f:kind",), ("f:metadata",)]
    + [
        ("f:metadata", f"f:{name}")
        for name in [
            "name",
            "namespace",
            "selfLink",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields",
        ]
    ]
)


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def key_element(schema: List, item: Any) -> str:
    if schema.is_set:
        return f"v:{compact(item)}"
    return f"k:{compact(dict(sorted(schema.key_of(item))))}"


def children(value: Any, schema: Schema) -> Iterator[tuple[str, Any, Schema]]:
    """The parts of a granular value that can be owned separately."""
    if isinstance(schema, List) and isinstance(value, list):
        for item in value:
            yield key_element(schema, item), item, schema.item
    elif isinstance(schema, Struct | Map) and isinstance(value, dict):
        for name, part in value.items():
            inner = schema.fields.get(name) if isinstance(schema, Struct) else schema.value
            if inner is not None:
                yield f"f:{name}", part, inner


def _is_leaf(value: Any, schema: Schema) -> bool:
    return not value or not is_granular(schema)


def declared(value: Any, schema: Schema, path: Path = ()) -> Iterator[Path]:
    """What an applied configuration states."""
    if _is_leaf(value, schema) or isinstance(schema, Scalar):
        yield path
        return
    for element, part, part_schema in children(value, schema):
        if element.startswith("k:"):
            yield (*path, element)
        if not (element.startswith("k:") and not is_granular(part_schema)):
            yield from declared(part, part_schema, (*path, element))


def everything(value: Any, schema: Schema, path: Path) -> Iterator[Path]:
    yield path
    if is_granular(schema):
        for element, part, part_schema in children(value, schema):
            yield from everything(part, part_schema, (*path, element))


@dataclass
class Comparison:
    added: set[Path] = field(default_factory=set)
    modified: set[Path] = field(default_factory=set)
    removed: set[Path] = field(default_factory=set)

    def compare(self, old: Any, new: Any, schema: Schema, path: Path = ()) -> None:
        if not is_granular(schema) or not isinstance(new, dict | list) or not isinstance(old, dict | list):
            if old != new:
                self.modified.add(path)
            return
        before = {element: (part, inner) for element, part, inner in children(old, schema)}
        after = {element: (part, inner) for element, part, inner in children(new, schema)}
        for element, (part, inner) in after.items():
            here = (*path, element)
            if element in before:
                self.compare(before[element][0], part, inner, here)
            else:
                self.added.update(everything(part, inner, here))
        for element in before.keys() - after.keys():
            part, inner = before[element]
            self.removed.update(everything(part, inner, (*path, element)))


def compare(old: Object, new: Object, schema: Schema) -> Comparison:
    result = Comparison()
    result.compare(old, new, schema)
    return result


def owned(paths: Iterable[Path]) -> Paths:
    return frozenset(path for path in paths if path and path not in SYSTEM_PATHS and path[:2] not in _OPAQUE)


_OPAQUE = {("f:metadata", "f:managedFields")}


def encode(paths: Iterable[Path]) -> Object:
    tree: Object = {}
    for path in sorted(paths):
        node = tree
        for element in path:
            node = node.setdefault(element, {})
        node["."] = {}
    return _tidy(tree)


def _tidy(node: Object) -> Object:
    if set(node) == {"."}:
        return {}
    return {element: _tidy(part) for element, part in sorted(node.items())}


def decode(tree: Object, path: Path = ()) -> Iterator[Path]:
    for element, part in tree.items():
        if element == ".":
            yield path
        elif part:
            yield from decode(part, (*path, element))
        else:
            yield (*path, element)


def dotted(path: Path) -> str:
    """The path as conflict messages show it: `.spec.ports[port=80,protocol="TCP"].name`."""
    text = ""
    for element in path:
        kind, _, name = element.partition(":")
        if kind == "f":
            text += f".{name}"
        elif kind == "k":
            pairs = ",".join(f"{key}={compact(value)}" for key, value in json.loads(name).items())
            text += f"[{pairs}]"
        else:
            text += f"[={name}]"
    return text

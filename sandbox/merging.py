"""Changing an object piece by piece as its schema says: merge a configuration into it, take single fields out of it."""

import copy
from collections.abc import Iterable
from typing import Any

from sandbox.fields import Path, Paths, key_element
from sandbox.schema import List, Map, Object, Schema, Struct, is_granular


def merge(live: Any, config: Any, schema: Schema) -> Any:
    """`config` laid over `live`; what it does not mention stays."""
    if live is None or config is None or not is_granular(schema):
        return copy.deepcopy(config)
    if isinstance(schema, List):
        return _merge_list(live, config, schema)
    merged = dict(live)
    for name, part in config.items():
        merged[name] = merge(merged.get(name), part, _part_schema(schema, name))
    return merged


def _part_schema(schema: Schema, name: str) -> Schema:
    if isinstance(schema, Struct):
        return schema.fields[name]
    if isinstance(schema, Map):
        return schema.value
    raise TypeError(f"{schema!r} has no named parts")


def _merge_list(live: list[Any], config: list[Any], schema: List) -> list[Any]:
    left = {key_element(schema, item): item for item in live}
    merged = []
    for item in config:
        before = left.pop(key_element(schema, item), None)
        merged.append(merge(before, item, schema.item))
    return merged + list(left.values())


def without(value: Object, paths: Iterable[Path], kept: Paths, schema: Schema) -> Object:
    """A copy of the object less the given fields; a field stays when `kept` holds it or something beneath it."""
    result: Object = copy.deepcopy(value)
    alive = {path[:length] for path in kept for length in range(1, len(path) + 1)}
    for path in sorted(paths, key=len):  # an item of a list is found by its keys, so it goes before its fields
        if path not in alive:
            _remove(result, path, schema)
    return result


def _remove(value: Any, path: Path, schema: Schema) -> None:
    """Takes one field out, and every container that this leaves empty."""
    element, rest = path[0], path[1:]
    part, inner = _child(value, element, schema)
    if inner is None or part is None:
        return
    if rest:
        _remove(part, rest, inner)
        if part:
            return
    _drop(value, element, schema)


def _child(value: Any, element: str, schema: Schema) -> tuple[Any, Schema | None]:
    if isinstance(schema, List) and isinstance(value, list):
        found = [item for item in value if key_element(schema, item) == element]
        return (found[0], schema.item) if found else (None, None)
    name = element.removeprefix("f:")
    if not isinstance(value, dict) or name not in value:
        return None, None
    return value[name], _part_schema(schema, name)


def _drop(value: Any, element: str, schema: Schema) -> None:
    if isinstance(schema, List):
        value[:] = [item for item in value if key_element(schema, item) != element]
    else:
        value.pop(element.removeprefix("f:"), None)

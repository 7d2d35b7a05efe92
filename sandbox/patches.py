"""The three patch formats besides apply: JSON patch, merge patch and Kubernetes' strategic merge patch."""

import copy
from typing import Any

from sandbox.errors import ApiError

REFUSED = "the server rejected our request due to an error in our request"

# The lists that a strategic merge patch merges item by item; all other lists are replaced.
MERGE_KEYS = {"ports": "port", "ownerReferences": "uid", "conditions": "type"}
MERGED_SCALARS = {"finalizers"}


class _UnmatchedError(Exception):
    pass


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902; a patch that does not fit is the API's 422 without details."""
    result = copy.deepcopy(target)
    try:
        for operation in operations:
            result = _operate(result, operation)
    except (_UnmatchedError, KeyError, IndexError, ValueError, TypeError, AttributeError):
        raise ApiError(422, "Invalid", REFUSED, {}) from None
    return result


def _operate(document: Any, operation: dict[str, Any]) -> Any:
    verb, path = operation["op"], _pointer(operation["path"])
    if verb == "test":
        if _get(document, path) != operation.get("value"):
            raise _UnmatchedError
        return document
    if verb == "remove":
        return _remove(document, path)
    if verb == "replace":
        _get(document, path)
        return _add(_remove(document, path), path, operation["value"])
    if verb == "add":
        return _add(document, path, operation["value"])
    source = _pointer(operation["from"])
    value = copy.deepcopy(_get(document, source))
    if verb == "move":
        document = _remove(document, source)
    elif verb != "copy":
        raise _UnmatchedError
    return _add(document, path, value)


def _pointer(text: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(document: Any, path: list[str]) -> Any:
    for part in path:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else int(last), value)
    else:
        parent[last] = value
    return document


def _remove(document: Any, path: list[str]) -> Any:
    if not path:
        return None
    parent, last = _get(document, path[:-1]), path[-1]
    del parent[int(last) if isinstance(parent, list) else last]
    return document


def strategic_merge_patch(target: Any, patch: Any) -> Any:
    """As kubectl sends it: lists of known keys merge by key, `$patch`, `$retainKeys` and orders are obeyed."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    if patch.get("$patch") == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        _merge_field(result, key, value)
    for key, order in patch.items():
        if key.startswith("$setElementOrder/"):
            _order(result, key.partition("/")[2], order)
    if "$retainKeys" in patch:
        return {key: value for key, value in result.items() if key in patch["$retainKeys"]}
    return result


def _merge_field(result: dict[str, Any], key: str, value: Any) -> None:
    directive, _, name = key.partition("/")
    if directive == "$deleteFromPrimitiveList":
        result[name] = [item for item in result.get(name, []) if item not in value]
    elif key.startswith("$"):
        return
    elif value is None:
        result.pop(key, None)
    else:
        result[key] = _merged(result.get(key), key, value)


def _merged(before: Any, key: str, value: Any) -> Any:
    if not isinstance(value, list):
        return strategic_merge_patch(before, value)
    if key in MERGE_KEYS:
        return _merge_items(before or [], value, MERGE_KEYS[key])
    if key in MERGED_SCALARS:
        return list(dict.fromkeys([*(before or []), *value]))
    return list(value)


def _merge_items(items: list[Any], patch: list[Any], key: str) -> list[Any]:
    if any(not isinstance(item, dict) for item in patch):
        return list(patch)
    if any(item.get("$patch") == "replace" for item in patch):
        return [item for item in patch if "$patch" not in item]
    left = {item.get(key): item for item in items}
    for item in patch:
        if item.get("$patch") == "delete":
            left.pop(item.get(key), None)
        else:
            left[item.get(key)] = strategic_merge_patch(left.get(item.get(key)), item)
    return list(left.values())


def _order(result: dict[str, Any], name: str, order: list[Any]) -> None:
    key = MERGE_KEYS.get(name)
    if name not in result or key is None:
        return
    wanted = [item.get(key) for item in order]
    result[name] = sorted(
        result[name], key=lambda item: wanted.index(item[key]) if item.get(key) in wanted else len(wanted)
    )

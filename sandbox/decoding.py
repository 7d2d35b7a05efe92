"""From bytes to an object: JSON or YAML, the right kind, the right types, known fields."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

import yaml

from sandbox import protobuf
from sandbox.errors import ApiError, bad_request, unsupported_media_type
from sandbox.kinds import Kind
from sandbox.schema import List, Map, Object, Scalar, Schema, Struct

ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf"


def read_document(body: bytes, media_type: str, what: str) -> Any:
    if media_type in ("application/yaml", "application/apply-patch+yaml"):
        return _read_yaml(body)
    if media_type == protobuf.MEDIA_TYPE:
        return _read_protobuf(body)
    if media_type not in ("", "application/json"):
        raise unsupported_media_type(
            f"the body of the request was in an unknown format - accepted media types include: {ACCEPTED}"
        )
    try:
        return json.loads(body)
    except ValueError as error:
        raise bad_request(
            f"the object provided is unrecognized (must be of type {what}): couldn't get version/kind; "
            f"json parse error: {error}"
        ) from None


def _read_protobuf(body: bytes) -> Any:
    try:
        return protobuf.decode(body)
    except ValueError as error:
        raise bad_request(f"the body cannot be read: {error}") from None


def _read_yaml(body: bytes) -> Any:
    try:
        return json.loads(body)  # JSON is YAML, and far quicker to read
    except ValueError:
        pass
    try:
        return yaml.safe_load(body)
    except (yaml.YAMLError, ValueError) as error:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None


def check_kind(document: Any, kind: Kind) -> Object:
    """The document as an object of this kind; kind and apiVersion may be left out."""
    if not isinstance(document, dict):
        raise bad_request(f"the object provided is unrecognized (must be of type {kind.kind})")
    named = document.get("kind") or kind.kind
    version = document.get("apiVersion") or kind.group_version
    if (named, version) != (kind.kind, kind.group_version):
        raise bad_request(
            f'{named} in version "{version.rpartition("/")[2]}" cannot be handled as a {kind.kind}: '
            f"converting ({named}) to ({kind.kind}): unknown conversion"
        )
    return {**document, "kind": kind.kind, "apiVersion": kind.group_version}


def check_types(obj: Object, kind: Kind) -> None:
    try:
        _check(obj, kind.schema, kind.kind, "")
    except _WrongTypeError as error:
        raise bad_request(f'{kind.kind} in version "v1" cannot be handled as a {kind.kind}: {error}') from None


class _WrongTypeError(Exception):
    pass


def _check(value: Any, schema: Schema, owner: str, path: str) -> None:
    if value is None:
        return
    if isinstance(schema, Scalar):
        _check_scalar(value, schema, owner, path)
    elif isinstance(schema, List):
        _check_list(value, schema, owner, path)
    elif not isinstance(value, dict):
        go_type = f"v1.{schema.go}" if isinstance(schema, Struct) else "map[string]string"
        raise _wrong(value, owner, path, go_type)
    else:
        _check_fields(value, schema, owner, path)


def _check_fields(value: Object, schema: Struct | Map, owner: str, path: str) -> None:
    for name, part in value.items():
        if isinstance(schema, Map):
            _check(part, schema.value, owner, f"{path}.{name}" if path else name)
        elif name in schema.fields:
            _check(part, schema.fields[name], schema.go, f"{path}.{name}" if path else name)


def _check_list(value: Any, schema: List, owner: str, path: str) -> None:
    if not isinstance(value, list):
        raise _wrong(value, owner, path, schema.go)
    for item in value:
        _check(item, schema.item, owner, path)


_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "int-or-string": (int, str),
    "bytes": (str,),
}


def _check_scalar(value: Any, schema: Scalar, owner: str, path: str) -> None:
    if schema.type == "any":
        return
    if _is_wrong_scalar(value, schema):
        raise _wrong(value, owner, path, schema.go_type)
    if schema.type == "bytes":
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise _WrongTypeError("illegal base64 data at input byte 0") from None


def _is_wrong_scalar(value: Any, schema: Scalar) -> bool:
    return not isinstance(value, _SCALARS[schema.type]) or (isinstance(value, bool) and schema.type != "boolean")


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    names: dict[type, str] = {str: "string", dict: "object", list: "array"}
    return names.get(type(value), "number")


def _wrong(value: Any, owner: str, path: str, go_type: str) -> _WrongTypeError:
    return _WrongTypeError(
        f"json: cannot unmarshal {_json_type(value)} into Go struct field {owner}.{path} of type {go_type}"
    )


def unknown_fields(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """Fields the schema does not know, as strict decoding names them."""
    if isinstance(schema, Struct) and isinstance(value, dict):
        for name, part in value.items():
            here = f"{path}.{name}" if path else name
            if name in schema.fields:
                yield from unknown_fields(part, schema.fields[name], here)
            else:
                yield here
    elif isinstance(schema, List) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_fields(item, schema.item, f"{path}[{index}]")


def check_strictly(obj: Object, kind: Kind) -> None:
    unknown = [f'unknown field "{name}"' for name in unknown_fields(obj, kind.schema)]
    if unknown:
        head = f'{kind.kind} in version "v1" cannot be handled as a {kind.kind}'
        raise bad_request(f"{head}: strict decoding error: {', '.join(unknown)}")


def pruned(value: Any, schema: Schema) -> Any:
    """The object less its unknown fields: the API server drops them."""
    if isinstance(schema, Struct) and isinstance(value, dict):
        return {name: pruned(part, schema.fields[name]) for name, part in value.items() if name in schema.fields}
    if isinstance(schema, List) and isinstance(value, list):
        return [pruned(item, schema.item) for item in value]
    return value


def check_typed_patch(config: Object, kind: Kind, name: str) -> None:
    """Server-side apply refuses what its schema does not know, with a 500 as the real one does."""
    problem = next(_mismatches(config, kind.schema), None)
    if problem is not None:
        head = f"failed to create typed patch object (/{name}; {kind.group_version}, Kind={kind.kind})"
        raise ApiError(500, "", f"{head}: {problem}")


_EXPECTED = {"integer": "numeric (int or float)", "boolean": "boolean", "string": "string", "bytes": "string"}


def _mismatches(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    if value is None:
        return
    if isinstance(schema, Scalar):
        if schema.type != "any" and _is_wrong_scalar(value, schema):
            yield f"{path}: expected {_EXPECTED.get(schema.type, schema.type)}, got {_json_type(value)}"
    elif isinstance(schema, List):
        if not isinstance(value, list):
            yield f"{path}: expected list, got &{{{value}}}"
            return
        for index, item in enumerate(value):
            yield from _mismatches(item, schema.item, f"{path}[{index}]")
    elif not isinstance(value, dict):
        yield f"{path}: expected map, got &{{{value}}}"
    else:
        yield from _field_mismatches(value, schema, path)


def _field_mismatches(value: Object, schema: Struct | Map, path: str) -> Iterator[str]:
    for name, part in value.items():
        if isinstance(schema, Map):
            yield from _mismatches(part, schema.value, f"{path}.{name}")
        elif name in schema.fields:
            yield from _mismatches(part, schema.fields[name], f"{path}.{name}")
        else:
            yield f"{path}.{name}: field not declared in schema"

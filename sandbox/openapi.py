"""OpenAPI v3 of the served kinds, made from their schemas: as much as kubectl reads to validate, diff and explain."""

from typing import Any

from sandbox.kinds import GROUPS, KINDS, Kind
from sandbox.patches import MERGE_KEYS
from sandbox.schema import List, Map, Object, Scalar, Schema, Struct

QUERY = ("dryRun", "fieldManager", "fieldValidation", "force")
PATCH_TYPES = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)


def index() -> Object:
    paths = ["api/v1", *(f"apis/{group}/v1" for group in GROUPS if group)]
    return {"paths": {path: {"serverRelativeURL": f"/openapi/v3/{path}?hash=sandbox"} for path in paths}}


def schema_document(path: str) -> Object | None:
    if path not in index()["paths"]:
        return None
    group = "" if path == "api/v1" else path.split("/")[1]
    kinds = [kind for kind in KINDS.values() if kind.group == group]
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.35.0"},
        "paths": {route: methods for kind in kinds for route, methods in _paths(kind).items()},
        "components": {"schemas": {_name(kind): _component(kind) for kind in kinds}},
    }


def _name(kind: Kind) -> str:
    return f"io.k8s.api.{(kind.group or 'core').partition('.')[0]}.v1.{kind.kind}"


def _component(kind: Kind) -> Object:
    return _schema(kind.schema) | {"x-kubernetes-group-version-kind": [_gvk(kind)]}


def _gvk(kind: Kind) -> Object:
    return {"group": kind.group, "version": kind.version, "kind": kind.kind}


def _paths(kind: Kind) -> Object:
    prefix = f"/apis/{kind.group}/v1" if kind.group else "/api/v1"
    scope = "/namespaces/{namespace}" if kind.namespaced else ""
    reference = {"schema": {"$ref": f"#/components/schemas/{_name(kind)}"}}

    def operation(action: str, *media_types: str) -> Object:
        body = {"requestBody": {"content": dict.fromkeys(media_types, reference)}} if media_types else {}
        parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in QUERY]
        return body | {
            "operationId": f"{action}{kind.kind}",
            "parameters": parameters,
            "responses": {"200": {"description": "OK", "content": {"application/json": reference}}},
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": _gvk(kind),
        }

    collection = f"{prefix}{scope}/{kind.plural}"
    return {
        collection: {"get": operation("list"), "post": operation("post", "application/json")},
        f"{collection}/{{name}}": {
            "get": operation("get"),
            "put": operation("put", "application/json"),
            "patch": operation("patch", *PATCH_TYPES),
            "delete": operation("delete"),
        },
    }


_SCALARS: dict[str, Object] = {
    "string": {"type": "string"},
    "integer": {"type": "integer", "format": "int32"},
    "boolean": {"type": "boolean"},
    "bytes": {"type": "string", "format": "byte"},
    "int-or-string": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    "any": {"type": "object"},
}


def _schema(schema: Schema, name: str = "") -> Object:
    if isinstance(schema, Scalar):
        return dict(_SCALARS[schema.type])
    if isinstance(schema, Map):
        return {"type": "object", "additionalProperties": _schema(schema.value)} | _atomic_map(schema)
    if isinstance(schema, List):
        return {"type": "array", "items": _schema(schema.item)} | _list_type(schema, name)
    properties = {field: _schema(part, field) for field, part in schema.fields.items()}
    return {"type": "object", "properties": properties} | _atomic_map(schema)


def _atomic_map(schema: Struct | Map) -> Object:
    return {"x-kubernetes-map-type": "atomic"} if schema.atomic else {}


def _list_type(schema: List, name: str) -> dict[str, Any]:
    if schema.is_set:
        return {"x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge"}
    if not schema.keys:
        return {"x-kubernetes-list-type": "atomic"}
    return {
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": list(schema.keys),
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": MERGE_KEYS[name],
    }

"""Get and list: selectors, pages, and the three forms of an answer (full, metadata only, table)."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ApiError, Cause, bad_request, expired, invalid, not_found
from sandbox.kinds import Kind
from sandbox.requests import Request, Response, Target, json_response
from sandbox.schema import Object
from sandbox.selectors import field_selector, label_selector
from sandbox.storage import Key, Store, Stored
from sandbox.tables import table

FULL, PARTIAL, TABLE = "full", "partial", "table"
NOT_ACCEPTABLE = (
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
    "application/vnd.kubernetes.protobuf, "
    "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
)
CONTINUE_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter."
)


def form_of(request: Request) -> str:
    """The first form in `Accept` that we can give."""
    if not request.accept:
        return FULL
    for choice in request.accept.split(","):
        media, *parameters = [part.strip() for part in choice.split(";")]
        stated = dict(part.partition("=")[::2] for part in parameters)
        if media not in ("application/json", "*/*", "application/*"):
            continue
        form = stated.get("as", "")
        if form == "Table":
            return TABLE
        if form in ("PartialObjectMetadata", "PartialObjectMetadataList"):
            return PARTIAL
        if not form:
            return FULL
    raise ApiError(406, "NotAcceptable", NOT_ACCEPTABLE, {})


def selected(request: Request, kind: Kind) -> Callable[[Object], bool]:
    by_label = label_selector(request.query.get("labelSelector", ""))
    by_field = field_selector(request.query.get("fieldSelector", ""), kind)
    return lambda obj: by_label(obj) and by_field(obj)


def partial(obj: Object) -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def get(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    form = form_of(request)
    stored = store.get(kind, target.namespace, target.name)
    if stored is None:
        raise not_found(kind.group, kind.plural, target.name)
    if form == PARTIAL:
        return json_response(partial(stored.obj))
    if form == TABLE:
        metadata = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
        return json_response(table(kind, [stored.obj], metadata, request.query.get("includeObject", "")))
    return Response(200, stored.body + b"\n")


@dataclass(frozen=True)
class Page:
    found: list[Stored]
    metadata: Object


def list_objects(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    form = form_of(request)
    page = _page(request, target, kind, store)
    if form == TABLE:
        objects = [stored.obj for stored in page.found]
        return json_response(table(kind, objects, page.metadata, request.query.get("includeObject", "")))
    if form == PARTIAL:
        items = b",".join(json.dumps(partial(stored.obj), separators=(",", ":")).encode() for stored in page.found)
        return _list_response("PartialObjectMetadataList", "meta.k8s.io/v1", page.metadata, items)
    items = b",".join(stored.item for stored in page.found)
    return _list_response(f"{kind.kind}List", kind.group_version, page.metadata, items)


def _list_response(kind: str, version: str, metadata: Object, items: bytes) -> Response:
    head = (
        f'{{"kind":"{kind}","apiVersion":"{version}","metadata":{json.dumps(metadata, separators=(",", ":"))},"items":['
    )
    return Response(200, head.encode() + items + b"]}\n")


def _page(request: Request, target: Target, kind: Kind, store: Store) -> Page:
    limit = request.number("limit") or 0
    start, stated = _start(request, store)
    matches = selected(request, kind)
    everything, current = store.list(kind, target.namespace)
    found = [(key, stored) for key, stored in everything if key > start and matches(stored.obj)]
    version = stated or current
    metadata: Object = {"resourceVersion": str(version)}
    if limit and len(found) > limit:
        metadata |= _rest(request, found, limit, version)
        found = found[:limit]
    return Page([stored for _, stored in found], metadata)


def _rest(request: Request, found: list[tuple[Key, Stored]], limit: int, version: int) -> Object:
    """How to go on; what a selector would choose of the rest, the API server does not count."""
    rest: Object = {"continue": _token(found[limit - 1][0], version)}
    if not request.query.get("labelSelector") and not request.query.get("fieldSelector"):
        rest["remainingItemCount"] = len(found) - limit
    return rest


def _start(request: Request, store: Store) -> tuple[Key, int]:
    """Where the page begins: after this key, in the list as of this version (0: as of now)."""
    token = request.query.get("continue", "")
    if not token:
        check_version(request, store)
        return ("", ""), 0
    try:
        stated: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + "=="))
        version, namespace, name = int(stated["rv"]), str(stated["namespace"]), str(stated["name"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise bad_request(f"invalid continue token: continue key is not valid: {error}") from None
    if version < store.floor:
        raise expired(CONTINUE_EXPIRED)
    return (namespace, name), version


def _token(key: Key, version: int) -> str:
    stated = json.dumps({"rv": version, "namespace": key[0], "name": key[1]}).encode()
    return base64.urlsafe_b64encode(stated).decode().rstrip("=")


def check_version(request: Request, store: Store) -> None:
    """A stated resourceVersion must be one that we have."""
    version, match = request.query.get("resourceVersion", ""), request.query.get("resourceVersionMatch", "")
    if match and not version:
        message = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
        raise invalid("meta.k8s.io", "ListOptions", "", [Cause("FieldValueForbidden", "resourceVersionMatch", message)])
    if not version:
        return
    if not version.isdecimal():
        problem = f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: parsing "{version}": invalid syntax'
        raise bad_request(f"invalid resource version: {problem}")
    if int(version) > store.version:
        raise _too_large(int(version), store.version)
    if match == "Exact" and int(version) < store.floor:
        raise expired(f"The resourceVersion for the provided list is too old: {version}")


def _too_large(version: int, current: int) -> ApiError:
    message = f"Timeout: Too large resource version: {version}, current: {current}"
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return ApiError(504, "Timeout", message, {"causes": [cause], "retryAfterSeconds": 1})

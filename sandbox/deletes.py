"""Delete and deletecollection, with preconditions. Deleting a namespace takes everything in it along, at once."""

from typing import Any

from sandbox.decoding import read_document
from sandbox.errors import bad_request, conflict, not_found
from sandbox.kinds import KINDS, NAMESPACE, Kind
from sandbox.reads import selected
from sandbox.requests import Request, Response, Target, json_response
from sandbox.schema import Object
from sandbox.storage import Store, Stored
from sandbox.writes import now


def delete(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    options = _options(request)
    with store.changed:
        live = store.get(kind, target.namespace, target.name)
        if live is None:
            raise not_found(kind.group, kind.plural, target.name)
        _check_preconditions(options.get("preconditions") or {}, live.obj["metadata"], kind)
        dry_run = request.dry_run or options.get("dryRun") == ["All"]
        if kind is NAMESPACE:
            return json_response(_terminating(live.obj) if dry_run else _delete_namespace(live, store))
        if not dry_run:
            store.remove(kind, target.namespace, target.name)
        return json_response(_success(live, target, kind))


def delete_collection(request: Request, target: Target, kind: Kind, store: Store) -> Response:
    matches = selected(request, kind)
    with store.changed:
        found = [(key, stored) for key, stored in store.list(kind, target.namespace)[0] if matches(stored.obj)]
        if not request.dry_run:
            for (namespace, name), _ in found:
                store.remove(kind, namespace, name)
        items = b",".join(stored.item for _, stored in found)
        head = f'{{"kind":"{kind.kind}List","apiVersion":"{kind.group_version}",'
        return Response(
            200, f'{head}"metadata":{{"resourceVersion":"{store.version}"}},"items":['.encode() + items + b"]}\n"
        )


def _options(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    options = read_document(request.body, request.media_type, "DeleteOptions")
    if not isinstance(options, dict):
        raise bad_request("the body of a delete must be DeleteOptions")
    kind = options.get("kind", "DeleteOptions")
    if kind != "DeleteOptions":
        version = options.get("apiVersion", "meta.k8s.io/v1")
        raise bad_request(
            f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'
        )
    return options


def _check_preconditions(stated: dict[str, str], live: Object, kind: Kind) -> None:
    uid, version = stated.get("uid"), stated.get("resourceVersion")
    if uid is not None and uid != live["uid"]:
        why = (
            f"the UID in the precondition ({uid}) does not match the UID in record ({live['uid']}). "
            "The object might have been deleted and then recreated"
        )
        raise conflict(kind.group, kind.kind, live["name"], why)
    if version is not None and version != live["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record "
            f"({live['resourceVersion']}). The object might have been modified"
        )
        raise conflict(kind.group, kind.kind, live["name"], why)


def _success(live: Stored, target: Target, kind: Kind) -> Object:
    details = {"name": target.name, "group": kind.group, "kind": kind.plural, "uid": live.obj["metadata"]["uid"]}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {name: value for name, value in details.items() if value},
    }


def _terminating(namespace: Object) -> Object:
    metadata = namespace["metadata"] | {"deletionTimestamp": now()}
    return namespace | {"metadata": metadata, "status": namespace["status"] | {"phase": "Terminating"}}


def _delete_namespace(live: Stored, store: Store) -> Object:
    name = live.obj["metadata"]["name"]
    stored = store.put(NAMESPACE, _terminating(live.obj))
    for kind in KINDS.values():
        if kind.namespaced:
            for (namespace, other), _ in store.list(kind, name)[0]:
                store.remove(kind, namespace, other)
    store.remove(NAMESPACE, "", name)
    return stored.obj

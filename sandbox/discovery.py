"""Discovery: versions, groups, resources and health, and the OpenAPI document that kubectl wants before it applies."""

from sandbox.kinds import GROUPS, KINDS, STATUS_VERBS, Kind
from sandbox.openapi import index, schema_document
from sandbox.requests import Request, Response, json_response, text_response
from sandbox.schema import Object

VERSION: Object = {
    "major": "1",
    "minor": "35",
    "gitVersion": "v1.35.0+sandbox",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "linux/amd64",
}
HEALTH_PATHS = ("/healthz", "/livez", "/readyz")
REVIEW_KINDS = ("SelfSubjectAccessReview", "SelfSubjectRulesReview")


def discover(request: Request) -> Response | None:
    """The answer, or None when the path is none of discovery's."""
    path = request.path.rstrip("/")
    if path in HEALTH_PATHS:
        return text_response("ok")
    if path.startswith("/openapi/v3"):
        return _openapi(path.removeprefix("/openapi/v3").strip("/"))
    body = _body(path)
    return json_response(body) if body is not None else None


def _openapi(path: str) -> Response | None:
    if not path:
        return json_response(index())
    document = schema_document(path)
    return json_response(document) if document is not None else None


def _body(path: str) -> Object | None:
    if path == "/version":
        return VERSION
    if path == "/api":
        addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"}]
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(group) for group in GROUPS if group]}
    if path == "/api/v1":
        return _resources("")
    group, _, version = path.removeprefix("/apis/").partition("/")
    if group not in GROUPS or not group or version not in ("", "v1"):
        return None
    if version:
        return _resources(group)
    return {"kind": "APIGroup", "apiVersion": "v1"} | _group(group)


def _group(group: str) -> Object:
    version = {"groupVersion": f"{group}/v1", "version": "v1"}
    return {"name": group, "versions": [version], "preferredVersion": version}


def _resources(group: str) -> Object:
    resources = [entry for kind in KINDS.values() if kind.group == group for entry in _entries(kind)]
    if group == "authorization.k8s.io":
        resources = [
            {
                "name": f"{kind.lower()}s",
                "singularName": kind.lower(),
                "namespaced": False,
                "kind": kind,
                "verbs": ["create"],
            }
            for kind in REVIEW_KINDS
        ]
    group_version = f"{group}/v1" if group else "v1"
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}


def _entries(kind: Kind) -> list[Object]:
    entry: Object = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(kind.verbs),
    }
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    if not kind.has_status:
        return [entry]
    status = entry | {"name": f"{kind.plural}/status", "singularName": "", "verbs": list(STATUS_VERBS)}
    for name in ("shortNames", "categories"):
        status.pop(name, None)
    return [entry, status]

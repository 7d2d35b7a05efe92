"""SelfSubjectAccessReview and SelfSubjectRulesReview: may I, and what may I."""

from typing import Any

from sandbox.decoding import read_document
from sandbox.errors import bad_request, invalid, invalid_value
from sandbox.rbac import DISCOVERY_PATHS, PUBLIC_PATHS, Access, Rule, User
from sandbox.requests import Request, Response, json_response
from sandbox.schema import Object

GROUP = "authorization.k8s.io"


def review(request: Request, resource: str) -> Response:
    body = read_document(request.body, request.media_type, "SelfSubjectAccessReview")
    if not isinstance(body, dict):
        raise bad_request("the body of the request must be an object")
    spec = body.get("spec") or {}
    if resource == "selfsubjectaccessreviews":
        return _answer("SelfSubjectAccessReview", spec, _access(request.user, spec))
    return _answer("SelfSubjectRulesReview", {}, _rules(request.user, spec))


def _answer(kind: str, spec: Object, status: Object) -> Response:
    body = {"kind": kind, "apiVersion": f"{GROUP}/v1", "metadata": {}, "spec": spec, "status": status}
    return json_response(body, 201)


def _access(user: User, spec: Object) -> Object:
    about_resource, about_path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if bool(about_resource) == bool(about_path):
        message = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise invalid(GROUP, "", "", [invalid_value("spec.resourceAttributes", None, message)])
    access = _resource_access(about_resource) if about_resource else _path_access(about_path)
    return {"allowed": user.may(access)}


def _path_access(stated: Any) -> Access:
    return Access(stated.get("verb", ""), path=stated.get("path", ""))


def _resource_access(stated: Any) -> Access:
    resource = stated.get("resource", "")
    if stated.get("subresource"):
        resource = f"{resource}/{stated['subresource']}"
    return Access(
        stated.get("verb", ""), stated.get("group", ""), resource, stated.get("namespace", ""), stated.get("name", "")
    )


def _rules(user: User, spec: Object) -> Object:
    namespace = spec.get("namespace", "")
    if not namespace:
        raise bad_request("no namespace on request")
    rules = [_rule(rule) for rule in user.effective_rules if rule.covers(namespace)]
    paths = [{"verbs": ["get"], "nonResourceURLs": [path, f"{path}/*"]} for path in PUBLIC_PATHS + DISCOVERY_PATHS]
    if user.admin:
        rules = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
        paths = [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
    return {"resourceRules": rules, "nonResourceRules": paths, "incomplete": False}


def _rule(rule: Rule) -> Object:
    shown: Object = {
        "verbs": list(rule.verbs),
        "apiGroups": list(rule.api_groups),
        "resources": list(rule.resources),
    }
    if rule.resource_names:
        shown["resourceNames"] = list(rule.resource_names)
    return shown

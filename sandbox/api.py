"""One cluster's API: who asks, may they, and which verb answers. Values in, values out; HTTP is `sandbox.server`'s."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox import deletes, reads, writes
from sandbox.discovery import discover
from sandbox.errors import ApiError, forbidden, method_not_allowed, no_such_resource, unauthorized
from sandbox.kinds import KINDS, NAMESPACE, STATUS_VERBS, Kind
from sandbox.rbac import ANONYMOUS, Access, Tokens, User
from sandbox.requests import Request, Response, Target, json_response, target_of, text_response, verb_of
from sandbox.reviews import review
from sandbox.storage import Store
from sandbox.watching import watch

Verb = Callable[[Request, Target, Kind, Store], Response]

VERBS: Mapping[str, Verb] = {
    "get": reads.get,
    "list": reads.list_objects,
    "create": writes.create,
    "update": writes.update,
    "patch": writes.patch,
    "delete": deletes.delete,
    "deletecollection": deletes.delete_collection,
}
COLLECTIVE_VERBS = {"create", "list", "watch", "deletecollection"}
REVIEWS = ("selfsubjectaccessreviews", "selfsubjectrulesreviews")
FIRST_NAMESPACES = ("default", "kube-system", "kube-public")


class Api:
    def __init__(self, store: Store, tokens: Tokens) -> None:
        self.store = store
        self.tokens = tokens
        self._closed = False
        self._seed()

    def _seed(self) -> None:
        with self.store.changed:
            for name in FIRST_NAMESPACES:
                if self.store.get(NAMESPACE, "", name) is None:
                    body = f'{{"metadata":{{"name":"{name}"}}}}'.encode()
                    request = Request(
                        "POST", "", {}, {"user-agent": "kube-apiserver"}, body, User("system", admin=True)
                    )
                    writes.create(request, Target("", "namespaces"), NAMESPACE, self.store)

    def close(self) -> None:
        """Ends every watch."""
        self._closed = True
        with self.store.changed:
            self.store.changed.notify_all()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        try:
            user = self._user(headers.get("authorization", ""))
            return self._route(Request.parse(method, path, headers, body, user))
        except ApiError as error:
            return json_response(error.status(), error.code)

    def _user(self, authorization: str) -> User:
        scheme, _, token = authorization.partition(" ")
        if not authorization or scheme.lower() != "bearer":
            return ANONYMOUS
        user = self.tokens.user(token.strip())
        if user is None:
            raise unauthorized()
        return user

    def _route(self, request: Request) -> Response:
        target = target_of(request.path)
        if target is None:
            return self._outside_resources(request)
        verb = verb_of(request, target)
        access = target.access(verb)
        if not request.user.may(access):
            raise _refusal(request.user, access)
        return self._about_resource(request, target, verb)

    def _outside_resources(self, request: Request) -> Response:
        access = Access(request.method.lower(), path=request.path)
        if not request.user.may(access):
            message = f'forbidden: User "{request.user.name}" cannot {access.verb} path "{access.path}"'
            raise ApiError(403, "Forbidden", message, {})
        return discover(request) or text_response("404 page not found\n", 404)

    def _about_resource(self, request: Request, target: Target, verb: str) -> Response:
        if target.group == "authorization.k8s.io" and target.resource in REVIEWS:
            if verb != "create":
                raise method_not_allowed()
            return review(request, target.resource)
        kind = target.kind
        if kind is None:
            known = any(target.group == other.group for other in KINDS.values())
            if not known:
                return text_response("404 page not found\n", 404)
            raise no_such_resource()
        _check_route(target, kind, verb)
        if not kind.namespaced:
            target = replace(target, namespace="")  # a Role may speak of its own namespace; the store does not
        if verb == "watch":
            return watch(request, target, kind, self.store, lambda: self._closed)
        return VERBS[verb](request, target, kind, self.store)


def _check_route(target: Target, kind: Kind, verb: str) -> None:
    if target.subresource and not (target.subresource == "status" and kind.has_status):
        raise no_such_resource()
    if verb not in _verbs_at(target, kind):
        raise method_not_allowed()


def _verbs_at(target: Target, kind: Kind) -> set[str]:
    """What a path allows: a collection, one object, or the status of one."""
    if target.subresource:
        return set(STATUS_VERBS)
    if target.name:
        return set(kind.verbs) - COLLECTIVE_VERBS
    if kind.namespaced and not target.namespace:
        return {"list", "watch"}
    return set(kind.verbs) & COLLECTIVE_VERBS


def _refusal(user: User, access: Access) -> ApiError:
    resource = access.resource.partition("/")[0]
    where = f'in the namespace "{access.namespace}"' if access.namespace else "at the cluster scope"
    message = (
        f'User "{user.name}" cannot {access.verb} resource "{access.resource}" in API group "{access.group}" {where}'
    )
    return forbidden(access.group, resource, access.name, message)

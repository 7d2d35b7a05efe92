"""Who may do what: bearer tokens, users and their rules.

Rules follow Kubernetes' RBAC, with the namespaces of a RoleBinding in the rule itself: `{"apiGroups", "resources",
"verbs", "namespaces"}`; `namespaces: None` is a ClusterRoleBinding.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PUBLIC_PATHS = ("/healthz", "/livez", "/readyz", "/version")
DISCOVERY_PATHS = ("/api", "/apis", "/openapi")


@dataclass(frozen=True)
class Rule:
    api_groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    namespaces: tuple[str, ...] | None = None
    resource_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> "Rule":
        namespaces = stated.get("namespaces")
        return cls(
            api_groups=tuple(stated["apiGroups"]),
            resources=tuple(stated["resources"]),
            verbs=tuple(stated["verbs"]),
            namespaces=None if namespaces is None else tuple(namespaces),
            resource_names=tuple(stated.get("resourceNames", ())),
        )

    def allows(self, access: "Access") -> bool:
        return (
            self.covers(access.namespace)
            and _among(access.verb, self.verbs)
            and _among(access.group, self.api_groups)
            and _among(access.resource, self.resources)
            and (not self.resource_names or access.name in self.resource_names)
        )

    def covers(self, namespace: str) -> bool:
        return self.namespaces is None or namespace in self.namespaces


def _among(value: str, stated: Iterable[str]) -> bool:
    return value in stated or "*" in stated


@dataclass(frozen=True)
class Access:
    verb: str
    group: str = ""
    resource: str = ""  # with the subresource: ingresses/status
    namespace: str = ""
    name: str = ""
    path: str = ""  # of a request that is not about a resource


ADMIN_RULES = (Rule(("*",), ("*",), ("*",)),)
REVIEW_RULE = Rule(("authorization.k8s.io",), ("selfsubjectaccessreviews", "selfsubjectrulesreviews"), ("create",))


@dataclass(frozen=True)
class User:
    name: str
    rules: tuple[Rule, ...] = ()
    admin: bool = False
    anonymous: bool = False

    @property
    def effective_rules(self) -> tuple[Rule, ...]:
        return (*self.rules, REVIEW_RULE)

    def may(self, access: Access) -> bool:
        if self.admin:
            return True
        if self.anonymous:
            return _under(access.path, PUBLIC_PATHS)
        if access.path:
            return _under(access.path, PUBLIC_PATHS + DISCOVERY_PATHS) and access.verb == "get"
        return any(rule.allows(access) for rule in self.effective_rules)


def _under(path: str, prefixes: Iterable[str]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


ANONYMOUS = User("system:anonymous", anonymous=True)


class Tokens:
    """The bearer tokens of one cluster, kept in a file if there is one."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._users: dict[str, User] = {}
        if file is not None and file.exists():
            self._users = {token: _user(entry) for token, entry in json.loads(file.read_text()).items()}
        self.admin = self._token_of("admin") or self.add("admin", (), admin=True)

    def _token_of(self, name: str) -> str | None:
        return next((token for token, user in self._users.items() if user.name == name), None)

    def issue(self, name: str, rules: Iterable[Mapping[str, Any]]) -> str:
        """The user's token; asked again, the same one with the new rules, so a restarted demo keeps its credentials."""
        return self.add(name, tuple(Rule.of(rule) for rule in rules))

    def add(self, name: str, rules: tuple[Rule, ...], *, admin: bool = False) -> str:
        token = self._token_of(name) or secrets.token_urlsafe(24)
        self._users = self._users | {token: User(name, rules, admin=admin)}
        self._save()
        return token

    def revoke(self, token: str) -> None:
        self._users = {known: user for known, user in self._users.items() if known != token}
        self._save()

    def user(self, token: str) -> User | None:
        return self._users.get(token)

    def _save(self) -> None:
        if self._file is None:
            return
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps({token: asdict(user) for token, user in self._users.items()}, indent=1))


def _user(entry: dict[str, Any]) -> User:
    return User(entry["name"], tuple(_rule(rule) for rule in entry["rules"]), admin=entry["admin"])


def _rule(entry: dict[str, Any]) -> Rule:
    namespaces = entry.pop("namespaces")
    lists = {name: tuple(value) for name, value in entry.items()}
    return Rule(**lists, namespaces=None if namespaces is None else tuple(namespaces))

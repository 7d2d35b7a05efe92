"""What the portal needs in a cluster, the manifest that grants it, and what a credential lacks or has too much of.

One list of rules feeds the copyable manifest and the connection test, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from apps.kube.client import Access, AccessRules

NAMESPACE = "portico-system"
SERVICE_ACCOUNT = "portico"

_READ = ("get", "list", "watch")
_RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Rule:
    """Verbs on one resource, and why the portal wants them. `role` is what an optional one is granted by."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    why: str
    namespaced: bool = True
    role: str = ""

    def accesses(self, namespaces: Sequence[str] | None) -> Iterator[Access]:
        """Each single permission of the rule, in each of `namespaces` or cluster-wide."""
        places = list(namespaces) if namespaces and self.namespaced else [None]
        for place in places:
            for verb in self.verbs:
                yield Access(verb, self.group, self.resource, namespace=place)


REQUIRED_RULES = (
    Rule("", "namespaces", _READ, "offers the namespaces that exist", namespaced=False),
    Rule("", "services", _READ, "offers services and their ports"),
    Rule("discovery.k8s.io", "endpointslices", _READ, "shows whether anything answers behind a service"),
    Rule(
        "",
        "secrets",
        _READ,
        "offers TLS secrets and checks that their certificates fit; private keys are never stored "
        "(RBAC cannot grant the public part alone)",
    ),
    Rule(
        "networking.k8s.io",
        "ingresses",
        (*_READ, "create", "update", "patch", "delete"),
        "applies what was approved and sees hosts that others serve",
    ),
    Rule("networking.k8s.io", "ingressclasses", _READ, "offers the ingress classes", namespaced=False),
    Rule("authorization.k8s.io", "selfsubjectaccessreviews", ("create",), "tests its own rights", namespaced=False),
    Rule("authorization.k8s.io", "selfsubjectrulesreviews", ("create",), "tests its own rights", namespaced=False),
)

# What a cluster may grant beside those; without it the portal says so where it would have needed it.
OPTIONAL_RULES = (
    Rule(
        "",
        "secrets",
        ("create",),
        "lets developers upload certificates as new TLS secrets; what is there can neither be changed nor deleted",
        role="portico-upload",
    ),
    Rule(
        "",
        "secrets",
        ("delete",),
        "lets developers retire certificates that the portal wrote and nothing uses; the portal deletes no others",
        role="portico-retire",
    ),
)

_EXCESSES = (
    ("write secrets", "", "secrets", ("update", "patch")),
    ("run commands in pods", "", "pods/exec", ("create",)),
    ("change roles", _RBAC, "clusterroles", ("create", "update", "patch", "bind", "escalate")),
)


class Reviewer(Protocol):
    """What judging rights needs of a client."""

    def review_access(self, access: Access) -> bool: ...


def missing_access(client: Reviewer, namespaces: Sequence[str] | None = None) -> list[Access]:
    """What the credential lacks, by the API server's own judgement of each single permission."""
    wanted = [access for rule in REQUIRED_RULES for access in rule.accesses(namespaces)]
    return [access for access in wanted if not client.review_access(access)]


def describe_missing(missing: Iterable[Access]) -> str:
    """`create, patch ingresses.networking.k8s.io; list secrets in web`."""
    grouped: dict[str, list[str]] = {}
    for access in missing:
        resource = f"{access.resource}.{access.group}" if access.group else access.resource
        place = f"{resource} in {access.namespace}" if access.namespace else resource
        grouped.setdefault(place, []).append(access.verb)
    return "; ".join(f"{', '.join(verbs)} {place}" for place, verbs in grouped.items())


def excess_rights(rules: AccessRules) -> list[str]:
    """Rights far beyond what the portal needs, in words; empty if there are none."""
    if any(all("*" in _texts(rule, name) for name in ("verbs", "apiGroups", "resources")) for rule in rules.rules):
        return ["do everything (cluster-admin or the like)"]
    return [
        words
        for words, group, resource, verbs in _EXCESSES
        if any(_grants(rule, group, resource, verbs) for rule in rules.rules)
    ]


def _grants(rule: dict[str, Any], group: str, resource: str, verbs: Sequence[str]) -> bool:
    if _texts(rule, "resourceNames"):
        return False  # a right over a few named objects is somebody's deliberate choice
    resources = {"*", resource, f"*/{resource.partition('/')[2]}"}
    return (
        not {"*", group}.isdisjoint(_texts(rule, "apiGroups"))
        and not resources.isdisjoint(_texts(rule, "resources"))
        and not {"*", *verbs}.isdisjoint(_texts(rule, "verbs"))
    )


def _texts(rule: dict[str, Any], name: str) -> list[str]:
    values = rule.get(name)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def rbac_manifest(namespaces: Sequence[str] | None = None) -> str:
    """YAML to `kubectl apply` that grants REQUIRED_RULES and nothing else; with `namespaces`, only in those.

    How to grant OPTIONAL_RULES in a namespace stands in the comment above it.
    """
    subject = {"kind": "ServiceAccount", "name": SERVICE_ACCOUNT, "namespace": NAMESPACE}
    everywhere = [rule for rule in REQUIRED_RULES if not (namespaces and rule.namespaced)]
    objects: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": SERVICE_ACCOUNT, "namespace": NAMESPACE}},
        *_role_and_binding("ClusterRole", None, everywhere, subject),
    ]
    inside = [rule for rule in REQUIRED_RULES if rule.namespaced]
    for namespace in namespaces or ():
        objects += _role_and_binding("Role", namespace, inside, subject)
    return _HEADER + "---\n".join(yaml.safe_dump(one, sort_keys=False) for one in objects)


def _role_and_binding(
    kind: str, namespace: str | None, rules: Iterable[Rule], subject: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    metadata = {"name": SERVICE_ACCOUNT} | ({"namespace": namespace} if namespace else {})
    granted = [{"apiGroups": [rule.group], "resources": [rule.resource], "verbs": list(rule.verbs)} for rule in rules]
    role = {"apiVersion": f"{_RBAC}/v1", "kind": kind, "metadata": metadata, "rules": granted}
    binding = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{kind}Binding",
        "metadata": dict(metadata),
        "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": SERVICE_ACCOUNT},
        "subjects": [dict(subject)],
    }
    return role, binding


_WHY = "".join(f"#   {rule.resource}: {rule.why}\n" for rule in REQUIRED_RULES)
_ALSO = "".join(
    f"#   {', '.join(rule.verbs)} {rule.resource}: {rule.why}\n"
    f"#     kubectl create role {rule.role} -n NAMESPACE --verb={','.join(rule.verbs)} --resource={rule.resource}\n"
    f"#     kubectl create rolebinding {rule.role} -n NAMESPACE --role={rule.role} \\\n"
    f"#       --serviceaccount={NAMESPACE}:{SERVICE_ACCOUNT}\n"
    for rule in OPTIONAL_RULES
)
_HEADER = f"""\
# What the portal needs in this cluster, and nothing else:
{_WHY}#
# 1. kubectl apply -f portico-rbac.yaml
# 2. Make a token that lasts a year and register the cluster with the API server's address, its certificate authority
#    and this token:
#      kubectl create token {SERVICE_ACCOUNT} -n {NAMESPACE} --duration 8760h
#    or put it into a kubeconfig:
#      kubectl config view --raw --minify --flatten > portico.kubeconfig
#      kubectl --kubeconfig portico.kubeconfig config set-credentials portico --token="$(kubectl create token \\
#        {SERVICE_ACCOUNT} -n {NAMESPACE} --duration 8760h)"
#      kubectl --kubeconfig portico.kubeconfig config set-context --current --user=portico
#
# Optional, in each namespace where it is wanted:
{_ALSO}"""

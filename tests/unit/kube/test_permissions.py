"""The rights the portal asks for, those it lacks, and those it should not have."""

from __future__ import annotations

import pytest
import yaml

from apps.kube.client import Access, AccessRules
from apps.kube.permissions import (
    REQUIRED_RULES,
    describe_missing,
    excess_rights,
    missing_access,
    rbac_manifest,
)


class Granted:
    """Judges like an API server that grants all but `denied`."""

    def __init__(self, *denied: Access) -> None:
        self.denied = denied
        self.asked: list[Access] = []

    def review_access(self, access: Access) -> bool:
        self.asked.append(access)
        return access not in self.denied


PATCH = Access("patch", "networking.k8s.io", "ingresses")


def test_missing_access_asks_for_each_permission_once():
    client = Granted()

    assert missing_access(client) == []
    assert len(client.asked) == len(set(client.asked)) == sum(len(rule.verbs) for rule in REQUIRED_RULES)


def test_missing_access_names_what_is_denied():
    assert missing_access(Granted(PATCH)) == [PATCH]


def test_missing_access_in_namespaces_asks_there():
    client = Granted()

    missing_access(client, ["web", "pay"])

    places = {(access.resource, access.namespace) for access in client.asked}
    assert ("ingresses", "web") in places
    assert ("ingresses", "pay") in places
    assert ("ingresses", None) not in places
    assert ("namespaces", None) in places


def test_missing_access_is_described_by_resource():
    missing = [
        Access("create", "networking.k8s.io", "ingresses"),
        PATCH,
        Access("list", "", "secrets", namespace="web"),
    ]

    assert describe_missing(missing) == "create, patch ingresses.networking.k8s.io; list secrets in web"


def rule(verbs: str, groups: str, resources: str, names: str = "") -> dict[str, list[str]]:
    found = {"verbs": verbs.split(","), "apiGroups": groups.split(","), "resources": resources.split(",")}
    return found | ({"resourceNames": names.split(",")} if names else {})


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], []),
        ([rule("get,list,watch", "", "secrets")], []),
        ([rule("*", "*", "*")], ["do everything (cluster-admin or the like)"]),
        ([rule("*", "", "*")], ["write secrets", "run commands in pods"]),
        ([rule("*", "apps", "*")], []),
        ([rule("update", "", "secrets")], ["write secrets"]),
        ([rule("*", "", "secrets")], ["write secrets"]),
        ([rule("create", "*", "secrets")], []),
        ([rule("patch", "", "*")], ["write secrets"]),
        ([rule("update", "", "secrets", "one")], []),
        ([rule("update", "other.io", "secrets")], []),
        ([rule("create", "", "pods/exec")], ["run commands in pods"]),
        ([rule("create", "", "*/exec")], ["run commands in pods"]),
        ([rule("create", "", "pods")], []),
        ([rule("escalate", "rbac.authorization.k8s.io", "clusterroles")], ["change roles"]),
        (
            [rule("create", "", "pods/exec"), rule("patch", "", "secrets")],
            ["write secrets", "run commands in pods"],
        ),
        ([{"verbs": None, "apiGroups": "x", "resources": [1]}], []),
    ],
)
def test_excess_rights_are_named(rules, expected):
    assert excess_rights(AccessRules(rules, incomplete=False)) == expected


def test_own_manifest_is_neither_missing_nor_excessive():
    documents = list(yaml.safe_load_all(rbac_manifest()))
    role = next(one for one in documents if one["kind"] == "ClusterRole")

    granted = {
        (verb, entry["apiGroups"][0], entry["resources"][0]) for entry in role["rules"] for verb in entry["verbs"]
    }
    wanted = {(verb, one.group, one.resource) for one in REQUIRED_RULES for verb in one.verbs}
    assert granted == wanted
    assert excess_rights(AccessRules(role["rules"], incomplete=False)) == []


def test_manifest_binds_the_service_account():
    documents = list(yaml.safe_load_all(rbac_manifest()))

    assert [one["kind"] for one in documents] == ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"]
    assert documents[3] == {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "portico"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "portico"},
        "subjects": [{"kind": "ServiceAccount", "name": "portico", "namespace": "portico-system"}],
    }


def test_manifest_for_namespaces_grants_nothing_namespaced_elsewhere():
    documents = list(yaml.safe_load_all(rbac_manifest(["web", "pay"])))

    places = [(one["kind"], one["metadata"].get("namespace")) for one in documents]
    assert places == [
        ("Namespace", None),
        ("ServiceAccount", "portico-system"),
        ("ClusterRole", None),
        ("ClusterRoleBinding", None),
        ("Role", "web"),
        ("RoleBinding", "web"),
        ("Role", "pay"),
        ("RoleBinding", "pay"),
    ]
    assert [entry["resources"] for entry in documents[2]["rules"]] == [
        ["namespaces"],
        ["ingressclasses"],
        ["selfsubjectaccessreviews"],
        ["selfsubjectrulesreviews"],
    ]
    assert [entry["resources"] for entry in documents[4]["rules"]] == [
        ["services"],
        ["endpointslices"],
        ["secrets"],
        ["ingresses"],
    ]


def test_manifest_says_how_to_allow_uploads_and_does_not_grant_them():
    text = rbac_manifest(["web"])

    assert "kubectl create role portico-upload -n NAMESPACE --verb=create --resource=secrets" in text
    assert "--serviceaccount=portico-system:portico" in text
    roles = [one for one in yaml.safe_load_all(text) if "Role" in one["kind"]]
    rules = [entry for role in roles for entry in role.get("rules", []) if entry["resources"] == ["secrets"]]
    assert [entry["verbs"] for entry in rules] == [["get", "list", "watch"]]


def test_manifest_says_how_to_make_a_token():
    assert "kubectl create token portico -n portico-system" in rbac_manifest()

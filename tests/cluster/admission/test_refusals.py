"""What a real API server says when a rule of its cluster forbids an Ingress, in the words of the person who asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from apps.exposures.admission import word_refusal
from apps.kube.client import ClusterClient
from apps.kube.refusals import Refusal, Refuser
from testbed.control_plane import ControlPlane
from tests.cluster.admission.asking import refusal_of

# A policy that was just written is not enforced at once.
PATIENCE_SECONDS = 30
REASON = "no host of ours begins with evil"


@pytest.fixture
def policy(kube: ControlPlane, namespace: str) -> Iterator[str]:
    """Holds in this namespace only."""
    name = f"hosts-{namespace}.example.com"
    rules = [
        {
            "apiGroups": ["networking.k8s.io"],
            "apiVersions": ["v1"],
            "operations": ["CREATE", "UPDATE"],
            "resources": ["ingresses"],
        }
    ]
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    made = [
        _object(
            "ValidatingAdmissionPolicy",
            name,
            matchConstraints={"resourceRules": rules, "namespaceSelector": selector},
            validations=[{"expression": "object.spec.rules.all(r, !r.host.startsWith('evil'))", "message": REASON}],
        ),
        _object("ValidatingAdmissionPolicyBinding", name, policyName=name, validationActions=["Deny"]),
    ]
    for manifest in made:
        kube.client.apply(manifest)
    yield name
    for manifest in reversed(made):
        kube.client.delete(kube.client.path_of(manifest))


def _object(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


def wait_for_refusal(portal: ClusterClient, namespace: str, host: str) -> Refusal:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if refusal := refusal_of(portal, namespace, host):
            return refusal
        time.sleep(0.2)
    raise AssertionError(f"{host} is still accepted.")


def test_policy_of_the_cluster_is_told_with_its_reason(portal: ClusterClient, namespace: str, policy: str) -> None:
    refusal = wait_for_refusal(portal, namespace, "evil.example.com")
    assert (refusal.refuser, refusal.name, refusal.why) == (Refuser.POLICY, policy, REASON)
    answer = word_refusal(refusal, "prod-1")
    assert (answer.accepted, answer.message) == (False, f"A rule of cluster prod-1 forbids it: {REASON}")
    assert policy in answer.hint
    assert answer.raw == refusal.raw
    assert refusal_of(portal, namespace, "good.example.com") is None


def test_missing_namespace_is_told(portal: ClusterClient) -> None:
    refusal = refusal_of(portal, "not-there", "good.example.com")
    assert refusal is not None
    assert refusal.refuser == Refuser.NO_NAMESPACE


def test_malformed_host_is_told_by_its_field(portal: ClusterClient, namespace: str) -> None:
    refusal = refusal_of(portal, namespace, "a..b")
    assert refusal is not None
    assert refusal.refuser == Refuser.API_SERVER
    assert refusal.why.startswith("spec.rules[0].host: ")

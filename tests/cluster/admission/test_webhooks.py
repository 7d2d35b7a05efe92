"""A real admission webhook in the way of an Ingress: it denies, is silent, is not there, or has side effects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.exposures.admission import word_refusal
from apps.exposures.policies import AdmissionFacts
from apps.kube.client import ClusterClient
from apps.kube.refusals import Refusal, Refuser
from testbed.client import ApiError
from testbed.control_plane import ControlPlane
from testbed.process import eventually, free_port
from testbed.webhook import DENY, HANG, AdmissionWebhook, admission_webhook
from tests.cluster.admission.asking import refusal_of

MESSAGE = "hosts of team web carry the name of their service"
# An API server that was told of a webhook asks it a moment later.
PATIENCE_SECONDS = 30


@pytest.fixture
def webhook(kube: ControlPlane, namespace: str, tmp_path: Path) -> Iterator[AdmissionWebhook]:
    """Three rules of one cluster: each is asked about hosts of its own in this test's namespace."""
    with admission_webhook(tmp_path, message=MESSAGE) as webhook:
        mine: dict[str, Any] = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
        made = [
            webhook.configuration(rule_of("deny", namespace), DENY, hosts="denied", **mine),
            webhook.configuration(rule_of("hang", namespace), HANG, hosts="silent", **mine),
            webhook.configuration(rule_of("gone", namespace), DENY, hosts="gone", port=free_port(), **mine),
        ]
        for manifest in made:
            kube.client.apply(manifest)
        yield webhook
        for manifest in made:
            kube.client.delete(kube.client.path_of(manifest))


def rule_of(word: str, namespace: str) -> str:
    return f"{word}.{namespace}.example.com"


def refused(portal: ClusterClient, namespace: str, host: str) -> Refusal:
    found = eventually(lambda: refusal_of(portal, namespace, host), seconds=PATIENCE_SECONDS)
    assert found is not None, f"{host} is still accepted."
    return found


def said(refusal: Refusal) -> AdmissionFacts:
    return word_refusal(refusal, "prod-1")


def test_denial_is_told_with_its_message_and_the_raw_line_beside_it(
    portal: ClusterClient, namespace: str, webhook: AdmissionWebhook
) -> None:
    refusal = refused(portal, namespace, "denied.example.com")

    rule = rule_of("deny", namespace)
    assert (refusal.refuser, refusal.name, refusal.why) == (Refuser.WEBHOOK, rule, MESSAGE)
    answer = said(refusal)
    assert (answer.accepted, answer.message) == (False, f"A rule of cluster prod-1 forbids it: {MESSAGE}")
    assert answer.raw == f'admission webhook "{rule}" denied the request: {MESSAGE}'
    assert [(asked["operation"], asked["dryRun"]) for asked in webhook.asked] == [("CREATE", True)]
    assert refusal_of(portal, namespace, "good.example.com") is None


def test_silence_is_no_answer_and_comes_in_its_time(
    portal: ClusterClient, namespace: str, webhook: AdmissionWebhook
) -> None:
    refused(portal, namespace, "denied.example.com")
    started = time.monotonic()

    refusal = refused(portal, namespace, "silent.example.com")

    assert time.monotonic() - started < PATIENCE_SECONDS
    assert (refusal.refuser, refusal.name) == (Refuser.SILENT_WEBHOOK, rule_of("hang", namespace))
    answer = said(refusal)
    assert answer.accepted is None
    rule = f"The rule “{rule_of('hang', namespace)}” of cluster prod-1"
    assert answer.message == f"{rule} does not answer, so nothing can be written there now."
    assert "failed calling webhook" in answer.raw


def test_webhook_that_is_not_there_is_no_answer(
    portal: ClusterClient, namespace: str, webhook: AdmissionWebhook
) -> None:
    refusal = refused(portal, namespace, "gone.example.com")

    assert (refusal.refuser, refusal.name) == (Refuser.SILENT_WEBHOOK, rule_of("gone", namespace))
    assert (said(refusal).accepted, "connection refused" in said(refusal).raw) == (None, True)


@pytest.mark.parametrize("effects", ["Some", "Unknown"])
def test_webhook_with_side_effects_is_not_even_registered_here(
    kube: ControlPlane, webhook: AdmissionWebhook, namespace: str, effects: str
) -> None:
    """Only clusters that keep one from before Kubernetes 1.22 can answer that a rule does not support a dry run."""
    manifest = webhook.configuration(rule_of("effects", namespace), DENY, hosts="denied", sideEffects=effects)

    with pytest.raises(ApiError) as caught:
        kube.client.apply(manifest)

    assert "sideEffects" in str(caught.value)

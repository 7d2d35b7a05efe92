"""The staged test with the least rights, with too many and with too few, against both clusters."""

from __future__ import annotations

import pytest
import yaml

from apps.kube.connection import STEP_NAMES, check_connection
from apps.kube.credentials import Credential
from apps.kube.kinds import INGRESS_CLASS
from apps.kube.permissions import NAMESPACE, SERVICE_ACCOUNT, rbac_manifest
from tests.cluster.kube.clusters import LEAST_RULES, Cluster, real_cluster


def statuses(cluster: Cluster, token: str) -> dict[str, str]:
    report = check_connection(cluster.endpoint, Credential(token=token), allow_loopback=True)
    return {step.name: step.status for step in report.steps}


USUAL = dict.fromkeys(STEP_NAMES, "passed")


@pytest.fixture
def gateway_api(connect) -> str:
    return "passed" if connect().serves("gateway.networking.k8s.io/v1") else "skipped"


@pytest.fixture
def classes(connect) -> str:
    return "passed" if connect().list(INGRESS_CLASS).items else "warning"


def test_least_rights_pass(cluster, gateway_api, classes):
    found = statuses(cluster, cluster.token_for(LEAST_RULES))

    assert found == USUAL | {"gateway_api": gateway_api, "ingress_classes": classes}


def test_administrator_is_warned_of(cluster, gateway_api, classes):
    found = statuses(cluster, cluster.admin_token)

    assert found == USUAL | {"permissions": "warning", "gateway_api": gateway_api, "ingress_classes": classes}


def test_missing_verbs_are_named(cluster):
    rules = [rule for rule in LEAST_RULES if rule["resources"] != ["secrets"]]

    report = check_connection(cluster.endpoint, Credential(token=cluster.token_for(rules)), allow_loopback=True)

    step = next(step for step in report.steps if step.name == "permissions")
    assert (step.status, step.message) == ("failed", "Missing: get, list, watch secrets.")


def test_unknown_token_stops_at_authenticate(cluster):
    found = statuses(cluster, "no-such-token")

    assert [found[name] for name in STEP_NAMES[:5]] == ["passed", "passed", "passed", "failed", "skipped"]


def test_copied_manifest_grants_what_is_needed(kube):
    for manifest in yaml.safe_load_all(rbac_manifest()):
        kube.client.apply(manifest)
    token = kube.token_of(NAMESPACE, SERVICE_ACCOUNT)

    found = statuses(real_cluster(kube), token)

    assert found["permissions"] == "passed"

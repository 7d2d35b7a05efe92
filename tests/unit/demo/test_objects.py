"""What the demo's clusters hold, judged by the product's own eyes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.kube.certificates import judge_secret
from demo.seeds.certificates import make_authority
from demo.seeds.objects import base_manifests, secret_manifests


@pytest.fixture(scope="module")
def secrets() -> dict[str, dict[str, Any]]:
    return {manifest["metadata"]["name"]: manifest for manifest in secret_manifests(make_authority())}


def test_secrets_are_those_of_the_contract(secrets):
    assert {name: manifest["type"] for name, manifest in secrets.items()} == {
        "shop-tls": "kubernetes.io/tls",
        "wildcard-tls": "kubernetes.io/tls",
        "expired-tls": "kubernetes.io/tls",
        "mismatch-tls": "kubernetes.io/tls",
        "other-host-tls": "kubernetes.io/tls",
        "client-ca": "Opaque",
        "robot-token": "kubernetes.io/service-account-token",
        "basic-auth": "Opaque",
    }
    assert list(secrets["client-ca"]["data"]) == ["ca.crt"]
    assert list(secrets["basic-auth"]["data"]) == ["auth"]
    assert {manifest["metadata"]["namespace"] for manifest in secrets.values()} == {"web"}


@pytest.mark.parametrize(
    ("name", "host", "codes"),
    [
        ("shop-tls", "shop.example.com", []),
        ("shop-tls", "www.shop.example.com", []),
        ("wildcard-tls", "anything.example.com", []),
        ("wildcard-tls", "www.shop.example.com", ["host_not_covered"]),
        ("expired-tls", "shop.example.com", ["expired"]),
        ("mismatch-tls", "shop.example.com", ["key_mismatch"]),
        ("other-host-tls", "shop.example.com", ["host_not_covered"]),
        ("client-ca", "shop.example.com", ["not_tls_type"]),
        ("robot-token", "shop.example.com", ["not_tls_type"]),
        ("basic-auth", "shop.example.com", ["not_tls_type"]),
    ],
)
def test_secrets_are_as_good_or_bad_as_their_names(secrets, name, host, codes):
    secret = secrets[name]

    facts = judge_secret(secret["type"], secret["data"], now=datetime.now(UTC), host=host)

    assert [reason.code for reason in facts.reasons] == codes


def test_authority_can_be_trusted_for_the_certificates(secrets):
    authority = base64.b64decode(secrets["client-ca"]["data"]["ca.crt"]).decode()

    assert authority.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in authority


def test_services_of_the_contract_have_ready_endpoints():
    manifests = list(base_manifests())
    services = {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["spec"]["ports"]
        for each in manifests
        if each["kind"] == "Service"
    }
    ready = {
        each["metadata"]["labels"]["kubernetes.io/service-name"]: len(each["endpoints"])
        for each in manifests
        if each["kind"] == "EndpointSlice"
    }

    assert set(services) == {("web", "shop"), ("web", "docs"), ("pay", "ledger")}
    assert {(port["port"], port["name"]) for ports in services.values() for port in ports} == {(80, "http")}
    assert ready == {"shop": 2, "docs": 2, "ledger": 2}

"""The registry and the inventory over REST."""

from __future__ import annotations

import json

import pytest

from apps.clusters.models import Cluster
from sandbox.server import SandboxCluster
from testbed.objects import service
from tests import factories
from tests.factories import make_cluster, make_ingress
from tests.integration.api.calls import Caller, codes
from tests.integration.sandboxes import put
from tests.integration.scenes import Scene

CLUSTER_FIELDS = {
    "id", "name", "environment", "endpoint", "wildcard_domain", "entry", "default_ingress_class_name", "version",
    "latency_ms", "conditions", "checked_at", "paused", "pause_reason", "created_at",
}  # fmt: skip


def registration(sandbox: SandboxCluster, **fields: object) -> dict[str, object]:
    return {
        "name": "dev-1",
        "environment": "dev",
        "endpoint": sandbox.url,
        "certificate_authority": sandbox.ca_pem,
        "token": sandbox.admin_token,
        "wildcard_domain": "dev.example.net",
        "entry": {"addresses": ["10.0.0.10"], "http_port": 80, "https_port": 443},
        "default_ingress_class_name": "traefik",
    } | fields


def kubeconfig(sandbox: SandboxCluster, **user: object) -> str:
    """JSON is YAML, too."""
    named = {"name": "one"}
    cluster = (
        {"server": sandbox.url, "certificate-authority": "/etc/ca.pem"} if "path" in user else {"server": sandbox.url}
    )
    content = {
        "kind": "Config",
        "current-context": "one",
        "clusters": [named | {"cluster": cluster}],
        "users": [named | {"user": user}],
        "contexts": [named | {"context": {"cluster": "one", "user": "one"}}],
    }
    return json.dumps(content)


def test_register_check_read_and_never_show_the_credential(platform: Caller, sandbox: SandboxCluster) -> None:
    created = platform.post("clusters/", registration(sandbox))
    assert created.status_code == 201, created.body
    assert set(created.body) == CLUSTER_FIELDS
    assert created.body["entry"] == {"addresses": ["10.0.0.10"], "http_port": 80, "https_port": 443}

    checked = platform.post("clusters/dev-1/check/")
    assert (checked.status_code, checked.body["reachable"]) == (200, True), checked.body
    assert {"name", "status", "message", "hint", "elapsed_ms"} == set(checked.body["steps"][0])
    assert checked.body["steps"][0]["name"] == "resolve"

    read = platform.get("clusters/dev-1/")
    assert {condition["type"]: condition["status"] for condition in read.body["conditions"]}["Reachable"] == "True"
    listed = platform.get("clusters/?environment=dev&search=dev&ordering=-name")
    for answer in (created, checked, read, listed):
        assert sandbox.admin_token not in answer.content.decode()
        assert "PRIVATE KEY" not in answer.content.decode()
    again = platform.post("clusters/", registration(sandbox))
    assert (again.status_code, again.body["code"]) == (409, "cluster_exists")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Dev 1"}, "name"),
        ({"name": 7}, "name"),
        ({"environment": "moon"}, "environment"),
        ({"environment": True}, "environment"),
        ({"wildcard_domain": "*.dev.example.net"}, "wildcard_domain"),
        ({"entry": {"http_port": 0}}, "entry.http_port"),
        ({"entry": {"http_port": "80"}}, "entry.http_port"),
        ({"entry": {"port": 80}}, "entry.port"),
        ({"entry": []}, "entry"),
        ({"colour": "red"}, "colour"),
        ({"token": ["x"]}, "token"),
        ({"endpoint": "http://example.com"}, "endpoint"),
        ({"endpoint": "https://169.254.169.254/"}, "endpoint"),
        ({"certificate_authority": "nonsense"}, "certificate_authority"),
    ],
)
def test_a_bad_registration_names_its_field(
    platform: Caller, sandbox: SandboxCluster, change: dict, field: str
) -> None:
    answer = platform.post("clusters/", registration(sandbox, **change))
    assert answer.status_code in {400, 422}, answer.body
    assert field in {error["field"] for error in answer.body["errors"]}, answer.body
    assert Cluster.objects.count() == 0


@pytest.mark.parametrize("missing", ["name", "environment"])
def test_a_registration_without_a_needed_field(platform: Caller, sandbox: SandboxCluster, missing: str) -> None:
    content = registration(sandbox)
    del content[missing]
    answer = platform.post("clusters/", content)
    assert (answer.status_code, codes(answer)) == (400, [("required", missing)])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{not yaml: [", None),
        ("a: &a [x]\nb: [*a, *a]\n", None),
        ("x" * 5_000_000, "kubeconfig_too_large"),
        ("- 1\n- 2\n", "not_a_kubeconfig"),
        ("", None),
    ],
)
def test_a_bad_kubeconfig_is_named_and_nothing_is_stored(platform: Caller, text: str, code: str | None) -> None:
    answer = platform.post("clusters/", {"name": "dev-1", "environment": "dev", "kubeconfig": text})
    assert answer.status_code in {400, 422}, answer.body
    fields = {error["field"] for error in answer.body["errors"]}
    assert any(field.startswith(("kubeconfig", "endpoint")) for field in fields), answer.body
    if code:
        assert code in {error["code"] for error in answer.body["errors"]}
    assert Cluster.objects.count() == 0


@pytest.mark.parametrize(
    ("user", "code"),
    [
        ({"exec": {"command": "sh"}}, "exec"),
        ({"tokenFile": "/etc/passwd"}, "file_path"),
        ({"auth-provider": {"name": "x"}}, "auth_provider"),
        ({"token": "abc", "path": True}, "file_path"),
    ],
)
def test_a_dangerous_kubeconfig_is_refused_with_the_reason(
    platform: Caller, sandbox: SandboxCluster, user: dict, code: str
) -> None:
    answer = platform.post(
        "clusters/", {"name": "dev-1", "environment": "dev", "kubeconfig": kubeconfig(sandbox, **user)}
    )
    assert answer.status_code in {400, 422}, answer.body
    assert code in {error["code"] for error in answer.body["errors"]}


def test_update_pause_resume_and_retire(scene: Scene, platform: Caller) -> None:
    read = platform.get("clusters/dev-1/")
    changed = platform.send("patch", "clusters/dev-1/", {"wildcard_domain": "apps.example.net"}, If_Match=read["ETag"])
    assert (changed.status_code, changed.body["wildcard_domain"]) == (200, "apps.example.net")
    assert changed.body["environment"] == "dev"
    stale = platform.send("patch", "clusters/dev-1/", {"wildcard_domain": ""}, If_Match=read["ETag"])
    assert (stale.status_code, stale.body["code"]) == (412, "precondition_failed")

    whole = platform.put("clusters/dev-1/", {"environment": "test"})
    assert (whole.body["environment"], whole.body["wildcard_domain"]) == ("test", "")
    assert platform.send("patch", "clusters/dev-1/", {"endpoint": "https://x"}).status_code == 400

    assert platform.post("clusters/dev-1/pause/", {"reason": "Upgrade."}).body["paused"] is True
    assert platform.post("clusters/dev-1/pause/", {}).status_code == 400
    assert platform.post("clusters/dev-1/resume/").body["paused"] is False
    rekeyed = platform.post("clusters/dev-1/rekey/", {"token": scene.sandbox.admin_token})
    assert rekeyed.status_code == 200, rekeyed.body
    assert platform.delete("clusters/dev-1/").status_code == 204
    assert platform.get("clusters/dev-1/").body["code"] == "cluster_not_found"


def test_retire_is_refused_while_exposures_live_there(scene: Scene, platform: Caller) -> None:
    scene.publish()
    answer = platform.delete("clusters/dev-1/")
    assert (answer.status_code, answer.body["code"], answer.body["exposures"]) == (409, "cluster_in_use", 1)


def test_inventory_tells_its_age_and_only_what_is_granted(
    scene: Scene, developer: Caller, stranger: Caller, platform: Caller
) -> None:
    namespaces = developer.get("clusters/dev-1/namespaces/").body
    assert [row["name"] for row in namespaces["results"]] == ["web"]
    assert (namespaces["observed_at"] is not None, namespaces["error"]) == (True, "")
    assert {row["name"] for row in platform.get("clusters/dev-1/namespaces/").body["results"]} >= {"web", "pay"}

    services = developer.get("clusters/dev-1/namespaces/web/services/").body
    port = {"name": "http", "port": 80, "protocol": "TCP", "app_protocol": None}
    assert [(row["name"], row["ports"], row["ready_endpoints"]) for row in services["results"]] == [("shop", [port], 1)]
    assert stranger.get("clusters/dev-1/namespaces/web/services/").body["code"] == "namespace_not_found"
    classes = developer.get("clusters/dev-1/ingress-classes/").body["results"]
    assert [row["name"] for row in classes] == ["traefik"]
    make_cluster("prod-1", environment="prod")
    assert developer.get("clusters/prod-1/namespaces/").body["code"] == "cluster_not_found"
    assert [row["name"] for row in developer.get("clusters/").body["results"]] == ["dev-1"]


def test_a_refresh_reads_the_cluster_now(scene: Scene, developer: Caller) -> None:
    put(scene.sandbox, service("web", "docs"))
    assert developer.post("clusters/dev-1/refresh/").body == {"ran": True, "errors": {}}
    names = [row["name"] for row in developer.get("clusters/dev-1/namespaces/web/services/").body["results"]]
    assert names == ["docs", "shop"]


def test_certificates_are_ranked_and_others_named_only_when_asked(scene: Scene, developer: Caller) -> None:
    path = "clusters/dev-1/namespaces/web/certificates/"
    offered = developer.get(f"{path}?host=shop.example.com").body["results"]
    assert [(row["secret_name"], row["usable"], row["covers_host"]) for row in offered] == [("shop-tls", True, True)]
    assert (offered[0]["reasons"], offered[0]["used_by"]) == ([], [])
    assert {"days_left", "fingerprint_sha256", "key_type", "issuer", "subject_names"} <= set(offered[0])

    everything = developer.get(f"{path}?host=shop.example.com&include=rejected").body["results"]
    assert [row["secret_name"] for row in everything] == ["shop-tls", "client-ca"]
    assert [reason["code"] for reason in everything[1]["reasons"]] == ["not_tls_type"]
    elsewhere = developer.get(f"{path}?host=shop.example.org&include=rejected").body["results"]
    reasons = {row["secret_name"]: [reason["code"] for reason in row["reasons"]] for row in elsewhere}
    assert (reasons["shop-tls"], reasons["client-ca"]) == (["host_not_covered"], ["not_tls_type"])
    assert developer.get(f"{path}?host=-bad-").body["errors"][0]["code"] == "host_invalid"


def test_a_certificate_knows_who_uses_it(scene: Scene, developer: Caller, approver: Caller) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    approver.post(f"requests/{request.pk}/approve/", {"content_hash": request.content_hash})
    row = developer.get("clusters/dev-1/namespaces/web/certificates/?host=shop.example.com").body["results"][0]
    assert row["used_by"] == [request.exposure_id]


@pytest.mark.parametrize(
    ("host", "state", "needs_approval"),
    [
        ("new.dev.example.net", "free", False),
        ("NEW.dev.example.net.", "free", False),
        ("a.b.dev.example.net", "not_allowed", True),
        ("new.example.com", "free", True),
        ("new.example.org", "not_allowed", True),
        ("dev.example.net", "reserved", True),
        ("taken.dev.example.net", "taken", False),
    ],
)
def test_host_availability(scene: Scene, developer: Caller, host: str, state: str, needs_approval: bool) -> None:
    make_ingress(scene.cluster, "taken.dev.example.net", namespace="pay")
    body = developer.get(f"hosts/{host}/").body
    assert (body["state"], body["needs_approval"]) == (state, needs_approval)
    assert body["host"] == host.lower().removesuffix(".")
    assert (body["owner"] == {"team": "pay", "contact": "#team-pay"}) is (state == "taken")
    assert developer.get(f"hosts/{host}/?cluster=dev-1").body["state"] == state


def test_a_text_that_is_no_host(developer: Caller) -> None:
    for text in ("10.0.0.1", "-x-.example.com", "a" * 300, "a%0Ab.example.com"):
        answer = developer.get(f"hosts/{text}/")
        assert (answer.status_code, answer.body["errors"][0]["code"]) == (422, "host_invalid"), text
    assert developer.get("hosts/x.example.com/?cluster=none").body["code"] == "cluster_not_found"


@pytest.mark.parametrize(
    ("domain", "status", "code"),
    [
        ("co.uk", 422, "public_suffix"),
        ("kept.example.com", 422, "host_reserved"),
        ("example.org", 422, "hosts_claimed"),
        ("a.test.example.net", 409, "wildcard_domain_overlaps"),
        ("test.example.net", 409, "wildcard_domain_taken"),
    ],
)
def test_wildcard_domain_that_is_not_free_is_refused_by_field(
    platform: Caller, domain: str, status: int, code: str
) -> None:
    factories.make_cluster()
    factories.make_cluster("test-1", environment="test")
    factories.make_reserved_host("kept.example.com", reason="Kept.")
    factories.make_host_claim(factories.make_team("web"), "shop.example.org")

    answer = platform.send("patch", "clusters/dev-1/", {"wildcard_domain": domain})

    assert answer.status_code == status
    [error] = answer.body["errors"]
    assert (error["code"], error["field"], bool(error["hint"])) == (code, "wildcard_domain", True)

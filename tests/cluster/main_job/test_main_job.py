"""The whole main job with nothing but real parts: Kubernetes API, ingress controller, PostgreSQL, Redis, processes.

Everything is asked for over REST with tokens, and judged by what the ingress controller serves and the cluster holds.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from testbed.process import Part, eventually
from tests.cluster.main_job.conftest import CLUSTER, Site

HASH = "portico.dev/content-hash"


def backend_of(site: Site, host: str) -> Any:
    answer = site.traefik.get(host)
    return answer.json()["backend"] if answer.status == 200 else answer.status


def condition(exposure: dict[str, Any], kind: str) -> str:
    return next(each["status"] for each in exposure["conditions"] if each["type"] == kind)


def assert_applied_once(site: Site, host: str, request: dict[str, Any]) -> None:
    """Exactly one object has the host, and it is what was approved."""
    [ingress] = site.ingresses_for(host)
    assert ingress["metadata"]["annotations"][HASH] == request["content_hash"]
    assert [entry["manager"] for entry in ingress["metadata"]["managedFields"] if not entry.get("subresource")] == [
        "portico"
    ]


def apiserver_of(site: Site) -> Part:
    return next(part for part in site.kube.parts if part.name == "kube-apiserver")


@contextmanager
def suspended(part: Part) -> Iterator[None]:
    """The part neither answers nor refuses."""
    part.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        part.process.send_signal(signal.SIGCONT)


def test_cluster_with_least_rights_passes_every_step_of_the_check(site: Site) -> None:
    answer = site.ask("platform", "POST", f"/clusters/{CLUSTER}/check/", {})

    assert answer.status == 200, answer.text
    statuses = {step["name"]: step["status"] for step in answer.json["steps"]}
    assert (answer.json["reachable"], answer.json["version"]) == (True, "v1.35.0")
    assert statuses.pop("gateway_api") == "skipped", answer.json["steps"]
    assert set(statuses.values()) == {"passed"}, answer.json["steps"]


def test_inventory_shows_services_to_their_team_and_to_nobody_else(site: Site) -> None:
    path = f"/clusters/{CLUSTER}/namespaces/{site.namespace}/services/"

    rows = site.ask("developer", "GET", path).json["results"]

    assert [(row["name"], row["ports"][0]["name"], row["ready_endpoints"]) for row in rows] == [
        ("docs", "http", 1),
        ("shop", "http", 1),
    ]
    assert site.ask("stranger", "GET", path).status == 404


def test_wildcard_host_answers_with_the_right_backend_and_no_human(site: Site) -> None:
    host = site.wildcard_host("docs")

    answer = site.expose(host, service="docs", wait=30)

    assert answer.status == 201, answer.text
    assert (answer.json["change_request"]["state"], answer.json["change_request"]["stages"]) == ("done", [])
    assert backend_of(site, host) == "two"
    shown = site.ask("developer", "GET", f"/exposures/{answer.json['id']}/").json
    assert [condition(shown, kind) for kind in ("Approved", "Applied", "Admitted", "Serving", "Ready")] == ["True"] * 5
    assert (shown["generation"], shown["observed_generation"]) == (1, 1)
    assert shown["url"] == f"http://{host}:{site.traefik.web_port}/"
    assert_applied_once(site, host, answer.json["change_request"])


def test_https_on_a_custom_host_serves_exactly_the_approved_certificate(site: Site) -> None:
    host = site.custom_host("shop")
    asked = site.expose(host, tls="shop-tls")
    request = asked.json["change_request"]
    assert (asked.status, request["state"], site.ingresses_for(host)) == (201, "pending", [])
    assert [slot["principal"] for slot in request["stages"][0]["slots"]] == ["group:network"]

    own = site.approve(request, who="developer")
    stale = site.approve(request | {"content_hash": "sha256:" + "0" * 64})
    approved = site.approve(request)

    assert (own.status, own.json["code"]) == (403, "self_approval")
    assert (stale.status, stale.json["code"], stale.json["content_hash"]) == (
        409,
        "stale_revision",
        request["content_hash"],
    )
    assert approved.status == 200, approved.text
    assert site.settled(request)["state"] == "done"
    served = site.traefik.certificate_of(host).public_bytes(Encoding.DER)
    assert served == site.leaves["shop-tls"].certificate.public_bytes(Encoding.DER)
    answer = site.traefik.get_secure(host, ca_pem=site.authority.certificate_pem)
    assert (answer.status, answer.json()["backend"]) == (200, "one")
    assert_applied_once(site, host, request)


def test_rejected_request_reaches_nothing_and_frees_the_host(site: Site) -> None:
    host = site.custom_host("rejected")
    request = site.expose(host).json["change_request"]
    path = f"/requests/{request['id']}/reject/"

    silent = site.ask("approver", "POST", path, {"content_hash": request["content_hash"]})
    rejected = site.ask("approver", "POST", path, {"content_hash": request["content_hash"], "comment": "Not yet."})
    late = site.approve(request, who="approver2")

    assert (silent.status, silent.json["errors"][0]["code"]) == (400, "comment_required")
    assert (rejected.status, rejected.json["state"]) == (200, "rejected")
    assert (late.status, late.json["code"], late.json["state"]) == (409, "invalid_transition", "rejected")
    assert site.ingresses_for(host) == []
    assert site.expose(host).json["change_request"]["state"] == "pending"


def test_deleting_takes_the_object_away_and_the_host_stops_answering(site: Site) -> None:
    host = site.wildcard_host("brief")
    exposure = site.expose(host, wait=30).json
    assert backend_of(site, host) == "one"

    answer = site.ask("developer", "DELETE", f"/exposures/{exposure['id']}/?wait=30")

    assert (answer.status, answer.json["state"]) == (200, "done"), answer.text
    assert site.ingresses_for(host) == []
    assert eventually(lambda: backend_of(site, host) == 404)
    assert site.expose(host, wait=30).json["change_request"]["state"] == "done"


def test_edit_behind_the_portals_back_is_shown_with_its_author_and_left_alone(site: Site) -> None:
    host = site.wildcard_host("edited")
    exposure = site.expose(host, wait=30).json
    drift = f"/exposures/{exposure['id']}/drift/"
    assert site.ask("developer", "GET", drift).json["state"] == "in_sync"
    [ingress] = site.ingresses_for(host)
    metadata = {name: ingress["metadata"][name] for name in ("name", "namespace")}
    edited = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": ingress["spec"]}
    edited["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] = "docs"

    site.kube.client.apply(edited, field_manager="kubectl-edit")

    found = site.ask("developer", "GET", drift).json
    assert (found["state"], found["last_writer"]["manager"]) == ("drifted", "kubectl-edit")
    assert [(entry["desired"], entry["live"]) for entry in found["differences"]] == [("shop", "docs")]
    assert eventually(lambda: backend_of(site, host) == "two")


def test_annotation_added_behind_the_portals_back_is_shown_and_taken_out_on_purpose(site: Site) -> None:
    """What nobody approved, though nothing that was approved changed."""
    host = site.wildcard_host("annotated")
    exposure = site.expose(host, wait=30).json
    drift = f"/exposures/{exposure['id']}/drift/"
    [ingress] = site.ingresses_for(host)
    snippet = "nginx.ingress.kubernetes.io/server-snippet"
    metadata = {name: ingress["metadata"][name] for name in ("name", "namespace")}
    metadata["annotations"] = {snippet: "deny all;"}
    edited = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata}
    site.kube.client.apply(edited, field_manager="kubectl-annotate")

    found = site.ask("developer", "GET", drift).json
    assert [(entry["field"], entry["live"]) for entry in found["differences"]] == [
        (f"metadata.annotations.{snippet}", "deny all;")
    ]
    assert found["last_writer"]["manager"] == "kubectl-annotate"
    reverted = site.ask("developer", "POST", f"{drift}revert/", {"seen": found["fingerprint"]})

    assert reverted.status == 202, reverted.text
    assert eventually(lambda: site.ask("developer", "GET", drift).json["state"] == "in_sync")
    [ingress] = site.ingresses_for(host)
    assert snippet not in ingress["metadata"]["annotations"]


def test_secret_that_is_no_certificate_is_refused_and_never_offered(site: Site) -> None:
    host = site.custom_host("incident")

    refused = site.expose(host, tls="client-ca")

    assert (refused.status, refused.json["code"]) == (422, "policy_violation")
    assert [(error["code"], error["field"]) for error in refused.json["errors"]] == [
        ("secret_not_offered", "tls.secret_name")
    ]
    certificates = f"/clusters/{CLUSTER}/namespaces/{site.namespace}/certificates/?host={site.custom_host('shop')}"
    offered = site.ask("developer", "GET", certificates).json["results"]
    assert sorted(row["secret_name"] for row in offered) == ["shop-tls", "spare-tls"]
    assert {row["usable"] for row in offered} == {True}
    assert site.ingresses_for(host) == []


def test_worker_killed_while_the_cluster_is_silent_is_replaced_and_nothing_is_lost(site: Site) -> None:
    """It dies within a call: whether that call still takes effect later, nobody knows."""
    host = site.custom_host("crash")
    asked = site.expose(host, tls="crash-tls").json
    with suspended(apiserver_of(site)):
        assert site.approve(asked["change_request"]).status == 200
        assert eventually(lambda: site.delivery_of(asked["id"])["state"] == "applying")
        site.product.kill("worker")

    site.product.start_worker()
    site.product.let_lease_run_out()

    assert site.settled(asked["change_request"])["state"] == "done", site.product.logs()
    assert_applied_once(site, host, asked["change_request"])
    served = site.traefik.certificate_of(host).public_bytes(Encoding.DER)
    assert served == site.leaves["crash-tls"].certificate.public_bytes(Encoding.DER)


def test_worker_killed_after_the_object_was_applied_does_not_apply_it_twice(site: Site) -> None:
    """The controller is silent, so the worker waits for its address with the object already in the cluster."""
    host = site.wildcard_host("crash")
    with suspended(site.traefik.part):
        asked = site.expose(host).json
        assert eventually(lambda: site.ingresses_for(host))
        generation = site.ingresses_for(host)[0]["metadata"]["generation"]
        withdrawn = site.ask("developer", "POST", f"/requests/{asked['change_request']['id']}/withdraw/", {})
        site.product.kill("worker")

    site.product.start_worker()
    site.product.let_lease_run_out()

    assert (withdrawn.status, withdrawn.json["code"]) == (409, "invalid_transition")
    assert site.settled(asked["change_request"])["state"] == "done", site.product.logs()
    assert_applied_once(site, host, asked["change_request"])
    assert site.ingresses_for(host)[0]["metadata"]["generation"] == generation
    assert site.delivery_of(asked["id"])["attempt"] == 2
    assert backend_of(site, host) == "one"


def test_message_lost_by_the_broker_is_made_up_for_by_the_sweeper(site: Site) -> None:
    host = site.custom_host("broker")
    asked = site.expose(host).json
    site.product.kill("worker")
    site.product.kill("redis")

    approved = site.approve(asked["change_request"])

    assert approved.status == 200, (approved.text, site.product.logs())
    assert approved.json["state"] == "delivering"
    site.product.start_redis()
    site.product.start_worker()
    assert site.settled(asked["change_request"])["state"] == "done", site.product.logs()
    assert_applied_once(site, host, asked["change_request"])


def test_database_connections_cut_in_the_middle_cost_time_and_nothing_else(site: Site) -> None:
    host = site.wildcard_host("cut")
    with suspended(apiserver_of(site)):
        asked = site.expose(host).json
        assert eventually(lambda: site.delivery_of(asked["id"])["state"] == "applying")
        assert site.product.cut_database_connections() > 0

    site.product.let_lease_run_out()

    assert site.settled(asked["change_request"])["state"] == "done", site.product.logs()
    assert_applied_once(site, host, asked["change_request"])


def test_two_posts_with_one_idempotency_key_make_one_exposure(site: Site) -> None:
    host = site.wildcard_host("twice")
    body = site.body(host)

    with ThreadPoolExecutor(4) as pool:
        posts = [
            pool.submit(site.product.ask, "developer", "POST", "/exposures/", body, headers={"Idempotency-Key": "k-1"})
            for _ in range(4)
        ]
        answers = [post.result() for post in posts]

    assert [answer.status for answer in answers] == [201] * 4, [answer.text for answer in answers]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert site.settled(answers[0].json["change_request"])["state"] == "done"
    assert_applied_once(site, host, answers[0].json["change_request"])


def test_no_log_holds_the_clusters_credential(site: Site) -> None:
    token = site.kube.token_of(site.namespace, "portico")
    logs = "".join(part.log.read_text() for part in site.product.parts.values())

    assert token.rpartition(".")[0] not in logs
    assert "eyJ" not in logs

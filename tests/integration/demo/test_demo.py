"""The demo does what its contract says, seen from outside: REST, HTTP, HTTPS, files and processes."""

from __future__ import annotations

import base64
import os
import signal
import socket
import ssl
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from testbed.process import eventually
from tests.integration.demo.conftest import FirstRun
from tests.integration.demo.demos import RunningDemo, running_demo

SHOP = [{"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": "http"}]


def wish(cluster: str, host: str, secret: str = "") -> dict[str, object]:
    tls = {"secret_name": secret} if secret else None
    return {"cluster": cluster, "namespace": "web", "host": host, "paths": SHOP, "tls": tls, "reason": "a test"}


def served_fingerprint(port: int, host: str) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 10) as raw,
        context.wrap_socket(raw, server_hostname=host) as tls,
    ):
        certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
    return certificate.fingerprint(hashes.SHA256()).hex()


def seconds_to_answer(demo: RunningDemo, host: str) -> float:
    begin = time.monotonic()
    status, exposure = demo.call("developer", "POST", "exposures/?wait=30", wish("dev-1", host))
    page_status, page = demo.visit(host)
    seconds = time.monotonic() - begin

    assert (status, exposure["change_request"]["state"], page_status) == (201, "done", 200)
    assert exposure["url"] == f"http://{host}:{demo.router_port}/"
    assert "<title>shop</title>" in page
    return seconds


def test_wildcard_exposure_answers_within_three_seconds(demo: RunningDemo):
    """The best of up to three: what the product needs, not what else the machine is doing."""
    hosts = ("shop.dev.localhost", "second.dev.localhost", "third.dev.localhost")
    assert any(seconds_to_answer(demo, host) < 3 for host in hosts)


def test_approved_custom_host_is_served_with_the_chosen_certificate(demo: RunningDemo):
    body = wish("prod-1", "shop.example.com", "shop-tls")
    status, exposure = demo.call("developer", "POST", "exposures/", body)
    request = exposure["change_request"]
    approval = {"content_hash": request["content_hash"], "comment": "fine"}
    decided, _answer = demo.call("approver", "POST", f"requests/{request['id']}/approve/", approval)
    _status, settled = demo.call("developer", "GET", f"exposures/{exposure['id']}/?wait=30")
    _status, offered = demo.call(
        "developer", "GET", "clusters/prod-1/namespaces/web/certificates/?host=shop.example.com"
    )
    wanted = next(each for each in results(offered) if each["secret_name"] == "shop-tls")

    assert (status, request["state"], decided) == (201, "pending", 200)
    assert settled["url"] == f"https://shop.example.com:{demo.router_port + 363}/"
    assert served_fingerprint(demo.router_port + 363, "shop.example.com") == plain(wanted["fingerprint_sha256"])
    assert served_fingerprint(demo.router_port + 363, "nobody.example.com") != plain(wanted["fingerprint_sha256"])


def results(answer: Any) -> list[dict[str, Any]]:
    return answer if isinstance(answer, list) else answer["results"]


def plain(fingerprint: str) -> str:
    return fingerprint.removeprefix("sha256:").replace(":", "").lower()


def test_secrets_are_offered_or_rejected_as_documented(demo: RunningDemo):
    path = "clusters/test-1/namespaces/web/certificates/?host=shop.example.com"
    _status, offered = demo.call("developer", "GET", path)
    _status, everything = demo.call("developer", "GET", f"{path}&include=rejected")
    reasons = {
        each["secret_name"]: [reason["code"] for reason in each["reasons"]]
        for each in results(everything)
        if not each["usable"] or not each["covers_host"]
    }

    assert {each["secret_name"] for each in results(offered)} >= {"shop-tls", "wildcard-tls"}
    assert not {"client-ca", "robot-token", "basic-auth"} & {each["secret_name"] for each in results(offered)}
    assert reasons == {
        "expired-tls": ["expired"],
        "mismatch-tls": ["key_mismatch"],
        "other-host-tls": ["host_not_covered"],
        "client-ca": ["not_tls_type"],
        "robot-token": ["not_tls_type"],
        "basic-auth": ["not_tls_type"],
    }


def test_portal_holds_no_more_rights_than_it_needs(demo: RunningDemo):
    _status, check = demo.call("platform", "POST", "clusters/dev-1/check/")

    assert {step["name"]: step["status"] for step in check["steps"]} == {
        "resolve": "passed",
        "connect": "passed",
        "tls": "passed",
        "authenticate": "passed",
        "version": "passed",
        "permissions": "passed",
        "ingress_classes": "passed",
        "gateway_api": "skipped",
    }


def test_people_act_only_in_their_own_namespace(demo: RunningDemo):
    seen = {}
    for user in ("developer", "developer2"):
        _status, answer = demo.call(user, "GET", "clusters/test-1/namespaces/")
        seen[user] = [each["name"] for each in results(answer)]
    status, _problem = demo.call("developer2", "POST", "exposures/", wish("dev-1", "theirs.dev.localhost"))

    assert (seen, status) == ({"developer": ["web"], "developer2": ["pay"]}, 404)


def test_first_look_has_something_live_waiting_and_rejected(demo: RunningDemo):
    _status, answer = demo.call("auditor", "GET", "requests/?page_size=200")
    seeded = ("handbook.dev.localhost", "handbook.example.com", "manual.example.com", "legacy.example.com")
    own = [each for each in results(answer) if each["submitter"] == "developer"]
    states = {each["host"]: each["state"] for each in own if each["host"] in seeded}

    assert states == {
        "handbook.dev.localhost": "done",
        "handbook.example.com": "done",
        "manual.example.com": "pending",
        "legacy.example.com": "rejected",
    }
    assert demo.visit("handbook.dev.localhost")[0] == 200


def test_first_look_has_a_path_on_a_host_of_another_team_and_one_that_waits_for_its_owner(demo: RunningDemo):
    asked = {}
    for user, host in (("developer", "bookkeeping.test.localhost"), ("developer2", "handbook.dev.localhost")):
        _status, answer = demo.call(user, "GET", "requests/?mine=true&page_size=200")
        [request] = [each for each in results(answer) if each["host"] == host]
        asked[host] = (request["state"], [(stage["name"], stage["state"]) for stage in request["stages"]])

    assert asked == {
        "bookkeeping.test.localhost": ("done", [("owner", "passed")]),
        "handbook.dev.localhost": ("pending", [("owner", "active")]),
    }


def test_files_with_credentials_are_private(demo: RunningDemo):
    names = ["tokens.env", "kubeconfig", "keys/secret_key", "keys/encryption_keys", "sandbox/dev-1/tokens.json"]
    modes = {name: stat.S_IMODE((demo.folder / name).stat().st_mode) for name in names}

    assert modes == dict.fromkeys(names, 0o600)
    assert stat.S_IMODE(demo.folder.stat().st_mode) == 0o700


def test_kubeconfig_has_full_rights_in_each_cluster(demo: RunningDemo, tmp_path):
    document = yaml.safe_load((demo.folder / "kubeconfig").read_text())
    clusters = {each["name"]: each["cluster"] for each in document["clusters"]}
    users = {each["name"]: each["user"]["token"] for each in document["users"]}
    answers = {
        context["name"]: delete_a_new_secret(clusters[context["context"]["cluster"]], users[context["context"]["user"]])
        for context in document["contexts"]
    }

    assert answers == {"dev-1": [201, 200], "test-1": [201, 200], "prod-1": [201, 200]}


def delete_a_new_secret(cluster: dict[str, str], token: str) -> list[int]:
    import http.client
    import json

    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    address = cluster["server"].removeprefix("https://")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "of-a-newcomer"}}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    path = "/api/v1/namespaces/web/secrets"
    statuses = []
    for method, where, body in (("POST", path, json.dumps(secret)), ("DELETE", f"{path}/of-a-newcomer", None)):
        connection = http.client.HTTPSConnection(address, context=ssl.create_default_context(cadata=authority))
        connection.request(method, where, body, headers)
        statuses.append(connection.getresponse().status)
        connection.close()
    return statuses


def test_sigterm_ends_every_part(first_run: FirstRun):
    assert first_run.parts == {"api", "router", "backends", "portal.wsgi", "worker", "scheduler"}
    assert (first_run.exit_status, first_run.left_running) == (0, {})


def quickest_start(demo: RunningDemo, copied_folder: Callable[[], Path]) -> float:
    """The best of up to three starts: what the demo needs, not what else the machine is doing."""
    seconds = demo.seconds_to_ready
    for _ in range(2):
        if seconds > 10:
            with running_demo(copied_folder()) as again:
                again.wait_until_ready()
                seconds = min(seconds, again.seconds_to_ready)
    return seconds


def test_second_start_takes_ten_seconds_and_keeps_everything(
    demo: RunningDemo, first_run: FirstRun, copied_folder: Callable[[], Path]
):
    assert quickest_start(demo, copied_folder) <= 10
    assert (demo.folder / "tokens.env").read_text() == first_run.tokens
    assert demo.visit("handbook.dev.localhost")[0] == 200


def test_part_that_dies_ends_the_demo_and_is_named(copied_folder: Callable[[], Path]):
    with running_demo(copied_folder()) as demo:
        demo.wait_until_ready()
        os.kill(demo.processes()["worker"], signal.SIGKILL)
        status = demo.process.wait(20)

    assert (status, demo.processes_left()) == (1, {})
    assert "worker ended unexpectedly" in demo.said()


def test_killed_supervisor_leaves_no_part(copied_folder: Callable[[], Path]):
    with running_demo(copied_folder()) as demo:
        demo.wait_until_ready()
        demo.process.kill()
        left = eventually(lambda: not demo.processes(), seconds=15) or demo.processes()

    assert left is True


def test_other_ports_are_followed_by_clusters_and_links_until_ctrl_c(copied_folder: Callable[[], Path]):
    with running_demo(copied_folder()) as demo:
        demo.wait_until_ready()
        _status, cluster = demo.call("platform", "GET", "clusters/dev-1/")
        tokens = (demo.folder / "tokens.env").read_text()
        status = demo.stop(signal.SIGINT)

    assert cluster["entry"]["http_port"] == demo.router_port
    assert f"PORTICO_URL=http://localhost:{demo.port}\n" in tokens
    assert (status, demo.processes_left()) == (0, {})

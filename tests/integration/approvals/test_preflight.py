"""One preflight everywhere: what form, dry-run, request page and gate say of one situation is the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, checks_of, preview_change, reject
from apps.clusters.services import check_cluster, rekey_cluster
from apps.common.errors import Conflict
from apps.delivery.models import Delivery
from apps.delivery.services import run_delivery
from apps.exposures.spec import PathSpec
from apps.inventory.models import Collection, Namespace, Service
from apps.inventory.services import refresh_inventory
from testbed.objects import service
from tests.factories.people import make_platform_admin
from tests.integration.sandboxes import ingress, put, remove
from tests.integration.scenes import Scene

HOST = "shop.example.com"
# Where they stand in the chain: who asks is no question of the gate, and the push asks the cluster itself.
NOT_OF_THE_GATE = {"permission": "skipped", "admission": "unknown"}


def form(scene: Scene, **changes: str) -> dict[str, str]:
    """What the page sends while somebody types, for the request that the scene makes."""
    return {
        "cluster": scene.cluster.name,
        "namespace": "web",
        "service": "shop",
        "port": "http",
        "host_kind": "custom",
        "host": HOST,
        "scheme": "https",
        "secret": "shop-tls",
        "path_0": "/",
        "path_type_0": "Prefix",
        "backend_0": "",
    } | changes


def shown_in_form(client: Client, scene: Scene, action: str = "", **changes: str) -> list[Any]:
    headers = {"HX-Request": "true", "HX-Target": "outcome"}
    client.force_login(scene.developer)
    page = client.post("/exposures/form/", form(scene, **changes) | {"action": action}, headers=headers)
    return list(page.context["outcome"].checks)


def states(steps: Any) -> dict[str, str]:
    return {step.name: str(step.state) for step in steps}


def ask(scene: Scene) -> ChangeRequest:
    return scene.ask(HOST, tls="shop-tls")


def gate_of(request: ChangeRequest) -> list[dict[str, Any]]:
    run_delivery(request.revision.delivery.pk)
    [gate] = [step for step in Delivery.objects.get(revision=request.revision).steps if step["name"] == "gate"]
    found: list[dict[str, Any]] = gate["checks"]
    return found


def test_form_dry_run_request_and_gate_say_the_same(client: Client, scene: Scene) -> None:
    check_cluster(cluster=scene.cluster)
    typed = shown_in_form(client, scene)
    looked = shown_in_form(client, scene, action="check")
    spec = scene.spec(HOST, tls="shop-tls")
    dry_run = preview_change(by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec).as_json()["checks"]
    request = ask(scene)
    pending = checks_of(request)
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    gate = gate_of(request)

    expected = {step["name"]: step["state"] for step in dry_run}
    assert expected == {
        "permission": "passed",
        "namespace": "passed",
        "service": "passed",
        "port": "passed",
        "endpoints": "passed",
        "host": "passed",
        "zone": "passed",
        "class": "unknown",
        "certificate": "warning",
        "dns": "skipped",
        "options": "skipped",
        "quota": "skipped",
        "admission": "passed",
    }
    assert states(looked) == expected
    assert states(typed) == expected | {"admission": "unknown"}
    assert pending is not None
    assert (pending.is_now, states(pending.steps)) == (True, expected | {"admission": "unknown"})
    assert {step["name"]: step["state"] for step in gate} == expected | NOT_OF_THE_GATE


def test_sentences_are_the_same_in_form_dry_run_and_request(client: Client, scene: Scene) -> None:
    Service.objects.filter(name="shop").update(ready_endpoints=0)
    spec = scene.spec(HOST, tls="shop-tls")
    preview = preview_change(
        by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec, ask_cluster=False
    ).as_json()
    shown = {line.name: line.text for line in shown_in_form(client, scene)}
    pending = checks_of(ask(scene))
    assert pending is not None
    said = [step["message"] for step in preview["checks"]]
    assert shown == {step["name"]: step["message"] for step in preview["checks"]}
    assert [step.message for step in pending.steps][:5] == said[:5]
    assert said[4] == "Service shop has no ready endpoint now."
    assert [warning["code"] for warning in preview["warnings"]] == [
        "no_ready_endpoints",
        "certificate_untrusted",
        "certificate_root_included",
    ]


def test_unreachable_cluster_is_unknown_everywhere_and_never_passed(client: Client, scene: Scene) -> None:
    request = ask(scene)
    scene.sandbox.refuse()
    refresh_inventory(cluster=scene.cluster)
    from_cluster = {"namespace", "service", "port", "endpoints", "host", "class", "certificate", "admission"}

    spec = scene.spec("other.example.com")
    preview = preview_change(by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec).as_json()
    told = {step["name"]: step for step in preview["checks"]}
    pending = checks_of(request)
    typed = shown_in_form(client, scene, scheme="http", host="other.example.com")

    # Without a certificate there is nothing to say of one.
    assert {name: told[name]["state"] for name in from_cluster - {"certificate"}} == dict.fromkeys(
        from_cluster - {"certificate"}, "unknown"
    )
    assert told["service"]["message"].startswith("Cluster dev-1 cannot be reached. It was last read ")
    assert pending is not None
    assert {name for name, state in states(pending.steps).items() if state == "unknown"} == from_cluster
    assert states(typed) == {step["name"]: step["state"] for step in preview["checks"]}


def test_cluster_that_just_went_away_is_unknown_at_the_first_question(scene: Scene) -> None:
    check_cluster(cluster=scene.cluster)
    scene.sandbox.refuse()
    spec = scene.spec("other.example.com")
    preview = preview_change(by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec).as_json()
    rested_on_it = {"namespace", "service", "port", "endpoints", "host", "class", "admission"}
    assert {step["name"] for step in preview["checks"] if step["state"] == "unknown"} == rested_on_it
    assert preview["server_dry_run"]["ok"] is None


def test_ingress_that_somebody_made_a_moment_ago_is_a_conflict_at_once(scene: Scene) -> None:
    put(scene.sandbox, ingress("pay", "theirs", HOST))
    spec = scene.spec(HOST)
    preview = preview_change(by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec)
    assert [(one["kind"], one["owner"]["team"]) for one in preview.verdict.conflicts] == [("live_object", "pay")]

    put(scene.sandbox, ingress("pay", "theirs-too", "docs.dev.example.net"))
    with pytest.raises(Conflict, match="is taken") as refusal:
        scene.ask("docs.dev.example.net")
    assert refusal.value.code == "host_conflict"


def test_dry_run_refuses_only_what_the_cluster_lacks_now(scene: Scene) -> None:
    put(scene.sandbox, service("web", "fresh"))
    spec = scene.spec(paths=(PathSpec("/", "Prefix", "fresh", "http"),))

    def dry_run(*, ask_cluster: bool) -> bool:
        return preview_change(
            by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec, ask_cluster=ask_cluster
        ).is_valid

    assert not dry_run(ask_cluster=False)
    earlier = timezone.now() - timedelta(seconds=5)
    Collection.objects.filter(kind="*").update(attempted_at=earlier, observed_at=earlier)
    assert dry_run(ask_cluster=True)


def test_who_may_not_ask_sees_that_first_and_the_rest_all_the_same(client: Client, scene: Scene) -> None:
    Membership.objects.filter(user=scene.developer).update(role=Role.VIEWER)
    lines = shown_in_form(client, scene)
    assert (lines[0].name, lines[0].state, lines[0].text) == (
        "permission",
        "failed",
        "Only developers and maintainers of team web may do this.",
    )
    assert (states(lines)["service"], states(lines)["admission"]) == ("passed", "skipped")


def test_cluster_that_was_never_read_is_unknown_in_the_form(client: Client, scene: Scene) -> None:
    Collection.objects.all().delete()
    found = states(shown_in_form(client, scene, scheme="http"))
    assert {name for name, state in found.items() if state == "unknown"} == {
        "namespace",
        "service",
        "port",
        "endpoints",
        "host",
        "class",
        "admission",
    }


def test_refusal_by_the_cluster_is_told_in_words_with_its_own_below(client: Client, scene: Scene) -> None:
    """Here access rules forbid the write; what policies of a cluster say is tried on a real API server."""
    reader = scene.sandbox.token("reader", [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}])
    rekey_cluster(by=make_platform_admin(), cluster=scene.cluster, token=reader)
    scene.cluster.refresh_from_db()
    check_cluster(cluster=scene.cluster)
    spec = scene.spec(HOST, tls="shop-tls")
    preview = preview_change(by=scene.developer, cluster=scene.cluster, namespace="web", spec=spec)
    step = preview.verdict.steps[-1]
    assert preview.is_valid is False
    assert (step.name, step.state, step.message) == (
        "admission",
        "failed",
        "The portal may not write Ingresses in this namespace of cluster dev-1.",
    )
    assert "cannot patch" in step.raw
    assert preview.as_json()["server_dry_run"] == {"ok": False, "message": step.raw}
    [line] = [line for line in shown_in_form(client, scene, action="check") if line.name == "admission"]
    assert (line.text, line.raw) == (step.message, step.raw)


def test_checks_of_a_decided_request_stay_as_they_were(scene: Scene) -> None:
    request = ask(scene)
    reject(by=scene.approver, request=request, content_hash=request.content_hash, comment="No.")
    kept = checks_of(ChangeRequest.objects.get(pk=request.pk))
    Service.objects.filter(name="shop").delete()
    Membership.objects.filter(user=scene.developer).delete()

    again = checks_of(ChangeRequest.objects.get(pk=request.pk))

    assert kept is not None
    assert kept == again
    assert (kept.is_now, states(kept.steps)["service"], states(kept.steps)["permission"]) == (False, "passed", "passed")


def test_checks_of_an_open_request_follow_what_happens(scene: Scene) -> None:
    request = ask(scene)
    Service.objects.filter(name="shop").delete()
    Membership.objects.filter(user=scene.developer).delete()
    pending = checks_of(ChangeRequest.objects.get(pk=request.pk))
    assert pending is not None
    found = states(pending.steps)
    assert (found["service"], found["permission"]) == ("failed", "warning")


def test_gate_that_closes_keeps_what_it_saw(client: Client, scene: Scene) -> None:
    request = ask(scene)
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    remove(scene.sandbox, service("web", "shop"))
    gate = {step["name"]: step["state"] for step in gate_of(request)}
    kept = checks_of(ChangeRequest.objects.get(pk=request.pk))

    assert (gate["service"], gate["port"], gate["endpoints"]) == ("failed", "skipped", "skipped")
    assert kept is not None
    assert (kept.is_now, states(kept.steps)) == (False, gate)
    client.force_login(scene.developer)
    page = client.get(f"/requests/{request.pk}/checks/")
    assert "There is no Service shop in namespace web." in page.text
    assert "as they were" in page.text


def test_request_page_shows_the_checks_of_now(client: Client, scene: Scene) -> None:
    request = ask(scene)
    client.force_login(scene.approver)
    text = client.get(f"/requests/{request.pk}/checks/").text
    assert "looked at just now" in text
    assert "Namespace web exists and is granted to team web." in text


def test_namespace_that_is_gone_is_told_before_its_services(scene: Scene) -> None:
    Namespace.objects.filter(name="web").delete()
    Collection.objects.update(observed_at=timezone.now())
    preview = preview_change(
        by=scene.developer, cluster=scene.cluster, namespace="web", spec=scene.spec(), ask_cluster=False
    )
    assert [(error.code, error.field) for error in preview.verdict.errors] == [("namespace_not_found", "namespace")]


@pytest.mark.parametrize("port", [80, 81])
def test_service_changed_in_the_cluster_is_what_the_gate_sees(scene: Scene, port: int) -> None:
    request = scene.ask()
    put(scene.sandbox, service("web", "shop") | {"spec": {"ports": [{"name": "http", "port": port}]}})
    assert {step["name"]: step["state"] for step in gate_of(request)}["port"] == "passed"

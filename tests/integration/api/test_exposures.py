"""The exposures of the REST contract, over a sandbox cluster."""

from __future__ import annotations

from typing import Any

import pytest

from apps.api import waiting
from apps.approvals.models import ChangeRequest
from apps.delivery.services import run_delivery
from apps.exposures.models import Exposure
from tests.integration.api.calls import Caller, codes, wish
from tests.integration.sandboxes import ingress, put
from tests.integration.scenes import Scene

HTTPS: dict[str, Any] = {"host": "shop.example.com", "tls": {"secret_name": "shop-tls"}}
EXPOSURE_FIELDS = {
    "id", "cluster", "environment", "namespace", "host", "url", "team", "spec", "generation", "observed_generation",
    "revision", "live_revision", "conditions", "change_request", "created_by", "created_at", "updated_at", "deleted_at",
}  # fmt: skip


def test_create_answers_the_exposure_and_its_request(developer: Caller) -> None:
    answer = developer.post("exposures/", wish())

    assert answer.status_code == 201, answer.body
    body = answer.body
    assert set(body) == EXPOSURE_FIELDS
    assert (body["cluster"], body["namespace"], body["host"]) == ("dev-1", "web", "shop.dev.example.net")
    assert (body["team"], body["generation"], body["url"]) == ("web", 1, "http://shop.dev.example.net/")
    assert body["spec"]["paths"] == wish()["paths"]
    assert body["revision"]["number"] == 1
    assert body["change_request"]["state"] == "delivering"
    assert body["change_request"]["content_hash"] == body["revision"]["content_hash"]
    assert answer["Location"] == f"/api/v1/exposures/{body['id']}/"
    assert answer["ETag"]


def test_create_that_needs_a_human_is_pending(developer: Caller) -> None:
    request = developer.post("exposures/", wish(**HTTPS)).body["change_request"]

    assert (request["state"], request["submitter"]) == ("pending", "developer")
    stage = request["stages"][0]
    assert (stage["mode"], stage["needed"], stage["state"]) == ("any", 1, "active")
    assert stage["slots"][0]["principal"] == "group:network"
    assert stage["decisions"] == []
    assert "kind: Ingress" in request["manifest"]
    assert {"field": "host", "before": None, "after": "shop.example.com"} in request["diff"]
    assert request["explanation"]


def test_wait_on_a_write_does_not_wait_for_people(developer: Caller) -> None:
    answer = developer.post("exposures/?wait=60", wish(**HTTPS))
    assert answer.body["change_request"]["state"] == "pending"


def test_dry_run_writes_nothing(developer: Caller) -> None:
    answer = developer.post("exposures/?dry_run=true", wish(**HTTPS))

    assert answer.status_code == 200, answer.body
    body = answer.body
    assert (body["valid"], body["errors"], body["conflicts"]) == (True, [], [])
    assert body["approval"]["required"] is True
    assert body["approval"]["stages"][0]["candidates"] == ["group:network"]
    assert body["server_dry_run"]["ok"] is True
    assert "kind: Ingress" in body["manifest"]
    assert (Exposure.objects.count(), ChangeRequest.objects.count()) == (0, 0)


def test_dry_run_lists_what_is_wrong(developer: Caller) -> None:
    body = developer.post("exposures/?dry_run=true", wish(host="no.such.zone.test")).body
    assert body["valid"] is False
    assert [(error["code"], error["field"]) for error in body["errors"]] == [("host_not_allowed", "host")]


NO_PATH = [{"path": "shop", "service_name": "shop", "service_port": "http"}]


def test_dry_run_of_what_is_no_spec_says_why_like_any_other(developer: Caller) -> None:
    there = developer.post("exposures/", wish()).body
    place = "clusters/dev-1/namespaces/web/exposures/shop.dev.example.net/"
    wrong = wish("a_b.dev.example.net", paths=NO_PATH)
    answers = [
        developer.post("exposures/?dry_run=true", wrong),
        developer.put(f"exposures/{there['id']}/?dry_run=true", {"paths": NO_PATH, "reason": "Other paths."}),
        developer.put(f"{place}?dry_run=true", {"paths": NO_PATH, "reason": "Other paths."}),
    ]

    told = [[(error["code"], error["field"]) for error in answer.body["errors"]] for answer in answers]
    path = ("path_invalid", "paths.0.path")
    assert told == [[("host_invalid", "host"), path], [path], [path]]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].body | {"errors": []} == {
        "valid": False,
        "errors": [],
        "warnings": [],
        "conflicts": [],
        "manifest": "",
        "diff": [],
        "approval": {"required": False, "because": [], "stages": []},
        "server_dry_run": {"ok": None, "message": "The cluster was not asked."},
        "checks": [],
    }
    assert developer.post("exposures/", wrong).status_code == 422


def test_dry_run_of_what_is_no_spec_is_refused_to_who_may_not_expose(everyone: dict[str, Caller]) -> None:
    wrong = wish(paths=NO_PATH)
    answers = {
        name: everyone[name].post("exposures/?dry_run=true", wrong).body["code"] for name in ("viewer", "stranger")
    }
    assert answers == {"viewer": "not_permitted", "stranger": "namespace_not_found"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"host": "shop..dev.example.net"}, ("host_invalid", "host")),
        ({"host": "10.0.0.1"}, ("host_invalid", "host")),
        ({"host": "a" * 254 + ".dev.example.net"}, ("host_invalid", "host")),
        ({"host": "shop\n.dev.example.net"}, ("host_invalid", "host")),
        ({"host": "elsewhere.example.org"}, ("host_not_allowed", "host")),
        ({"tls": {"secret_name": "shop-tls"}}, ("wildcard_requires_http", "tls")),
        ({"host": "shop.example.com", "tls": {"secret_name": "client-ca"}}, ("secret_not_offered", "tls.secret_name")),
        ({"host": "shop.example.com", "tls": {"secret_name": "none"}}, ("secret_not_offered", "tls.secret_name")),
        ({"options": {"timeout": "5s"}}, ("option_not_allowed", "options.timeout")),
        ({"ingress_class_name": "nginx"}, ("class_not_found", "ingress_class_name")),
        ({"paths": []}, ("path_invalid", "paths")),
    ],
)
def test_a_broken_rule_names_its_field(developer: Caller, change: dict, expected: tuple[str, str]) -> None:
    answer = developer.post("exposures/", wish(**change))
    assert (answer.status_code, answer.body["code"]) == (422, "policy_violation"), answer.body
    assert expected in codes(answer)
    assert Exposure.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"path": "/../etc"}, ("path_invalid", "paths.0.path")),
        ({"path": "/a\nb"}, ("path_invalid", "paths.0.path")),
        ({"service_name": "ghost"}, ("service_not_found", "paths.0.service_name")),
        ({"service_port": "grpc"}, ("port_not_found", "paths.0.service_port")),
        ({"service_port": 81}, ("port_not_found", "paths.0.service_port")),
        ({"service_port": 0}, ("port_not_found", "paths.0.service_port")),
    ],
)
def test_a_broken_path_names_its_place(developer: Caller, change: dict, expected: tuple[str, str]) -> None:
    answer = developer.post("exposures/", wish(paths=[wish()["paths"][0] | change]))
    assert (answer.status_code, codes(answer)) == (422, [expected]), answer.body


def test_a_host_of_another_team_is_a_conflict_with_its_owner(scene: Scene, developer: Caller, stranger: Caller) -> None:
    developer.post("exposures/", wish())
    path = {"path": "/", "path_type": "Prefix", "service_name": "ledger", "service_port": "http"}

    answer = stranger.post("exposures/", wish(namespace="pay", paths=[path]))

    assert (answer.status_code, answer.body["code"]) == (409, "host_conflict")
    assert answer.body["conflicts"] == [
        {
            "host": "shop.dev.example.net",
            "path": None,
            "kind": "exact",
            "cluster": None,
            "owner": {"team": "web", "contact": "#team-web"},
            "exposure": None,
            "can_ask_owner": True,
        }
    ]


def test_what_one_may_not_see_is_not_there(developer: Caller) -> None:
    assert developer.post("exposures/", wish(cluster="prod-9")).body["code"] == "cluster_not_found"
    assert developer.post("exposures/", wish(namespace="pay")).body["code"] == "namespace_not_found"


def test_what_one_may_see_but_not_do_is_refused(scene: Scene, platform: Caller) -> None:
    viewer = Caller(scene.viewer)
    answer = viewer.post("exposures/", wish())
    assert (answer.status_code, answer.body["code"]) == (403, "not_permitted")
    assert platform.post("exposures/", wish()).status_code == 403


def test_list_is_paged_filtered_searched_and_ordered(scene: Scene, developer: Caller, stranger: Caller) -> None:
    for name in ("b", "a", "c"):
        assert developer.post("exposures/", wish(host=f"{name}.dev.example.net")).status_code == 201

    page = developer.get("exposures/?ordering=host&page_size=2").body
    assert (page["count"], [row["host"][0] for row in page["results"]]) == (3, ["a", "b"])
    assert page["previous"] is None
    assert [
        row["host"][0] for row in developer.get(page["next"].removeprefix("http://testserver")).body["results"]
    ] == ["c"]
    assert developer.get("exposures/?host=a.dev.example.net").body["count"] == 1
    assert developer.get("exposures/?search=b.dev").body["count"] == 1
    assert developer.get("exposures/?cluster=dev-1&namespace=web&team=web").body["count"] == 3
    assert developer.get("exposures/?cluster=other").body["count"] == 0
    assert developer.get("exposures/?state=not_live").body["count"] == 3
    assert developer.get("exposures/?state=live").body["count"] == 0
    assert developer.get("exposures/?state=ready").body["count"] == 0
    assert developer.get("exposures/?state=not_ready").body["count"] == 3
    assert developer.get("exposures/?state=delivering").body["count"] == 3
    assert developer.get("exposures/?state=pending").body["count"] == 0
    assert stranger.get("exposures/").body["count"] == 0
    assert developer.get("exposures/?page=9").body["code"] == "page_not_found"
    assert developer.get("exposures/?ordering=colour").body["errors"][0]["code"] == "unknown_ordering"
    assert developer.get("exposures/?colour=red").body["errors"][0]["code"] == "unknown_parameter"


def test_a_list_costs_the_same_number_of_queries_for_one_row_and_for_three(
    developer: Caller, django_assert_max_num_queries
) -> None:
    developer.post("exposures/", wish(host="a.dev.example.net"))
    developer.get("exposures/")
    with django_assert_max_num_queries(20) as one:
        developer.get("exposures/")
    for name in ("b", "c"):
        developer.post("exposures/", wish(host=f"{name}.dev.example.net"))
    with django_assert_max_num_queries(20) as three:
        developer.get("exposures/")
    assert len(three) == len(one)


def test_update_opens_a_request_and_a_second_one_is_refused(scene: Scene, developer: Caller) -> None:
    exposure = scene.publish()
    change = {"paths": [wish()["paths"][0] | {"path": "/shop"}]}
    read = developer.get(f"exposures/{exposure.pk}/")
    assert (read.body["change_request"]["state"], read.body["live_revision"]["number"]) == ("done", 1)

    answer = developer.put(f"exposures/{exposure.pk}/", change, If_Match=read["ETag"])
    assert (answer.status_code, answer.body["operation"], answer.body["state"]) == (202, "update", "delivering")

    stale = developer.put(f"exposures/{exposure.pk}/", change, If_Match=read["ETag"])
    assert (stale.status_code, stale.body["code"]) == (412, "precondition_failed")
    second = developer.put(f"exposures/{exposure.pk}/", change)
    assert (second.status_code, second.body["code"]) == (409, "request_open")
    assert second.body["request"] == answer.body["id"]


def test_update_may_repeat_the_place_but_not_change_it(scene: Scene, developer: Caller) -> None:
    exposure = scene.publish()
    moved = developer.put(f"exposures/{exposure.pk}/", wish(host="other.dev.example.net"))
    assert (moved.status_code, codes(moved)) == (422, [("immutable_field", "host")])
    preview = developer.put(f"exposures/{exposure.pk}/?dry_run=true", wish())
    assert (preview.status_code, preview.body["valid"]) == (200, True), preview.body


def test_update_and_delete_that_are_done_within_the_wait_answer_200(
    scene: Scene, developer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deliver_meanwhile(seconds: float) -> None:
        run_delivery(ChangeRequest.objects.get(state="delivering").revision.delivery.pk)

    exposure = scene.publish()
    monkeypatch.setattr(waiting.time, "sleep", deliver_meanwhile)
    change = {"paths": [wish()["paths"][0] | {"path": "/shop"}]}

    updated = developer.put(f"exposures/{exposure.pk}/?wait=30", change)
    assert (updated.status_code, updated.body["operation"], updated.body["state"]) == (200, "update", "done")
    deleted = developer.delete(f"exposures/{exposure.pk}/?wait=30")
    assert (deleted.status_code, deleted.body["operation"], deleted.body["state"]) == (200, "delete", "done")


def test_delete_opens_a_request_and_ends_in_a_deleted_exposure(scene: Scene, developer: Caller) -> None:
    exposure = scene.publish()
    answer = developer.delete(f"exposures/{exposure.pk}/?reason=Over")
    assert (answer.status_code, answer.body["operation"], answer.body["reason"]) == (202, "delete", "Over")

    run_delivery(ChangeRequest.objects.get(pk=answer.body["id"]).revision.delivery.pk)

    assert developer.get("exposures/").body["count"] == 0
    assert developer.delete(f"exposures/{exposure.pk}/").body["code"] == "exposure_not_found"
    assert developer.get(f"exposures/{exposure.pk}/").body["deleted_at"] is not None


def test_the_reason_of_a_deletion_may_stand_in_the_body(scene: Scene, developer: Caller) -> None:
    exposure = scene.publish()
    assert codes(developer.send("delete", f"exposures/{exposure.pk}/", {"force": True})) == [("unknown_field", "force")]
    answer = developer.send("delete", f"exposures/{exposure.pk}/", {"reason": "Over"})
    assert (answer.status_code, answer.body["reason"]) == (202, "Over")


def test_parts_of_an_exposure(scene: Scene, developer: Caller) -> None:
    exposure = scene.publish()
    manifest = developer.get(f"exposures/{exposure.pk}/manifest/").body
    assert (manifest["live"], "shop.dev.example.net" in manifest["manifest"]) == (True, True)
    assert developer.get(f"exposures/{exposure.pk}/drift/").body["state"] == "in_sync"
    history = developer.get(f"exposures/{exposure.pk}/history/").body
    assert [(row["number"], row["live"], row["author"]) for row in history["results"]] == [(1, True, "developer")]

    developer.put(f"exposures/{exposure.pk}/", {"paths": [wish()["paths"][0] | {"path": "/x"}]})
    run_delivery(ChangeRequest.objects.get(state="delivering").revision.delivery.pk)
    first = history["results"][0]["id"]
    back = developer.post(f"exposures/{exposure.pk}/rollback/", {"revision": first, "reason": "Back."})
    assert (back.status_code, back.body["reason"]) == (202, "Back."), back.body
    assert developer.post(f"exposures/{exposure.pk}/rollback/", {"revision": "rev_none"}).status_code == 404


def test_declaration_creates_changes_or_does_nothing(scene: Scene, developer: Caller) -> None:
    place = "clusters/dev-1/namespaces/web/exposures/shop.dev.example.net/"
    stated = {"paths": wish()["paths"]}
    assert developer.get(place).status_code == 404

    created = developer.put(place, stated)
    assert (created.status_code, created.body["changed"]) == (201, True), created.body
    again = developer.put(place, stated)
    assert (again.status_code, again.body["changed"]) == (200, False)
    run_delivery(ChangeRequest.objects.get().revision.delivery.pk)
    still = developer.put(place, stated)
    assert (still.status_code, still.body["changed"]) == (200, False)
    changed = developer.put(place, {"paths": [wish()["paths"][0] | {"path": "/x"}]})
    assert (changed.status_code, changed.body["changed"], changed.body["id"]) == (202, True, created.body["id"])
    assert developer.get(place).body["id"] == created.body["id"]
    assert Exposure.objects.count() == 1


def test_declaration_refuses_the_place_in_its_body(developer: Caller) -> None:
    answer = developer.put("clusters/dev-1/namespaces/web/exposures/shop.dev.example.net/", wish())
    assert (answer.status_code, answer.body["code"]) == (400, "unknown_field")
    assert {field for _code, field in codes(answer)} == {"cluster", "namespace", "host"}
    preview = developer.put(
        "clusters/dev-1/namespaces/web/exposures/shop.dev.example.net/?dry_run=true", {"paths": wish()["paths"]}
    )
    assert (preview.status_code, preview.body["valid"]) == (200, True)


def changed_outside(scene: Scene) -> Exposure:
    """Live, and changed with kubectl since."""
    exposure = scene.publish()
    put(scene.sandbox, ingress("web", exposure.object_name, exposure.host, "/new", ingressClassName="traefik"))
    return exposure


def test_what_was_changed_outside_is_taken_back(scene: Scene, developer: Caller) -> None:
    exposure = changed_outside(scene)
    place = f"exposures/{exposure.pk}/drift/"
    assert developer.get("exposures/?state=drifted").body["results"] == []
    drift = developer.get(place).body
    assert [row["id"] for row in developer.get("exposures/?state=drifted").body["results"]] == [exposure.pk]
    assert (drift["state"], drift["last_writer"]["manager"]) == ("drifted", "kubectl")

    stale = developer.post(f"{place}revert/", {"seen": "something else"})
    answer = developer.post(f"{place}revert/", {"seen": drift["fingerprint"]})

    assert (stale.status_code, stale.body["code"]) == (409, "drift_changed")
    assert (answer.status_code, answer.body["state"]) == (202, "queued"), answer.body
    run_delivery(answer.body["id"])
    assert developer.get(place).body["state"] == "in_sync"


def test_what_was_changed_outside_is_adopted_by_a_request(scene: Scene, developer: Caller) -> None:
    place = f"exposures/{changed_outside(scene).pk}/drift/"
    seen = developer.get(place).body["fingerprint"]
    answer = developer.post(f"{place}adopt/", {"seen": seen, "reason": "The path moved."})
    assert (answer.status_code, answer.body["state"], answer.body["reason"]) == (202, "delivering", "The path moved.")
    assert {"field": "paths.0.path", "before": "/", "after": "/new"} in answer.body["diff"]


def test_what_no_spec_can_say_is_not_adopted(scene: Scene, developer: Caller) -> None:
    exposure = changed_outside(scene)
    more = ingress("web", exposure.object_name, exposure.host, ingressClassName="traefik")
    more["spec"]["defaultBackend"] = {"service": {"name": "shop", "port": {"name": "http"}}}
    put(scene.sandbox, more)
    place = f"exposures/{exposure.pk}/drift/"
    answer = developer.post(f"{place}adopt/", {"seen": developer.get(place).body["fingerprint"]})
    assert (answer.status_code, [error["field"] for error in answer.body["errors"]]) == (422, ["spec.defaultBackend"])

"""A path on another team's host over REST and through the gate of the delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.exposures.models import HostShare
from apps.inventory.models import Collection
from apps.kube.kinds import INGRESS
from tests.integration.api.calls import Caller, wish
from tests.integration.api.guests import HOST, agree, asked, granted, push, wanted
from tests.integration.sandboxes import admin_client, ingress, put
from tests.integration.scenes import Scene


@pytest.mark.parametrize(("asks", "valid", "stages"), [(False, False, []), (True, True, ["owner"])])
def test_dry_run_says_what_asking_would_do(
    scene: Scene, stranger: Caller, asks: bool, valid: bool, stages: list[str]
) -> None:
    scene.publish(HOST)
    answer = stranger.post("exposures/?dry_run=true", wanted(ask_owner=asks)).body

    assert answer["valid"] is valid
    assert [stage["name"] for stage in answer["approval"]["stages"]] == stages
    assert [conflict["can_ask_owner"] for conflict in answer["conflicts"]] == ([] if asks else [True])


def test_path_goes_live_beside_the_owners_once_the_owner_agrees(
    scene: Scene, stranger: Caller, developer: Caller
) -> None:
    scene.publish(HOST)
    request = asked(stranger)
    [stage] = request["stages"]
    assert (stage["name"], [slot["principal"] for slot in stage["slots"]]) == ("owner", ["team:web"])

    assert agree(developer, request).body["state"] == "delivering"

    assert push(request).state == "live"
    with admin_client(scene.sandbox) as client:
        found = [(one["metadata"]["namespace"], one["spec"]["rules"][0]["host"]) for one in client.list(INGRESS).items]
    assert sorted(found) == [("pay", HOST), ("web", HOST)]


def test_owner_asks_nobody_and_waits_for_nobody(scene: Scene, stranger: Caller, developer: Caller) -> None:
    exposure = scene.publish(HOST)
    asked(stranger)
    body = wish(HOST, paths=[{"path": "/", "path_type": "Prefix", "service_name": "shop", "service_port": 80}])

    answer = developer.put(f"exposures/{exposure.pk}/", body)

    assert (answer.status_code, answer.body["state"]) == (202, "delivering")


@pytest.mark.parametrize("asks", ["yes", 1, None])
def test_asking_is_said_by_a_plain_flag(scene: Scene, stranger: Caller, asks: Any) -> None:
    answer = stranger.post("exposures/", wanted(ask_owner=asks))
    assert (answer.status_code, answer.body["errors"][0]["field"]) == (400, "ask_owner")


def test_path_of_the_owner_stays_refused_when_asked_for(scene: Scene, stranger: Caller) -> None:
    scene.publish(HOST)

    answer = stranger.post("exposures/", wanted("/", ask_owner=True))

    assert (answer.status_code, answer.body["code"]) == (409, "host_conflict")
    [conflict] = answer.body["conflicts"]
    assert (conflict["kind"], conflict["path"], conflict["owner"]["team"]) == ("path", "/", "web")


def test_gate_closes_when_the_grant_is_gone(scene: Scene, stranger: Caller, developer: Caller) -> None:
    scene.publish(HOST)
    request = asked(stranger)
    agree(developer, request)
    HostShare.objects.update(paths=[{"path": "/other", "path_type": "Prefix"}])

    delivery = push(request)

    assert (delivery.state, (delivery.reason or {})["code"]) == ("failed", "host_conflict")
    assert stranger.get(f"requests/{request['id']}/").body["state"] == "stale"


def test_gate_closes_when_the_owner_takes_the_path_by_hand(scene: Scene, stranger: Caller, developer: Caller) -> None:
    scene.publish(HOST)
    request = asked(stranger)
    agree(developer, request)
    put(scene.sandbox, ingress("web", "by-hand", HOST, "/pay"))
    Collection.objects.filter(kind="Ingress").update(observed_at=timezone.now() - timedelta(minutes=1))

    assert (push(request).reason or {})["code"] == "host_conflict"


def take_back(caller: Caller, request: Any, **body: Any) -> Any:
    return caller.post(f"exposures/{request['exposure']}/consent/withdraw/", {"reason": "We move the shop."} | body)


def test_owner_takes_its_consent_back_and_finds_that_in_its_claims(
    scene: Scene, stranger: Caller, developer: Caller
) -> None:
    scene.publish(HOST)
    request = granted(stranger, developer)

    answer = take_back(developer, request)

    assert (answer.status_code, answer.body["withdrawn"], answer.body["team"]) == (200, True, "pay")
    [claim] = developer.get(f"host-claims/?search={HOST}").body["results"]
    assert claim["shared_with"] == [answer.body]
    assert (answer.body["exposure"], answer.body["withdrawn_because"]) == (request["exposure"], "We move the shop.")
    assert take_back(developer, request).body == answer.body


def test_consent_needs_a_reason_to_be_taken_back(scene: Scene, stranger: Caller, developer: Caller) -> None:
    scene.publish(HOST)
    answer = take_back(developer, granted(stranger, developer), reason="")
    assert (answer.status_code, answer.body["errors"][0]["field"]) == (400, "reason")


def test_consent_is_nobody_elses_to_take_back(
    scene: Scene, stranger: Caller, developer: Caller, approver: Caller
) -> None:
    scene.publish(HOST)
    request = granted(stranger, developer)

    assert [take_back(caller, request).status_code for caller in (stranger, approver)] == [404, 404]


def test_change_that_is_on_its_way_stops_at_the_gate_when_the_consent_goes(
    scene: Scene, stranger: Caller, developer: Caller
) -> None:
    """The cluster keeps what runs there, and the request says why it went no further."""
    scene.publish(HOST)
    first = granted(stranger, developer)
    wider = stranger.put(f"exposures/{first['exposure']}/", wanted("/wider")).body
    agree(developer, wider)
    take_back(developer, first)

    delivery = push(wider)

    assert (delivery.state, (delivery.reason or {})["code"]) == ("failed", "consent_withdrawn")
    request = stranger.get(f"requests/{wider['id']}/").body
    assert request["state"] == "stale"
    assert "Team web took back its consent to paths on shop.dev.example.net." in request["explanation"]
    with admin_client(scene.sandbox) as client:
        [rule] = [
            one["spec"]["rules"][0] for one in client.list(INGRESS).items if one["metadata"]["namespace"] == "pay"
        ]
    assert [path["path"] for path in rule["http"]["paths"]] == ["/pay"]


def test_stranger_to_both_teams_sees_nothing_of_it(scene: Scene, stranger: Caller, approver: Caller) -> None:
    scene.publish(HOST)
    assert approver.get(f"requests/{asked(stranger)['id']}/").status_code == 404

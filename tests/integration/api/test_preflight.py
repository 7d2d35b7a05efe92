"""Preflight over REST: the checks of a dry-run and of a request, limits, and where names point."""

from __future__ import annotations

import dns.message
import dns.rdatatype
import pytest

from apps.accounts.models import NamespaceGrant, Team
from apps.domains.models import NameCheck
from apps.exposures.models import Exposure
from apps.exposures.policies import CHECKS
from tests.integration.api.calls import Caller
from tests.integration.api.test_exposures import wish
from tests.integration.scenes import Scene
from tests.unit.domains.dns.conftest import serve
from tests.unit.domains.dns.responder import reply, zone

__all__ = ["serve"]

HOST = "shop.example.com"
NAMES = [check.name for check in CHECKS]


def any_name_leads_to_the_entry(query: dns.message.Message, over_tcp: bool) -> dns.message.Message:
    name = query.question[0].name.to_text(omit_final_dot=True)
    is_address = query.question[0].rdtype == dns.rdatatype.A
    return reply(query, *([f"{name} 60 A 10.0.0.10"] if is_address else []))


def test_dry_run_lists_every_check_with_its_fix(developer: Caller) -> None:
    body = developer.post("exposures/?dry_run=true", wish(host="no.such.zone.test")).body
    checks = {check["name"]: check for check in body["checks"]}
    assert list(checks) == NAMES
    zone_check = checks["zone"]
    assert zone_check.pop("elapsed_ms") >= 0
    assert zone_check == {
        "name": "zone",
        "state": "failed",
        "message": "no.such.zone.test is in no zone that was granted to team web.",
        "hint": "Use a name under .dev.example.net, or ask a platform admin for the zone.",
        "field": "host",
        "observed_at": None,
        "raw": "",
        "violations": body["errors"],
    }
    assert checks["admission"]["state"] == "skipped"


def test_dry_run_speaks_the_readers_language(developer: Caller) -> None:
    body = developer.post("exposures/?dry_run=true", wish(host="no.such.zone.test"), Accept_Language="zh-hans").body
    [zone_check] = [check for check in body["checks"] if check["name"] == "zone"]
    assert zone_check["message"] == body["errors"][0]["message"]
    assert zone_check["message"] != "no.such.zone.test is in no zone that was granted to team web."


def test_request_answers_its_checks_of_now(developer: Caller, approver: Caller) -> None:
    made = developer.post("exposures/", wish(host=HOST, tls={"secret_name": "shop-tls"})).body
    request = approver.get(f"requests/{made['change_request']['id']}/").body
    assert request["checks"]["is_now"] is True
    assert [step["name"] for step in request["checks"]["steps"]] == NAMES


def test_delivery_answers_what_its_gate_found(developer: Caller, scene: Scene) -> None:
    exposure = scene.publish()
    [delivery] = developer.get(f"deliveries/?exposure={exposure.pk}").body["results"]
    found = {step["name"]: step["checks"] for step in delivery["steps"]}
    assert [check["name"] for check in found.pop("gate")] == NAMES
    assert set(found.values()) == {None}


def test_deletion_has_no_checks(developer: Caller, scene: Scene) -> None:
    exposure = scene.publish()
    made = developer.delete(f"exposures/{exposure.pk}/").body
    assert developer.get(f"requests/{made['id']}/").body["checks"] is None


@pytest.mark.parametrize("model", [Team, NamespaceGrant])
def test_limit_that_is_reached_refuses_the_next(
    developer: Caller, scene: Scene, model: type[Team] | type[NamespaceGrant]
) -> None:
    model.objects.update(exposure_limit=1)
    scene.publish()
    answer = developer.post("exposures/", wish(host="docs.dev.example.net"))
    assert (answer.status_code, answer.body["code"]) == (422, "policy_violation")
    [error] = answer.body["errors"]
    assert (error["code"], error["field"]) == ("quota_exceeded", "namespace")
    assert "1 exposures and may have 1" in error["message"]
    assert "platform admin" in error["hint"]
    assert Exposure.objects.count() == 1


def test_limit_leaves_what_is_there_changeable(developer: Caller, scene: Scene) -> None:
    exposure = scene.publish()
    Team.objects.update(exposure_limit=0)
    paths = [wish()["paths"][0] | {"path": "/new"}]
    answer = developer.put(f"exposures/{exposure.pk}/", {"paths": paths, "reason": "A test."})
    assert answer.status_code == 202, answer.body


def test_platform_admin_sets_limits(platform: Caller, developer: Caller, scene: Scene) -> None:
    team = platform.send("patch", "teams/web/", {"exposure_limit": 7})
    grant = platform.send("patch", "teams/web/grants/dev-1/web/", {"exposure_limit": 3})
    assert (team.status_code, team.body["exposure_limit"]) == (200, 7)
    assert grant.body == {"cluster": "dev-1", "namespace": "web", "exposure_limit": 3}
    assert developer.get("teams/web/").body["grants"] == [grant.body]
    read = platform.get("teams/web/")
    lifted = platform.send("patch", "teams/web/", {"exposure_limit": None}, If_Match=read["ETag"])
    assert (lifted.body["exposure_limit"], platform.get("teams/web/")["ETag"]) == (None, lifted["ETag"])
    assert platform.send("patch", "teams/web/", {"exposure_limit": 1}, If_Match=read["ETag"]).status_code == 412
    assert platform.send("patch", "teams/web/grants/dev-1/none/", {"exposure_limit": 3}).status_code == 404


@pytest.mark.parametrize("path", ["teams/web/", "teams/web/grants/dev-1/web/"])
def test_developer_sets_no_limits(developer: Caller, path: str) -> None:
    assert developer.send("patch", path, {"exposure_limit": 7}).status_code == 403


@pytest.mark.parametrize("value", [-1, "7", 1.5, True])
def test_limit_is_a_whole_number(platform: Caller, scene: Scene, value: object) -> None:
    assert platform.send("patch", "teams/web/", {"exposure_limit": value}).status_code == 400


def test_names_are_unknown_until_somebody_looked(developer: Caller, scene: Scene) -> None:
    exposure = scene.publish()
    scene.cluster.entry = {"addresses": ["10.0.0.10"]}
    scene.cluster.save()
    body = developer.get(f"exposures/{exposure.pk}/dns/").body
    assert (body["name"], body["status"], body["reason"], body["checked_at"]) == (
        exposure.host,
        "Unknown",
        "NotChecked",
        None,
    )
    assert body["records"] == [
        {
            "type": "A",
            "name": "*.dev.example.net",
            "value": "10.0.0.10",
            "resolves_to": [],
            "state": "unknown",
            "checked_at": None,
        }
    ]


def test_name_is_looked_at_again_on_request(developer: Caller, scene: Scene, settings, serve) -> None:
    records = [f"{HOST} 60 A 10.0.0.10"]
    settings.PORTICO_RESOLVERS = f"127.0.0.1:{serve(zone(*records)).server.port}"
    scene.cluster.entry = {"addresses": ["10.0.0.10", "10.0.0.11"]}
    scene.cluster.save()
    exposure = scene.ask(HOST).exposure
    answer = developer.post(f"exposures/{exposure.pk}/dns/check/")
    assert (answer.status_code, answer.body["status"], answer.body["ttl"]) == (200, "True", 60)
    assert [(row["value"], row["resolves_to"], row["state"]) for row in answer.body["records"]] == [
        ("10.0.0.10", ["10.0.0.10"], "set"),
        ("10.0.0.11", ["10.0.0.10"], "missing"),
    ]
    assert developer.get(f"exposures/{exposure.pk}/dns/").body == answer.body
    [dns] = [
        check
        for check in developer.put(f"exposures/{exposure.pk}/?dry_run=true", wish(host=HOST)).body["checks"]
        if check["name"] == "dns"
    ]
    assert (dns["state"], dns["message"]) == ("passed", answer.body["message"])


def test_wildcard_of_a_cluster_is_looked_at_by_platform_admins(
    developer: Caller, platform: Caller, scene: Scene, settings, serve
) -> None:
    settings.PORTICO_RESOLVERS = f"127.0.0.1:{serve(any_name_leads_to_the_entry).server.port}"
    scene.cluster.entry = {"addresses": ["10.0.0.10"]}
    scene.cluster.save()
    assert developer.post("clusters/dev-1/dns/check/").status_code == 403
    answer = platform.post("clusters/dev-1/dns/check/")
    assert (answer.status_code, answer.body["name"], answer.body["status"]) == (200, "*.dev.example.net", "True")
    assert developer.get("clusters/dev-1/dns/").body == answer.body


def test_cluster_without_wildcard_has_no_name(platform: Caller, scene: Scene) -> None:
    scene.cluster.wildcard_domain = ""
    scene.cluster.save()
    body = platform.get("clusters/dev-1/dns/").body
    assert (body["name"], body["message"], body["records"]) == ("", "The cluster has no wildcard domain.", [])
    assert NameCheck.objects.count() == 0


def test_names_of_others_do_not_exist(stranger: Caller, scene: Scene) -> None:
    exposure = scene.publish()
    assert stranger.get(f"exposures/{exposure.pk}/dns/").status_code == 404
    assert stranger.post(f"exposures/{exposure.pk}/dns/check/").status_code == 404

"""Zones, reserved names and claims over REST."""

from __future__ import annotations

import pytest

from apps.domains.models import ReservedHost, Zone
from tests import factories
from tests.integration.api.calls import Caller, codes
from tests.integration.scenes import Scene

ZONE = {"name": "Shop.Example.ORG", "team": "web", "approver_group": "network"}


@pytest.fixture
def uses(scene: Scene) -> None:
    """Two hosts of web, one of them exposed, and one of pay."""
    factories.make_host_claim(scene.web, "docs.example.com")
    factories.make_host_claim(scene.web, "shop.example.com")
    factories.make_host_claim(scene.pay, "ledger.example.org")
    factories.make_exposure(scene.cluster, scene.web, host="shop.example.com", pk="exp_1")


def test_zone_is_granted_shown_and_revoked(scene: Scene, platform: Caller, developer: Caller) -> None:
    created = platform.post("zones/", ZONE)
    expected = {"id": created.body["id"], "name": "shop.example.org", "team": "web", "approver_group": "network"}
    assert (created.status_code, created.body) == (201, expected)
    assert developer.get(f"zones/{created.body['id']}/").body == expected
    assert [zone["name"] for zone in developer.get("zones/?search=org").body["results"]] == ["shop.example.org"]
    assert platform.delete(f"zones/{created.body['id']}/", If_Match='"other"').status_code == 412
    assert platform.delete(f"zones/{created.body['id']}/", If_Match=created["ETag"]).status_code == 204
    assert list(Zone.objects.values_list("name", flat=True)) == ["example.com"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": "co.uk"}, 422, "public_suffix"),
        ({"name": "dev.example.net"}, 422, "host_reserved"),
        ({"name": "x"}, 422, "host_invalid"),
        ({"approver": "network"}, 400, "unknown_field"),
    ],
)
def test_zone_that_cannot_be_granted_says_why(
    scene: Scene, platform: Caller, changes: dict[str, str], status: int, code: str
) -> None:
    answer = platform.post("zones/", ZONE | changes)
    assert (answer.status_code, codes(answer)[0][0]) == (status, code)


@pytest.mark.parametrize(
    ("changes", "code"), [({"team": "nobody"}, "team_not_found"), ({"approver_group": "x"}, "group_not_found")]
)
def test_zone_for_nobody_is_not_found(scene: Scene, platform: Caller, changes: dict[str, str], code: str) -> None:
    answer = platform.post("zones/", ZONE | changes)
    assert (answer.status_code, answer.body["code"]) == (404, code)


def test_zone_granted_twice_is_a_conflict(scene: Scene, platform: Caller) -> None:
    platform.post("zones/", ZONE)
    answer = platform.post("zones/", ZONE)
    assert (answer.status_code, answer.body["code"]) == (409, "zone_granted")


def test_reserved_name_is_added_and_removed(scene: Scene, platform: Caller, developer: Caller) -> None:
    created = platform.post("reserved-hosts/", {"pattern": "*.Kept.example.com", "reason": "Kept for later."})
    assert (created.status_code, created.body["pattern"]) == (201, "*.kept.example.com")
    assert developer.get("reserved-hosts/").body["results"] == []
    assert developer.get("hosts/a.kept.example.com/").body["state"] == "reserved"
    assert platform.delete(f"reserved-hosts/{created.body['id']}/").status_code == 204
    assert not ReservedHost.objects.exists()
    assert developer.get("hosts/a.kept.example.com/").body["state"] == "free"


@pytest.mark.usefixtures("uses")
def test_claims_are_those_of_the_own_teams_with_where_they_are_used(developer: Caller) -> None:
    rows = developer.get("host-claims/").body["results"]
    used = [{"exposure": "exp_1", "cluster": "dev-1", "namespace": "web"}]
    assert [(row["host"], row["team"], row["used_by"]) for row in rows] == [
        ("docs.example.com", "web", []),
        ("shop.example.com", "web", used),
    ]


@pytest.mark.usefixtures("uses")
def test_all_claims_are_for_those_who_see_everything(auditor: Caller) -> None:
    found = auditor.get("host-claims/?ordering=-team").body["results"]
    assert [row["team"] for row in found] == ["web", "web", "pay"]
    assert [row["host"] for row in auditor.get("host-claims/?search=ledger").body["results"]] == ["ledger.example.org"]


def test_zone_gets_another_group(platform: Caller, scene: Scene) -> None:
    factories.make_approver_group("security", members=[scene.approver])
    zone = platform.get("zones/").body["results"][0]
    path = f"zones/{zone['id']}/"

    answer = platform.send("patch", path, {"approver_group": "security"})

    assert (answer.status_code, answer.body) == (200, zone | {"approver_group": "security"})
    again = platform.send("patch", path, {"approver_group": "security"}, If_Match='"other"')
    assert again.status_code == 412


@pytest.mark.parametrize(
    ("content", "status"),
    [({"approver_group": "nobody"}, 404), ({}, 400), ({"approver_group": "network", "name": "x.example"}, 400)],
)
def test_zone_is_changed_only_to_a_group_that_there_is(
    platform: Caller, scene: Scene, content: dict[str, str], status: int
) -> None:
    zone = platform.get("zones/").body["results"][0]
    assert platform.send("patch", f"zones/{zone['id']}/", content).status_code == status


def test_zone_is_not_changed_by_its_team(developer: Caller) -> None:
    zone = developer.get("zones/").body["results"][0]
    answer = developer.send("patch", f"zones/{zone['id']}/", {"approver_group": "network"})
    assert answer.status_code == 403

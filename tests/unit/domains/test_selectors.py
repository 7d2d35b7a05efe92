"""What people see of zones, reserved names and claims, and what keeps a name from everyone."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from apps.common.errors import NotFound
from apps.domains.selectors import (
    claims_under,
    get_reserved_host_for,
    get_zone_for,
    list_claims_for,
    list_reserved_hosts_for,
    list_zones_for,
    reservation_of,
    zone_for,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("example.com", "example.com"),
        ("a.example.com", "example.com"),
        ("shop.example.com", "shop.example.com"),
        ("a.b.shop.example.com", "shop.example.com"),
        ("both.example.com", "both.example.com"),
        ("a.both.example.com", "both.example.com"),
        ("theirs.example.com", None),
        ("a.theirs.example.com", None),
        ("example.org", None),
        ("notexample.com", None),
        ("com", None),
    ],
)
def test_zone_for_is_the_most_particular_one_unless_it_is_another_teams(host: str, zone: str | None) -> None:
    web, pay, group = factories.make_team("web"), factories.make_team("pay"), factories.make_approver_group()
    for name in ("example.com", "shop.example.com", "both.example.com"):
        factories.make_zone(web, group, name)
    for name in ("both.example.com", "theirs.example.com", "example.org"):
        factories.make_zone(pay, group, name)
    found = zone_for(host, web)
    assert (found.name if found else None) == zone
    assert found is None or found.team == web


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("portal.example.com", "The portal itself."),
        ("a.portal.example.com", None),
        ("kept.example.com", None),
        ("a.kept.example.com", "Kept."),
        ("b.a.kept.example.com", "Kept."),
        ("portico.example.net", "it is the portal itself"),
        ("dev.example.net", "it is the wildcard domain of a cluster"),
        ("shop.dev.example.net", None),
        ("entry.example.net", "it is the entry of a cluster"),
        ("old.example.net", None),
        ("co.uk", "it is a public suffix"),
        ("example.co.uk", None),
    ],
)
def test_reservation_of(settings: Settings, host: str, reason: str | None) -> None:
    settings.PORTICO_URL = "https://portico.example.net:8443"
    factories.make_reserved_host("portal.example.com")
    factories.make_reserved_host("*.kept.example.com", reason="Kept.")
    factories.make_cluster(entry={"addresses": ["entry.example.net"]})
    factories.make_cluster("prod-1", wildcard_domain="", entry={})
    factories.make_cluster("old", wildcard_domain="old.example.net", retired_at="2026-01-01T00:00Z")
    assert reservation_of(host) == reason


def test_lists_show_the_own_teams_and_everything_to_those_who_see_everything() -> None:
    web, pay, group = factories.make_team("web"), factories.make_team("pay"), factories.make_approver_group()
    for team, name in ((web, "example.com"), (pay, "example.org")):
        factories.make_zone(team, group, name)
        factories.make_host_claim(team, f"shop.{name}")
    factories.make_reserved_host("portal.example.com")
    people = [factories.make_user(team=web), factories.make_user(), factories.make_auditor()]
    people.append(factories.make_platform_admin())
    seen = [
        (list_zones_for(one).count(), list_claims_for(one).count(), list_reserved_hosts_for(one).count())
        for one in people
    ]
    assert seen == [(1, 1, 0), (0, 0, 0), (2, 2, 1), (2, 2, 1)]


def test_zones_and_reserved_names_of_others_do_not_exist() -> None:
    zone = factories.make_zone(factories.make_team("pay"), factories.make_approver_group())
    reserved, stranger = factories.make_reserved_host(), factories.make_user()
    with pytest.raises(NotFound):
        get_zone_for(stranger, zone.pk)
    with pytest.raises(NotFound):
        get_reserved_host_for(stranger, reserved.pk)


def test_claims_under_a_zone_are_those_of_its_team_in_it() -> None:
    web, pay = factories.make_team("web"), factories.make_team("pay")
    zone = factories.make_zone(web, factories.make_approver_group())
    for host in ("example.com", "a.b.example.com", "notexample.com", "shop.example.org"):
        factories.make_host_claim(web, host)
    factories.make_host_claim(pay, "pay.example.com")
    assert sorted(claims_under(zone).values_list("host", flat=True)) == ["a.b.example.com", "example.com"]

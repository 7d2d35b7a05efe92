"""Zones and reserved names: who may, what is refused, what the trail says."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from apps.accounts.models import ApproverGroup, Team, User
from apps.audit.models import AuditEvent
from apps.common.errors import Conflict, InvalidInput, NotPermitted, PolicyViolation
from apps.domains.models import HostClaim, ReservedHost, Zone
from apps.domains.services import claim_host, grant_zone, release_host, reserve_host, revoke_zone, unreserve_host
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return factories.make_platform_admin("platform")


@pytest.fixture
def web() -> Team:
    return factories.make_team("web")


@pytest.fixture
def network() -> ApproverGroup:
    return factories.make_approver_group("network")


@pytest.fixture
def platform_names(settings: Settings) -> None:
    """The names of the portal, of a cluster, and those kept from everyone."""
    settings.PORTICO_URL = "https://portico.example.net:8443"
    factories.make_cluster(entry={"addresses": ["10.0.0.1", "entry.example.net"]})
    factories.make_reserved_host("portal.example.com")
    factories.make_reserved_host("*.kept.example.com")


def test_grant_zone_is_normalised_and_recorded(admin: User, web: Team, network: ApproverGroup) -> None:
    zone = grant_zone(by=admin, name="Bücher.Example.COM.", team=web, approver_group=network)
    event = AuditEvent.objects.get()
    assert zone.name == "xn--bcher-kva.example.com"
    assert (event.verb, event.object_name, event.team) == ("zone.grant", "xn--bcher-kva.example.com", "web")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("com", "host_invalid"),
        ("*.example.com", "host_invalid"),
        ("10.0.0.1", "host_invalid"),
        ("co.uk", "public_suffix"),
        ("github.io", "public_suffix"),
        ("xn--55qx5d.cn", "public_suffix"),
        ("公司.cn", "public_suffix"),
        ("portal.example.com", "host_reserved"),
        ("a.kept.example.com", "host_reserved"),
        ("portico.example.net", "host_reserved"),
        ("dev.example.net", "host_reserved"),
        ("entry.example.net", "host_reserved"),
    ],
)
@pytest.mark.usefixtures("platform_names")
def test_grant_zone_refuses_public_and_reserved_names(admin: User, web: Team, name: str, code: str) -> None:
    with pytest.raises(PolicyViolation) as refused:
        grant_zone(by=admin, name=name, team=web, approver_group=factories.make_approver_group())
    assert [(error.code, error.field) for error in refused.value.errors] == [(code, "name")]
    assert not Zone.objects.exists()


def test_grant_zone_twice_is_a_conflict(admin: User, web: Team, network: ApproverGroup) -> None:
    grant_zone(by=admin, name="example.com", team=web, approver_group=network)
    with pytest.raises(Conflict, match="has this zone already"):
        grant_zone(by=admin, name="EXAMPLE.com", team=web, approver_group=network)


def test_zones_and_reserved_names_are_the_platform_admins(web: Team, network: ApproverGroup) -> None:
    zone, kept = factories.make_zone(web, network), factories.make_reserved_host()
    maintainer = factories.make_user(team=web, role="maintainer")
    for person in (maintainer, factories.make_auditor()):
        with pytest.raises(NotPermitted):
            grant_zone(by=person, name="example.org", team=web, approver_group=network)
        with pytest.raises(NotPermitted):
            revoke_zone(by=person, zone=zone)
        with pytest.raises(NotPermitted):
            reserve_host(by=person, pattern="x.example.com", reason="No.")
        with pytest.raises(NotPermitted):
            unreserve_host(by=person, reserved=kept)
    assert (Zone.objects.count(), ReservedHost.objects.count(), AuditEvent.objects.count()) == (1, 1, 0)


def test_revoke_zone_leaves_the_hosts(admin: User, web: Team, network: ApproverGroup) -> None:
    zone = factories.make_zone(web, network)
    factories.make_host_claim(web, "shop.example.com")
    revoke_zone(by=admin, zone=zone)
    assert (Zone.objects.count(), HostClaim.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("pattern", "stored"),
    [
        (" Portal.Example.COM. ", "portal.example.com"),
        ("*.Internal.Example.com", "*.internal.example.com"),
        (" *.example.com", "*.example.com"),
        ("*.co.uk", "*.co.uk"),
    ],
)
def test_reserve_host_is_normalised(admin: User, pattern: str, stored: str) -> None:
    assert reserve_host(by=admin, pattern=pattern, reason=" Kept. ").pattern == stored
    assert ReservedHost.objects.get().reason == "Kept."


@pytest.mark.parametrize("pattern", ["", "*", "*.", "*.*.example.com", "shop", "a_b.example.com"])
def test_reserve_host_refuses_what_is_no_name(admin: User, pattern: str) -> None:
    with pytest.raises(PolicyViolation) as refused:
        reserve_host(by=admin, pattern=pattern, reason="No.")
    assert [error.field for error in refused.value.errors] == ["pattern"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_reserve_host_needs_a_reason_of_some_length(admin: User, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        reserve_host(by=admin, pattern="x.example.com", reason=reason)
    assert [error.field for error in refused.value.errors] == ["reason"]


def test_reserve_host_twice_is_a_conflict(admin: User) -> None:
    reserve_host(by=admin, pattern="x.example.com", reason="No.")
    with pytest.raises(Conflict, match="reserved already"):
        reserve_host(by=admin, pattern="X.example.com", reason="No.")


def test_unreserve_host_gives_it_back_and_records_what_it_was(admin: User) -> None:
    unreserve_host(by=admin, reserved=factories.make_reserved_host("x.example.com", reason="No."))
    event = AuditEvent.objects.get()
    assert not ReservedHost.objects.exists()
    assert (event.verb, event.before) == ("host.unreserve", {"pattern": "x.example.com", "reason": "No."})


def test_claim_host_of_another_team_names_the_owner_as_contact(web: Team) -> None:
    factories.make_host_claim(factories.make_team("pay", contact="#pay"), "shop.example.com")
    with pytest.raises(Conflict) as taken:
        claim_host(host="shop.example.com", team=web)
    assert taken.value.code == "host_conflict"
    assert [conflict["owner"] for conflict in taken.value.fields["conflicts"]] == [{"team": "pay", "contact": "#pay"}]


@pytest.mark.parametrize("used", [True, False])
def test_release_host_frees_it_only_when_nothing_uses_it(web: Team, used: bool) -> None:
    claim_host(host="shop.example.com", team=web)
    release_host(host="shop.example.com", is_used=lambda: used)
    assert HostClaim.objects.exists() is used

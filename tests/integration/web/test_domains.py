"""The pages of names: who sees what, who may change what, and the lookup that everyone has."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.domains.models import HostClaim, ReservedHost, Zone
from apps.exposures.models import HostShare
from tests import factories

pytestmark = pytest.mark.django_db
WILDCARD_REFUSED = "A wildcard is not one host. Name the host itself. Use a name like shop.example.com."


@pytest.fixture
def web() -> Team:
    """With a namespace of dev-1, the zone example.com, and the host shop.example.com that is exposed there."""
    team = factories.make_team("web", contact="#web")
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_zone(team, factories.make_approver_group("network"))
    factories.make_host_claim(team, "shop.example.com")
    factories.make_exposure(cluster, team, host="shop.example.com")
    return team


@pytest.fixture
def pay() -> Team:
    """With the zone example.org and its own host there."""
    team = factories.make_team("pay", contact="#pay")
    factories.make_zone(team, factories.make_approver_group("money"), "example.org")
    factories.make_host_claim(team, "ledger.example.org")
    return team


@pytest.fixture
def admin(client: Client, web: Team, pay: Team) -> User:
    return signed_in(client, factories.make_platform_admin("platform"))


@pytest.fixture
def developer(client: Client, web: Team, pay: Team) -> User:
    return signed_in(client, factories.make_user("ada", team=web))


def signed_in(client: Client, user: User) -> User:
    client.force_login(user)
    return user


def look_up(client: Client, host: str):
    return client.get(reverse("web:host_lookup"), {"host": host})


def test_domain_list_shows_pools_and_the_own_zones(client, developer):
    response = client.get(reverse("web:domain_list"))
    assert [zone.name for zone in response.context["page"]] == ["example.com"]
    assert [cluster.wildcard_domain for cluster in response.context["pools"]] == ["dev.example.net"]
    assert "Grant a zone" not in response.text
    assert "Reserved names" not in response.text


def test_domain_list_for_platform_admins_shows_all_zones_and_grants_one(client, admin):
    sent = {"name": "Docs.Example.ORG", "team": "web", "approver_group": "network"}
    assert client.post(reverse("web:domain_list"), sent).url == reverse("web:domain_list")
    response = client.get(reverse("web:domain_list"))
    assert [(zone.name, zone.team.name) for zone in response.context["page"]] == [
        ("docs.example.org", "web"),
        ("example.com", "web"),
        ("example.org", "pay"),
    ]
    assert "Team web may now ask for names in docs.example.org." in response.text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("co.uk", "co.uk is a public suffix: anybody can register a name under it."),
        ("dev.example.net", "dev.example.net is reserved: it is the wildcard domain of a cluster."),
        ("10.0.0.1", "An address is not a host name."),
        ("example.com", "Team web has this zone already."),
    ],
)
def test_zone_that_cannot_be_granted_keeps_what_was_typed_and_says_why(client, admin, name, message):
    sent = {"name": name, "team": "web", "approver_group": "network"}
    response = client.post(reverse("web:domain_list"), sent)
    assert response.status_code == 422
    assert message in response.text
    assert f'value="{name}"' in response.text
    assert Zone.objects.count() == 2


def test_zone_revoke_asks_and_says_what_stays(client, admin, web):
    url = reverse("web:zone_revoke", args=[web.zones.get().pk])
    assert "1 host in it stays as it is" in client.get(url).text
    assert client.post(url).url == reverse("web:domain_list")
    assert not web.zones.exists()


def test_auditor_reads_everything_and_changes_nothing(client, web, pay):
    signed_in(client, factories.make_auditor())
    reserved = factories.make_reserved_host()
    names = ("web:domain_list", "web:reserved_list", "web:claim_list", "web:host_lookup")
    assert {name: client.get(reverse(name)).status_code for name in names} == dict.fromkeys(names, 200)
    assert len(client.get(reverse("web:domain_list")).context["page"]) == 2
    posts = [
        reverse("web:domain_list"),
        reverse("web:reserved_list"),
        reverse("web:zone_revoke", args=[web.zones.get().pk]),
        reverse("web:reserved_remove", args=[reserved.pk]),
    ]
    sent = {"name": "x.example.com", "pattern": "x.example.com", "reason": "x"}
    assert {url: client.post(url, sent).status_code for url in posts} == dict.fromkeys(posts, 403)
    assert (Zone.objects.count(), ReservedHost.objects.count()) == (2, 1)


def test_what_belongs_to_others_does_not_exist_for_a_developer(client, developer, pay):
    reserved = factories.make_reserved_host()
    urls = [
        reverse("web:zone_revoke", args=[pay.zones.get().pk]),
        reverse("web:reserved_remove", args=[reserved.pk]),
    ]
    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert [client.post(url).status_code for url in urls] == [404, 404]
    assert list(client.get(reverse("web:reserved_list")).context["page"]) == []


def test_zone_gets_another_group_and_open_requests_keep_theirs(client, admin, web):
    zone, group = web.zones.get(), factories.make_approver_group("security")
    request = factories.make_change_request(web.exposures.get(), risk_facts={"zone": "example.com"})
    factories.make_stage(request)
    url = reverse("web:zone_edit", args=[zone.pk])
    assert "1 request waits for network and keeps waiting for it." in client.get(url).text

    response = client.post(url, {"approver_group": group.name})

    zone.refresh_from_db()
    assert (response.url, zone.approver_group) == (reverse("web:domain_list"), group)
    assert [slot.principal for slot in request.stages.get().slots.all()] == ["group:network"]


def test_zone_without_a_waiting_request_says_so(client, admin, web):
    url = reverse("web:zone_edit", args=[web.zones.get().pk])
    assert "No request waits in this zone." in client.get(url).text
    assert client.post(url, {"approver_group": "nobody"}).status_code == 422


def test_zone_of_the_own_team_is_changed_by_platform_admins_only(client, developer, web):
    url = reverse("web:zone_edit", args=[web.zones.get().pk])
    assert [client.get(url).status_code, client.post(url, {"approver_group": "money"}).status_code] == [403, 403]


def test_reserved_names_are_added_and_removed(client, admin):
    response = client.post(reverse("web:reserved_list"), {"pattern": "*.Kept.example.com", "reason": "Later."})
    assert response.url == reverse("web:reserved_list")
    assert "Later." in client.get(reverse("web:reserved_list")).text
    url = reverse("web:reserved_remove", args=[ReservedHost.objects.get().pk])
    assert "*.kept.example.com" in client.get(url).text
    client.post(url)
    assert not ReservedHost.objects.exists()


def test_reserved_name_that_is_none_is_refused_beside_its_field(client, admin):
    response = client.post(reverse("web:reserved_list"), {"pattern": "shop", "reason": "x"})
    assert response.status_code == 422
    assert response.context["form"].errors["pattern"]


def test_claims_say_who_and_where(client, developer):
    response = client.get(reverse("web:claim_list"))
    assert [(row.claim.host, len(row.exposures)) for row in response.context["rows"]] == [("shop.example.com", 1)]
    assert "dev-1 / web" in response.text


def test_claims_say_who_shares_the_host(client, developer, pay):
    guest = factories.make_exposure(Cluster.objects.get(), pay, host="shop.example.com", namespace="pay")
    request = factories.make_change_request(guest)
    owner = HostClaim.objects.get(host="shop.example.com").team
    share = HostShare.objects.create(exposure=guest, owner=owner, paths=[{"path": "/pay", "path_type": "Prefix"}])
    [row] = client.get(reverse("web:claim_list")).context["rows"]
    assert (len(row.exposures), row.shares) == (1, [])

    share.granted_at, share.request_id = timezone.now(), request.pk
    share.save()

    response = client.get(reverse("web:claim_list"))
    [row] = response.context["rows"]
    assert (len(row.exposures), row.shares) == (1, [share])
    assert "shared with team pay on dev-1 (#pay):" in response.text
    assert reverse("web:request_detail", args=[request.pk]) in response.text


def test_claims_cost_the_same_for_one_and_many(client, admin, web, django_assert_num_queries):
    client.get(reverse("web:claim_list"))
    with django_assert_num_queries(8):
        client.get(reverse("web:claim_list"))
    cluster = Cluster.objects.get()
    for number in range(20):
        factories.make_host_claim(web, f"h{number}.example.com")
        factories.make_exposure(cluster, web, host=f"h{number}.example.com")
    with django_assert_num_queries(8):
        client.get(reverse("web:claim_list"))


@pytest.mark.parametrize(
    ("host", "word"),
    [
        ("free.example.com", "Free"),
        ("free.dev.example.net", "Free"),
        ("SHOP.example.com.", "Taken"),
        ("ledger.example.org", "Taken"),
        ("other.example.org", "Not yours to ask for"),
        ("dev.example.net", "Reserved"),
    ],
)
def test_lookup_says_whether_the_name_is_free(client, developer, host, word):
    response = look_up(client, host)
    assert (response.status_code, response.context["answer"].word) == (200, word)


def test_lookup_of_another_teams_name_tells_the_contact_and_nothing_else(client, developer, pay):
    cluster = factories.make_cluster("secret-cluster", environment="prod", entry={})
    exposure = factories.make_exposure(cluster, pay, host="ledger.example.org", namespace="hidden-namespace")
    page = look_up(client, "ledger.example.org").text
    assert "#pay" in page
    for innards in ("secret-cluster", "hidden-namespace", exposure.pk, "money"):
        assert innards not in page


def test_lookup_of_an_own_name_says_where_it_is_used(client, developer):
    page = look_up(client, "shop.example.com").text
    assert "Team web holds this name." in page
    assert "dev-1 / web" in page
    assert "approved by network" in page


def test_lookup_of_what_is_no_name_says_so_beside_the_field(client, developer):
    response = look_up(client, "*.example.com")
    assert response.status_code == 200
    assert response.context["form"].errors["host"] == [WILDCARD_REFUSED]
    assert response.context["answer"] is None


def test_lookup_without_a_name_asks_for_one(client, developer):
    response = client.get(reverse("web:host_lookup"))
    assert not response.context["form"].errors
    assert look_up(client, "").context["form"].errors["host"]


def test_pages_need_a_signed_in_person(client):
    names = ("web:domain_list", "web:reserved_list", "web:claim_list", "web:host_lookup")
    assert {client.get(reverse(name)).status_code for name in names} == {302}

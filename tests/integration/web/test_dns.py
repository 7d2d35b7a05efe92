"""The record table on an exposure's page, and checking again at once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from apps.clusters.models import Cluster
from apps.domains.models import NameCheck
from apps.domains.records import Record
from apps.exposures.models import Exposure
from apps.web.presenters.names import name_card
from tests import factories
from tests.unit.domains.dns.conftest import serve
from tests.unit.domains.dns.responder import reply, zone

__all__ = ["serve"]

pytestmark = pytest.mark.django_db
HOST = "shop.example.com"


@pytest.fixture
def cluster() -> Cluster:
    return factories.make_cluster(entry={"addresses": ["10.0.0.10", "2001:db8::10"]})


@pytest.fixture
def exposure(client, cluster) -> Exposure:
    team = factories.make_team("web")
    factories.make_grant(team)
    client.force_login(factories.make_user("developer", team=team))
    exposure = factories.make_exposure(cluster, team, host=HOST)
    factories.make_revision(exposure)
    return exposure


@pytest.fixture
def answering(settings, serve):
    """Point the portal at a name server with these records."""

    def use(*records: str) -> None:
        settings.PORTICO_RESOLVERS = f"127.0.0.1:{serve(zone(*records)).server.port}"

    return use


def recheck(client, exposure, **headers):
    return client.post(reverse("web:exposure_dns", args=[exposure.pk]), headers=headers)


def test_page_shows_what_to_set_before_any_check(client, exposure):
    response = client.get(reverse("web:exposure_detail", args=[exposure.pk]))
    assert response.context["names"].records == (
        Record("A", HOST, "10.0.0.10", (), is_set=False),
        Record("AAAA", HOST, "2001:db8::10", (), is_set=False),
    )
    assert "Records that lead to the entry" in response.text
    assert "Not checked yet." in response.text


def test_check_answers_with_the_table_and_sets_the_condition(client, exposure, answering):
    answering(f"{HOST} 300 CNAME in.example.net.", "in.example.net 60 A 10.0.0.10")
    response = recheck(client, exposure, hx_request="true")
    names = response.context["names"]
    assert response.templates[0].name == "exposures/dns.html"
    assert names.message == f"{HOST} resolves to the cluster's entry, but not to 2001:db8::10 of it."
    assert (names.chain, names.ttl) == ((HOST, "in.example.net (300 s)", "10.0.0.10"), 60)
    assert [(record.now, record.is_set) for record in names.records] == [(("10.0.0.10",), True), ((), False)]
    exposure.refresh_from_db()
    assert [condition["type"] for condition in exposure.conditions] == ["Resolves"]


def test_check_without_scripts_leads_back_to_the_page(client, exposure, answering):
    answering()
    response = recheck(client, exposure)
    assert (response.status_code, response.url) == (302, reverse("web:exposure_detail", args=[exposure.pk]))
    assert f"{HOST} does not exist in DNS." in client.get(response.url).text


def test_entry_that_is_a_name_asks_for_a_cname(exposure, cluster, answering):
    Cluster.objects.update(entry={"addresses": ["in.example.net"]})
    exposure.refresh_from_db()
    answering()
    assert name_card(exposure).records == (Record("CNAME", HOST, "in.example.net", (), is_set=False),)


def test_host_under_the_wildcard_needs_no_record_of_its_own(exposure):
    exposure.host = "shop.dev.example.net"
    card = name_card(exposure)
    assert card.is_wildcard
    assert [record.name for record in card.records] == ["*.dev.example.net"] * 2


@pytest.mark.parametrize("works", [True, False])
def test_record_that_hides_a_working_wildcard_is_told(client, exposure, cluster, answering, works):
    Exposure.objects.update(host="shop.dev.example.net")
    cluster.conditions = [{"type": "WildcardResolves", "status": str(works)}]
    cluster.save()
    answering("shop.dev.example.net 60 TXT text")
    response = recheck(client, exposure, hx_request="true")
    assert response.context["names"].is_hidden is works
    assert ("another record at or below this name hides it" in response.text) is works


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ('"ca.example.net"', "The CAA records of example.com allow certificates from ca.example.net only."),
        ('";"', "The CAA records of example.com forbid every certificate authority."),
    ],
)
def test_caa_records_are_told(client, exposure, answering, record, sentence):
    answering(f"{HOST} 60 A 10.0.0.10", f"example.com 60 CAA 0 issue {record}")
    assert sentence in recheck(client, exposure, hx_request="true").text


def test_button_is_missing_where_nobody_is_asked(exposure, settings):
    assert not name_card(exposure).may_check
    settings.PORTICO_RESOLVERS = ""
    assert name_card(exposure).may_check


def test_deleted_exposure_has_no_table_and_is_not_checked(client, exposure):
    Exposure.objects.update(deleted_at=timezone.now())
    recheck(client, exposure)
    assert NameCheck.objects.count() == 0
    assert 'id="dns"' not in client.get(reverse("web:exposure_detail", args=[exposure.pk])).text


def test_stranger_learns_nothing(client, exposure):
    client.force_login(factories.make_user("stranger"))
    assert recheck(client, exposure).status_code == 404


def test_looking_does_not_check(client, exposure):
    assert client.get(reverse("web:exposure_dns", args=[exposure.pk])).status_code == 405


def test_stored_sentence_is_said_in_the_readers_language(exposure, answering):
    from apps.domains.services_dns import check_name

    answering()
    check_name(cluster=exposure.cluster, name=HOST)
    with translation.override("zh-hans"):
        chinese = name_card(exposure)
    assert (chinese.message, chinese.hint) != (name_card(exposure).message, name_card(exposure).hint)
    assert HOST in chinese.message


def any_name(address: str):
    """A name server whose wildcard leads to the address."""

    def answer(query, over_tcp):
        return reply(query, f"{query.question[0].name.to_text(omit_final_dot=True)} 60 A {address}")

    return answer


def recheck_wildcard(client, **headers):
    return client.post(reverse("web:cluster_dns", args=["dev-1"]), headers=headers)


def test_cluster_page_shows_the_records_of_its_wildcard(client, cluster, settings):
    settings.PORTICO_RESOLVERS = "127.0.0.1:53"
    client.force_login(factories.make_platform_admin())
    response = client.get(reverse("web:cluster_detail", args=["dev-1"]))
    assert [(record.type, record.name) for record in response.context["names"].records] == [
        ("A", "*.dev.example.net"),
        ("AAAA", "*.dev.example.net"),
    ]
    assert reverse("web:cluster_dns", args=["dev-1"]) in response.text


def test_cluster_without_a_wildcard_has_nothing_to_set(client, cluster):
    Cluster.objects.update(wildcard_domain="")
    client.force_login(factories.make_platform_admin())
    response = client.get(reverse("web:cluster_detail", args=["dev-1"]))
    assert response.context["names"] is None


def test_wildcard_is_checked_again_at_once_and_kept_as_a_condition(client, cluster, settings, serve):
    client.force_login(factories.make_platform_admin())
    Cluster.objects.update(entry={"addresses": ["10.0.0.10"]})
    settings.PORTICO_RESOLVERS = f"127.0.0.1:{serve(any_name('10.0.0.10')).server.port}"

    response = recheck_wildcard(client, HX_Request="true")

    assert response.status_code == 200
    assert response.context["names"].badge.kind == "ok"
    assert response.context["names"].checked_at is not None
    assert "Check again" in response.text
    cluster.refresh_from_db()
    found = [(one["type"], one["status"]) for one in cluster.conditions if one["type"] == "WildcardResolves"]
    assert found == [("WildcardResolves", "True")]


def test_wildcard_is_checked_again_without_scripts(client, cluster, answering):
    client.force_login(factories.make_platform_admin())
    answering("*.dev.example.net. 60 A 10.0.0.99")
    assert recheck_wildcard(client).url == reverse("web:cluster_detail", args=["dev-1"])
    assert NameCheck.objects.get().found["status"] == "False"


def test_wildcard_is_checked_by_those_who_look_after_clusters_only(client, cluster, exposure, settings):
    settings.PORTICO_RESOLVERS = "127.0.0.1:53"
    page = client.get(reverse("web:cluster_detail", args=["dev-1"]))
    assert reverse("web:cluster_dns", args=["dev-1"]) not in page.text
    assert recheck_wildcard(client).status_code == 403
    client.force_login(factories.make_user())
    assert recheck_wildcard(client).status_code == 404

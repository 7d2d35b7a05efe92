"""The list of certificates and the page of one: what stands there, for whom, and at what cost."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team
from apps.clusters.models import Cluster
from apps.inventory.models import Secret
from tests import factories

pytestmark = pytest.mark.django_db
LIST, EXPORT = "/certificates/", "/certificates/export/"
NOW = timezone.now()


@pytest.fixture
def team() -> Team:
    return factories.make_team("web", contact="#web")


@pytest.fixture
def cluster(team: Team) -> Cluster:
    cluster = factories.make_cluster()
    factories.make_grant(team)
    factories.make_namespace(cluster)
    return cluster


def lasting(cluster: Cluster, name: str, *, days: float, whole: float = 90, **fields: Any) -> Secret:
    """A certificate with so many days left of its whole lifetime."""
    until = timezone.now() + timedelta(days=days, hours=1)
    return factories.make_secret(cluster, name, not_before=until - timedelta(days=whole), not_after=until, **fields)


def secured(cluster: Cluster, team: Team, secret: str, *, host: str = "shop.example.com", namespace: str = "web"):
    """A live exposure that serves the certificate."""
    exposure = factories.make_exposure(cluster, team, host=host, namespace=namespace)
    spec = factories.spec_json(host, tls={"secret_name": secret})
    exposure.live_revision = exposure.desired_revision = factories.make_revision(exposure, spec=spec)
    exposure.save()
    return exposure


def names(response: Any) -> list[str]:
    return [row.certificate.secret.name for row in response.context["rows"]]


def broken(code: str = "key_mismatch") -> dict[str, Any]:
    return {"usable": False, "reasons": [{"code": code, "message": "", "hint": ""}]}


def test_list_without_certificates_says_where_they_come_from(client, cluster, developer):
    response = client.get(LIST)
    assert response.status_code == 200
    assert "No certificates yet" in response.text
    assert "Export CSV" not in response.text


def test_list_shows_the_soonest_first_in_buckets_of_the_lifetime(client, cluster, developer):
    lasting(cluster, "fresh", days=80)
    lasting(cluster, "third", days=25)
    lasting(cluster, "tenth", days=5)
    lasting(cluster, "short-lived", days=4, whole=6)
    lasting(cluster, "over", days=-3)
    factories.make_secret(
        cluster, "torn", not_before=None, not_after=None, fingerprint_sha256="", **broken("unparsable")
    )
    response = client.get(LIST)
    assert [(row.certificate.secret.name, row.certificate.key) for row in response.context["rows"]] == [
        ("over", "expired"),
        ("short-lived", "ok"),
        ("tenth", "tenth"),
        ("third", "third"),
        ("fresh", "ok"),
        ("torn", "unusable"),
    ]
    chips = [(str(chip.label), chip.number) for chip in response.context["buckets"]]
    assert chips == [("Expired", 1), ("Not usable", 1), ("Last tenth", 1), ("Last third", 1), ("In order", 2)]
    assert "25 of 90 days left" in response.text


def test_list_shows_who_owns_and_what_uses_a_certificate(client, cluster, developer, team):
    factories.make_secret(cluster)
    exposure = secured(cluster, team, "shop-tls")
    tls = [{"hosts": ["x.example.com"], "secret_name": "shop-tls"}]
    factories.make_ingress(cluster, "x.example.com", name="by-hand", tls=tls)
    factories.make_ingress(cluster, exposure.host, name="ours", tls=tls, exposure_id=exposure.pk)
    [row] = client.get(LIST).context["rows"]
    assert (row.certificate.team, row.uses.names) == ("web", ["shop.example.com", "by-hand"])


def test_list_names_hosts_that_their_certificate_does_not_cover(client, cluster, developer, team):
    factories.make_secret(cluster)
    secured(cluster, team, "shop-tls")
    secured(cluster, team, "shop-tls", host="other.example.com")
    response = client.get(LIST)
    assert [row.uncovered for row in response.context["rows"]] == [["other.example.com"]]
    assert "other.example.com: not covered" in response.text


def test_secrets_of_other_types_and_places_are_never_named(client, cluster, developer):
    factories.make_secret(cluster, "client-ca", is_tls=False, usable=False)
    factories.make_secret(cluster, "ledger-tls", namespace="pay")
    retired = factories.make_cluster("old-1", retired_at=NOW)
    factories.make_secret(retired, "old-tls")
    factories.make_grant(developer.memberships.get().team, "old-1", "web")
    text = client.get(LIST).text + client.get(EXPORT).text
    assert [name for name in ("client-ca", "ledger-tls", "old-tls") if name in text] == []
    places = [("dev-1", "web", "client-ca"), ("dev-1", "pay", "ledger-tls"), ("old-1", "web", "old-tls")]
    found = [client.get(reverse("web:certificate_detail", args=place)).status_code for place in places]
    assert found == [404, 404, 404]


@pytest.mark.parametrize("make", [factories.make_platform_admin, factories.make_auditor])
def test_those_who_see_everything_see_all_certificates(client, cluster, make):
    factories.make_secret(cluster)
    factories.make_secret(cluster, "ledger-tls", namespace="pay")
    client.force_login(make())
    assert names(client.get(LIST)) == ["shop-tls", "ledger-tls"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["over", "docs", "shop"]),
        ({"bucket": "expired"}, ["over"]),
        ({"bucket": "third"}, []),
        ({"cluster": "test-1"}, ["docs"]),
        ({"team": "docs"}, ["docs"]),
        ({"team": "web", "bucket": "ok"}, ["shop"]),
        ({"q": "SHOP.example"}, ["over", "shop"]),
        ({"q": "nothing"}, []),
        ({"bucket": "nonsense", "page": "x"}, []),
    ],
)
def test_list_and_export_honour_the_filters_of_the_address(client, cluster, developer, query, expected):
    docs = factories.make_team("docs")
    factories.make_membership(docs, developer)
    factories.make_grant(docs, "test-1", "docs")
    lasting(cluster, "over", days=-1)
    lasting(factories.make_cluster("test-1"), "docs", days=50, namespace="docs", subject_names=["docs.example.com"])
    lasting(cluster, "shop", days=60)
    response = client.get(LIST, query)
    assert names(response) == expected
    assert ("Nothing matches" in response.text) == (not expected)
    lines = list(csv.DictReader(io.StringIO(client.get(EXPORT, query).text)))
    assert [line["secret_name"] for line in lines] == expected


def test_export_tells_everything_of_a_certificate(client, cluster, developer, team):
    secret = lasting(cluster, "shop-tls", days=60, issuer="=cmd()", warnings=["self_signed"], **broken())
    secured(cluster, team, "shop-tls")
    [line] = csv.DictReader(io.StringIO(client.get(EXPORT).text))
    assert secret.not_before
    assert secret.not_after
    assert line == {
        "cluster": "dev-1",
        "namespace": "web",
        "secret_name": "shop-tls",
        "team": "web",
        "bucket": "unusable",
        "subject_names": "shop.example.com",
        "issuer": "'=cmd()",
        "not_before": secret.not_before.isoformat(),
        "not_after": secret.not_after.isoformat(),
        "days_left": "60",
        "key_type": "RSA 2048",
        "fingerprint_sha256": secret.fingerprint_sha256,
        "used_by": "shop.example.com",
        "reasons": "key_mismatch",
        "warnings": "self_signed",
    }


def test_list_costs_the_same_for_one_and_three(client, cluster, developer, team, django_assert_num_queries):
    def add(name: str) -> None:
        factories.make_secret(cluster, f"{name}-tls")
        secured(cluster, team, f"{name}-tls", host=f"{name}.example.com")
        factories.make_ingress(cluster, f"{name}.example.org", name=name, tls=[{"secret_name": f"{name}-tls"}])

    add("a")
    client.get(LIST)
    with django_assert_num_queries(13):
        client.get(LIST)
    add("b")
    add("c")
    with django_assert_num_queries(13):
        response = client.get(LIST)
    assert [len(row.uses.names) for row in response.context["rows"]] == [2, 2, 2]


def test_long_lists_have_pages_that_keep_the_filters(client, cluster, developer):
    for number in range(30):
        factories.make_secret(cluster, f"tls-{number:02}")
    response = client.get(LIST, {"page": "2", "bucket": "ok"})
    assert len(response.context["rows"]) == 5
    assert "page=1&amp;bucket=ok" in response.text


def test_page_of_a_certificate_shows_all_that_is_known(client, cluster, developer, team):
    secret = lasting(cluster, "shop-tls", days=60, subject_names=["shop.example.com", "*.shop.example.com"])
    exposure = secured(cluster, team, "shop-tls")
    other = factories.make_exposure(cluster, team, host="www.shop.example.com")
    factories.make_exposure(cluster, team, host="shop.dev.example.net")
    response = client.get(reverse("web:certificate_detail", args=["dev-1", "web", "shop-tls"]))
    shown = [(host.exposure.pk, host.is_covered, host.is_used) for host in response.context["hosts"]]
    assert shown == [(exposure.pk, True, True), (other.pk, True, False)]
    for text in ("*.shop.example.com", "Test CA", "RSA 2048", secret.fingerprint_sha256, "60 of 90 days left"):
        assert text in response.text


def test_page_of_a_certificate_that_is_no_good_says_why_and_the_way_out(client, cluster, developer, team):
    factories.make_secret(cluster, warnings=["self_signed"], **broken())
    secured(cluster, team, "shop-tls", host="other.example.com")
    response = client.get(reverse("web:certificate_detail", args=["dev-1", "web", "shop-tls"]))
    for text in (
        "The private key belongs to another certificate.",
        "Store the pair that was made together.",
        "The certificate has no issuer but itself.",
        "not covered",
    ):
        assert text in response.text


def test_page_of_an_unused_certificate_says_so(client, cluster, developer):
    factories.make_secret(cluster)
    assert "Nothing uses it" in client.get(reverse("web:certificate_detail", args=["dev-1", "web", "shop-tls"])).text


def test_pages_need_a_signed_in_person(client, cluster):
    factories.make_secret(cluster)
    urls = [LIST, EXPORT, reverse("web:certificate_detail", args=["dev-1", "web", "shop-tls"])]
    assert {client.get(url).status_code for url in urls} == {302}

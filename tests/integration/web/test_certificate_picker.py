"""The picker of certificates in the form: what it offers first, its search, the copy in one step, and for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.clusters.models import Cluster
from apps.inventory.models import Secret
from apps.inventory.services import refresh_inventory
from apps.web.presenters.certificate_picker import MOST_OFFERED
from tests import factories
from tests.integration.sandboxes import put
from tests.integration.scenes import AUTHORITY, Scene

NEW = "/exposures/new/"
HOST = "shop.example.com"
OPAQUE = [{"code": "not_tls_type", "message": "", "hint": ""}]
FORM = {"cluster": "dev-1", "namespace": "web", "host_kind": "custom", "host": HOST, "scheme": "https"}


@pytest.fixture
def cluster(db: None, client: Client) -> Cluster:
    team = factories.make_team("web")
    cluster = factories.make_cluster()
    factories.make_namespace(cluster)
    factories.make_grant(team)
    client.force_login(factories.make_user("ada", team=team))
    return cluster


def make_many(cluster: Cluster, count: int) -> None:
    now = timezone.now()
    for number in range(count):
        until = now + timedelta(days=10 + number, hours=1)
        factories.make_secret(cluster, f"shop-{number:02}-tls", not_after=until, issuer="Issuer of many")


def picker(client: Client, **changes: str):
    return client.get(NEW, FORM | changes).context["offer"].picker


def test_best_one_for_the_host_is_chosen_and_few_are_shown(client, cluster):
    make_many(cluster, 12)
    response = client.get(NEW, FORM)
    offer = response.context["offer"]
    assert [row.secret_name for row in offer.picker.rows] == [f"shop-{number:02}-tls" for number in range(11, 5, -1)]
    assert (offer.draft.secret, offer.picker.rows[0].chosen, offer.picker.hidden) == ("shop-11-tls", True, 6)
    assert "6 more: search for them" in response.text
    assert response.text.count("covers shop.example.com") == MOST_OFFERED


def test_what_was_chosen_by_itself_follows_the_host_and_what_somebody_chose_stays(client, cluster):
    factories.make_secret(cluster, "shop-tls")
    factories.make_secret(cluster, "docs-tls", subject_names=["docs.example.com"])
    by_itself = {"host": "docs.example.com", "secret": "shop-tls", "preselected": "shop-tls"}
    assert client.get(NEW, FORM | by_itself).context["offer"].draft.secret == "docs-tls"
    stated = client.get(NEW, FORM | by_itself | {"preselected": ""}).context["offer"]
    assert (stated.draft.secret, [row.secret_name for row in stated.rejected]) == ("shop-tls", ["shop-tls"])


def test_search_finds_what_is_not_shown_and_keeps_what_is_chosen(client, cluster):
    make_many(cluster, 12)
    url = picker(client).url
    found = client.get(f"{url}&find=shop-01&secret=shop-11-tls")
    assert [row.secret_name for row in found.context["picker"].rows] == ["shop-11-tls", "shop-01-tls"]
    assert "<html" not in found.text
    by_issuer = client.get(f"{url}&find=MANY&secret=shop-00-tls").context["picker"]
    assert (len(by_issuer.rows), by_issuer.rows[-1].chosen) == (MOST_OFFERED + 1, True)
    nothing = client.get(f"{url}&find=nothing")
    assert "No certificate that can be used has this in it." in nothing.text
    assert picker(client, find="shop-02").rows[0].secret_name == "shop-02-tls"


def test_other_types_are_named_only_on_request_and_only_to_those_who_may(client, cluster):
    nothing: dict[str, Any] = {"subject_names": [], "not_before": None, "not_after": None, "fingerprint_sha256": ""}
    factories.make_secret(cluster, "robot", is_tls=False, usable=False, reasons=OPAQUE, type="Opaque", **nothing)
    url = picker(client).url
    asked = client.get(f"{url}&others=yes").text
    assert ("robot" in asked, "Look inside and copy" in asked) == (True, True)
    assert "robot" not in client.get(url).text
    client.force_login(factories.make_auditor("auditor"))
    assert "robot" not in client.get(f"{url}&others=yes").text
    client.force_login(factories.make_user("eve"))
    assert client.get(url).status_code == 404


def test_default_certificate_is_a_choice_where_it_covers_the_host(client, cluster):
    cluster.default_certificate = {"names": ["*.example.com"], "certificate": "", "issuer": "House CA"}
    cluster.save()
    offer = client.get(NEW, FORM).context["offer"]
    assert [(row.value, row.chosen) for row in offer.picker.rows] == [("*", True)]
    assert offer.picker.rows[0].title == "The cluster’s default certificate"
    assert picker(client, host="shop.example.org").rows == []
    cluster.default_certificate |= {"names": ["*.dev.example.net"]}
    cluster.save()
    assert picker(client, host="shop.dev.example.net").rows == []
    cluster.default_certificate = {"names": ["*.example.com"], "not_after": "2020-01-01T00:00:00+00:00"}
    cluster.save()
    assert picker(client).rows == []


@pytest.mark.parametrize("count", [1, 3])
def test_picker_costs_the_same_for_any_number(client, cluster, count, django_assert_num_queries):
    make_many(cluster, count)
    url = picker(client).url
    with django_assert_num_queries(9):
        client.get(url)


@pytest.fixture
def developer(scene: Scene, client: Client) -> Client:
    leaf = AUTHORITY.issue(["new.example.com"])
    content = {"cert.pem": leaf.certificate_pem, "key.pem": leaf.private_key_pem}
    metadata = {"namespace": "web", "name": "legacy.pair"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": content}
    put(scene.sandbox, secret)
    refresh_inventory(cluster=scene.cluster)
    client.force_login(scene.developer)
    return client


def test_copy_is_chosen_and_nothing_typed_is_lost(developer):
    stated = FORM | {"host": "new.example.com", "service": "shop", "port": "http", "others": "yes", "reason": "Why."}
    page = developer.post(NEW, stated | {"action": "copy.legacy.pair"})
    offer = page.context["offer"]
    made = f"legacy.pair-{timezone.now().date().isoformat()}"
    assert (offer.draft.secret, offer.draft.reason, offer.draft.host) == (made, "Why.", "new.example.com")
    assert [(row.secret_name, row.chosen) for row in offer.picker.rows] == [(made, True)]
    assert f"{made} is in the cluster and chosen." in page.text


def test_copy_that_does_not_fit_says_why_and_leaves_the_form_as_it_was(developer):
    page = developer.post(NEW, FORM | {"action": "copy.legacy.pair"})
    assert "No copy of legacy.pair was made: The certificate does not cover the host." in page.text
    assert page.context["offer"].draft.secret == "shop-tls"
    assert not Secret.objects.filter(name__startswith="legacy.pair-").exists()


def test_page_of_other_types_makes_copies_too(developer, scene, client):
    url = reverse("web:certificate_others")
    page = developer.get(url)
    assert [secret.name for secret in page.context["page"]] == ["client-ca", "legacy.pair"]
    wish = {"place": "dev-1/web", "from_secret": "legacy.pair"}
    made = f"legacy.pair-{timezone.now().date().isoformat()}"
    copied = developer.post(reverse("web:certificate_copy"), wish)
    assert copied.url == reverse("web:certificate_detail", args=["dev-1", "web", made])
    refused = developer.post(reverse("web:certificate_copy"), wish | {"from_secret": "client-ca"}, follow=True)
    assert "The secret has no certificate in" in refused.text
    client.force_login(scene.viewer)
    assert list(client.get(url).context["page"]) == []
    assert client.post(reverse("web:certificate_copy"), wish).status_code == 403

"""The sections of the exposure form, the sentence that grows beside them, and the word on the button."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.clusters.models import Cluster
from apps.exposures.models import Exposure
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("developer")]
NEW = "/exposures/new/"
CHOSEN = {"cluster": "dev-1", "namespace": "web", "service": "shop"}


@pytest.fixture(autouse=True)
def cluster(team: Team) -> Cluster:
    """Two clusters and two services, so that nothing is chosen by itself."""
    cluster = factories.make_cluster()
    for one in (cluster, factories.make_cluster("prod-1", environment="prod", wildcard_domain="")):
        factories.make_grant(team, one.name)
        factories.make_namespace(one)
        factories.make_service(one)
        factories.make_service(one, "docs", ready_endpoints=0)
        factories.make_ingress_class(one)
    return cluster


@pytest.fixture
def exposure(cluster: Cluster, team: Team, developer: User) -> Exposure:
    exposure = factories.make_exposure(cluster, team, created_by=developer)
    exposure.live_revision = exposure.desired_revision = factories.make_revision(exposure)
    exposure.save()
    return exposure


def sections(client: Client, **stated: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(NEW, stated).context["sections"]
    return found


def folded(found: dict[str, Any]) -> list[str]:
    return [key for key, section in found.items() if section.is_folded]


def waiting(found: dict[str, Any]) -> list[str]:
    return [key for key, section in found.items() if section.waits]


def test_sections_open_as_the_one_before_is_answered(client):
    empty = sections(client)
    assert (folded(empty), waiting(empty)) == ([], ["what", "name", "how", "why"])
    placed = sections(client, cluster="dev-1", namespace="web")
    assert (folded(placed), waiting(placed)) == (["where"], ["name", "how", "why"])
    chosen = sections(client, **CHOSEN)
    assert (folded(chosen), waiting(chosen)) == (["where", "what", "how"], [])
    named = sections(client, **CHOSEN, prefix="shop", reason="A shop.")
    assert folded(named) == ["where", "what", "name", "how"]
    assert [section.number for section in named.values()] == [1, 2, 3, 4, 5]


def test_folded_sections_say_what_was_chosen(client):
    several = {"path_0": "/a", "path_1": "/b", "option_websocket": "true"}
    found = sections(client, **CHOSEN, prefix="shop", scheme="https", secret="shop-tls", **several)
    assert {key: section.summary for key, section in found.items()} == {
        "where": "dev-1 / web",
        "what": "shop : http · 1 endpoint ready",
        "name": "shop.dev.example.net",
        "how": "HTTPS with shop-tls · 2 paths · 1 option",
        "why": "",
    }
    assert found["where"].environment == "dev"
    assert sections(client, **CHOSEN)["how"].summary == "HTTP · every path"
    assert sections(client, **CHOSEN, path_0="/shop")["how"].summary == "HTTP · /shop"


def test_what_is_wrong_and_what_is_missing_stands_open(client):
    assert "how" not in folded(sections(client, **CHOSEN, scheme="https"))
    assert "name" not in folded(sections(client, **CHOSEN, prefix="not ok"))
    refused = client.post(NEW, CHOSEN | {"action": "send", "prefix": "shop", "path_0": "no-slash"})
    assert folded(refused.context["sections"]) == ["where", "what", "name"]


def test_what_somebody_wrote_stays_in_sight_while_a_choice_is_open_again(client):
    assert waiting(sections(client, host_kind="custom", host="shop.example.com")) == ["what"]
    assert waiting(sections(client, cluster="dev-1", namespace="web", reason="Because.")) == []


def test_name_of_an_exposure_that_exists_cannot_be_changed(client, exposure):
    response = client.get(reverse("web:exposure_edit", args=[exposure.pk]))
    found = response.context["sections"]
    assert list(found) == ["what", "name", "how", "why"]
    assert [key for key, section in found.items() if section.is_fixed] == ["name"]
    assert found["name"].summary == "shop.dev.example.net · stays as it is"
    assert "Nothing differs yet from what runs now." in response.text


def test_services_stand_with_type_ports_and_ready_endpoints(client):
    response = client.get(NEW, CHOSEN)
    rows = [
        (row.name, row.note, row.ready, row.ready_kind, row.is_chosen) for row in response.context["offer"].service_rows
    ]
    assert rows == [
        ("docs", "ClusterIP · http 80/TCP", "0 ready", "wait", False),
        ("shop", "ClusterIP · http 80/TCP", "1 ready", "ok", True),
    ]
    assert "Search 2 services" not in response.text


def test_service_that_is_gone_stays_chosen_and_says_so(client):
    rows = client.get(NEW, CHOSEN | {"service": "gone"}).context["offer"].service_rows
    assert [(row.name, row.note, row.is_chosen) for row in rows][-1] == ("gone", "not found", True)


def test_many_services_can_be_searched(client, cluster):
    for number in range(5):
        factories.make_service(cluster, f"more-{number}")
    assert "Search 7 services" in client.get(NEW, CHOSEN).text


def test_many_clusters_can_be_searched(client, team):
    assert "Search clusters" not in client.get(NEW).text
    for number in range(8):
        factories.make_grant(team, factories.make_cluster(f"more-{number}").name)
    assert "Search clusters" in client.get(NEW).text


def test_sentence_grows_with_what_is_chosen(client):
    assert sentence(client) == "A name will point to a service on a cluster."
    assert sentence(client, cluster="dev-1") == "….dev.example.net will point to a service on dev-1."
    assert sentence(client, **CHOSEN) == "….dev.example.net will point to web / shop : http on dev-1."
    whole = "http://shop.dev.example.net/ will point to web / shop : http on dev-1."
    assert sentence(client, **CHOSEN, prefix="shop") == whole
    assert sentence(client, **CHOSEN, prefix="shop", scheme="https").endswith("on dev-1, with the certificate ….")


def test_sentence_escapes_what_is_typed(client):
    text = client.get(NEW, CHOSEN | {"host_kind": "custom", "host": "<script>x</script>"}).text
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text


def test_button_says_what_pressing_it_does(client, exposure):
    def word(**stated: str) -> str:
        return str(client.get(NEW, stated).context["button"])

    assert word() == "Publish"
    assert word(**CHOSEN) == "Publish"
    assert word(**CHOSEN, scheme="https") == "Request approval"
    assert word(**CHOSEN | {"cluster": "prod-1"}) == "Request approval"
    edit = client.get(reverse("web:exposure_edit", args=[exposure.pk]))
    assert edit.context["button"] == "Apply the change"


def test_copy_says_what_it_is_a_copy_of(client, exposure):
    page = client.get(reverse("web:exposure_copy", args=[exposure.pk]), follow=True)
    assert f"A copy of {exposure.host}: choose where it goes, and its name." in page.text
    assert waiting(page.context["sections"]) == ["what", "name", "how", "why"]
    assert plain(page.context["sentence"].url) == "shop.…"


def sentence(client: Client, **stated: str) -> str:
    """As it is read, without its marks."""
    found = client.get(NEW, stated).context["sentence"]
    parts = {name: plain(getattr(found, name)) for name in ("url", "backend", "cluster", "secret")}
    words = f"{parts['url']} will point to {parts['backend']} on {parts['cluster']}"
    return f"{words}, with the certificate {parts['secret']}." if parts["secret"] else f"{words}."


def plain(markup: Any) -> str:
    return str(markup or "").rpartition("</")[0].partition(">")[2]

"""The search: what it finds, only for those who may see it, as a page and as the palette's options."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.web.presenters.search import LIMIT
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/search/"


@pytest.fixture
def developer(client: Client) -> User:
    """Of team web, which has shop.example.com on dev-1."""
    team = factories.make_team("web", title="Web shop")
    user = factories.make_user("ada", team=team)
    cluster = factories.make_cluster("dev-1", wildcard_domain="dev.example.net")
    factories.make_grant(team, "dev-1", "web")
    exposure = factories.make_exposure(cluster, team, host="shop.example.com")
    factories.make_host_claim(team, "shop.example.com")
    factories.make_host_claim(team, "old-shop.example.com")
    factories.make_change_request(exposure, submitter=user)
    client.force_login(user)
    return user


def found(client: Client, text: str) -> dict[str, list[str]]:
    sections = client.get(URL, {"q": text}).context["sections"]
    return {section.name: [str(hit.label) for hit in section.hits] for section in sections}


def test_search_finds_one_word_in_every_kind_of_thing(client, developer):
    assert found(client, "shop") == {
        "exposures": ["shop.example.com"],
        "hosts": ["old-shop.example.com"],
        "requests": ["Publish shop.example.com"],
        "teams": ["web"],
    }


def test_search_finds_clusters_by_name_and_domain(client, developer):
    assert [found(client, text)["clusters"] for text in ("dev-1", "dev.example.net")] == [["dev-1"], ["dev-1"]]


def test_search_for_a_whole_name_asks_whose_it_is(client, developer):
    sections = client.get(URL, {"q": "pay.example.com"}).context["sections"]
    assert [(str(hit.label), hit.url) for section in sections for hit in section.hits] == [
        ("Who has pay.example.com?", "/domains/lookup/?host=pay.example.com")
    ]


def test_search_needs_every_word_in_any_field(client, developer):
    assert [found(client, text).get("exposures") for text in ("SHOP dev-1 web", "shop prod-1")] == [
        ["shop.example.com"],
        None,
    ]


def test_search_without_words_offers_the_pages_one_may_open(client, developer):
    shown = re.findall(r'class="rail-link"[^>]*><svg.*?</svg>([^<]+)', client.get(URL).text)
    assert shown[:2] == ["Home", "Exposures"]
    assert found(client, "  ") == {"pages": [*shown, "New exposure", "Notices", "Profile", "API tokens", "Help"]}


def test_search_finds_a_page_by_a_part_of_its_name(client, developer):
    assert found(client, "tok") == {"pages": ["API tokens"]}


def test_search_offers_admins_their_pages(client):
    client.force_login(factories.make_platform_admin("platform"))
    assert found(client, "cluster") == {"pages": ["Clusters", "Register a cluster"]}


def test_search_hides_what_belongs_to_others(client, developer):
    client.force_login(factories.make_user("eve", team=factories.make_team("pay")))
    assert found(client, "shop") == {}


def test_search_puts_names_that_begin_so_before_others_and_is_cut(client, developer):
    team = factories.make_team("busy")
    factories.make_membership(team, developer)
    cluster = factories.make_cluster("dev-2")
    for name in ("a-api", "api-b", "api", "b-api", "c-api", "d-api", "e-api"):
        factories.make_exposure(cluster, team, host=f"{name}.example.com")
    sections = client.get(URL, {"q": "api"}).context["sections"]
    exposures = next(section for section in sections if section.name == "exposures")
    assert [str(hit.label).removesuffix(".example.com") for hit in exposures.hits] == [
        "api-b",
        "api",
        "a-api",
        "b-api",
        "c-api",
        "d-api",
    ]
    assert (len(exposures.hits), exposures.more_url) == (LIMIT, "/exposures/?q=api")


@pytest.mark.parametrize("count", [1, 3, 9])
def test_search_costs_the_same_for_one_and_many(client, count, django_assert_num_queries):
    cluster, user = factories.make_cluster("shop-1"), factories.make_user("ada")
    for number in range(count):
        team = factories.make_team(f"shop-{number}")
        factories.make_membership(team, user)
        exposure = factories.make_exposure(cluster, team, host=f"shop-{number}.example.com")
        factories.make_host_claim(team, f"shop-{number}.example.com")
        factories.make_host_claim(team, f"my-shop-{number}.example.com")
        factories.make_grant(team, "shop-1", f"shop-{number}")
        factories.make_change_request(exposure)
    client.force_login(user)
    with django_assert_num_queries(11):
        response = client.get(URL, {"q": "shop"})
    assert [len(section.hits) for section in response.context["sections"]] == [
        min(count, LIMIT),
        min(count, LIMIT),
        1,
        min(count, LIMIT),
        min(count, LIMIT),
    ]


def test_search_folds_no_name_of_exposures_and_reads_no_manifest(client, developer):
    with CaptureQueriesContext(connection) as asked:
        client.get(URL, {"q": "Shop"})
    said = [one["sql"] for one in asked.captured_queries if "exposures_exposure" in one["sql"]]
    assert [sql for sql in said if '"rendered"' in sql or 'UPPER("exposures_exposure"' in sql] == []


@pytest.mark.parametrize("text", ["shop\x00", "\x00", "%", "_", "'", "😀", "x" * 4000, "a " * 400])
def test_search_survives_whatever_is_typed(client, developer, text):
    assert client.get(URL, {"q": text}).status_code == 200


def test_search_finds_percent_and_underscore_only_as_themselves(client, developer):
    assert [found(client, text) for text in ("%", "_")] == [{}, {}]


def test_palette_gets_only_options_that_keyboards_can_name(client, developer):
    response = client.get(URL, {"q": "shop"}, headers={"hx-request": "true"})
    options = re.findall(r'role="option"[^>]* id="([^"]+)" href="([^"]+)"', response.text)
    request_id = developer.change_requests.get().pk
    exposure_id = developer.change_requests.get().exposure_id
    assert options == [
        ("palette-exposures-1", f"/exposures/{exposure_id}/"),
        ("palette-hosts-1", "/exposures/?q=old-shop.example.com"),
        ("palette-requests-1", f"/requests/{request_id}/"),
        ("palette-teams-1", "/teams/web/"),
    ]
    assert ("<html" in response.text, "4 results" in response.text, response.headers["Vary"]) == (
        False,
        True,
        "HX-Request, Accept-Language, Cookie",
    )


def test_palette_escapes_what_was_typed(client, developer):
    response = client.get(URL, {"q": "<b>x</b>"}, headers={"hx-request": "true"})
    assert ("<b>x</b>" in response.text, "&lt;b&gt;x&lt;/b&gt;" in response.text) == (False, True)


def test_search_form_of_the_bar_leads_to_the_page(client, developer):
    page = client.get(reverse("web:home")).text
    assert '<form class="search" role="search" action="/search/">' in page
    assert 'value="shop"' in client.get(URL, {"q": "shop"}).text


def test_search_is_for_people_who_signed_in(client):
    response = client.get(URL, {"q": "shop"})
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/search/%3Fq%3Dshop")


def test_help_explains_every_word_and_key(client, developer):
    response = client.get("/help/")
    assert re.findall(r'<div id="(\w+)"><dt>', response.text) == list(response.context["terms"])
    # Twice: in the list that “?” opens, and on the page.
    assert re.findall(r'data-keys="([^"]+)"', response.text) == ["g h", "g e", "g r", "g c", "n"] * 2

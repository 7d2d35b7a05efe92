"""The start page by role: what waits, what is one's own, and numbers that lead to exactly what they count."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.approvals.models import ChangeRequest
from apps.approvals.services import return_request
from apps.exposures.enums import ConditionType
from apps.exposures.services import note_condition
from tests import factories
from tests.integration.scenes import Scene


@pytest.fixture
def change(scene: Scene) -> ChangeRequest:
    return scene.ask("shop.example.com", tls="shop-tls")


def home(client: Client, user):
    client.force_login(user)
    return client.get(reverse("web:home"))


def test_home_of_an_approver_is_the_queue(client, scene, change):
    response = home(client, scene.approver)
    assert [row.title for row in response.context["decisions"].rows] == ["Publish shop.example.com over HTTPS"]
    assert "1 thing waits for you" in response.text
    assert response.context["needs_team"] is None


def test_home_of_a_developer_shows_exposures_and_what_is_under_way(client, scene, change):
    scene.publish("cart.dev.example.net")
    response = home(client, scene.developer)
    assert [line.exposure.host for line in response.context["exposures"]] == [
        "cart.dev.example.net",
        "shop.example.com",
    ]
    assert [row.waits_for for row in response.context["moving"].rows] == ["network"]
    assert "Nothing waits for you" in response.text


def test_home_of_a_developer_shows_what_was_returned(client, scene, change):
    return_request(by=scene.approver, request=change, content_hash=change.content_hash, comment="Why?")
    response = home(client, scene.developer)
    assert [row.request.pk for row in response.context["needs_team"].rows] == [change.pk]
    assert 'Edit<span class="visually-hidden"> Publish' in response.text


def test_home_leaves_out_failures_that_a_newer_request_has_overtaken(client, db):
    cluster, team = factories.make_cluster(), factories.make_team("web")
    exposure = factories.make_exposure(cluster, team)
    factories.make_change_request(exposure, state="failed")
    factories.make_change_request(exposure, state="done")
    assert home(client, factories.make_user("ada", team=team)).context["needs_team"].rows == []


def test_home_of_a_viewer_asks_for_nothing(client, scene, change):
    response = home(client, scene.viewer)
    assert (response.context["acts"], response.context["needs_team"]) == (False, None)
    assert "shop.example.com" in response.text


def test_home_without_a_team_says_whom_to_ask(client, db):
    assert "You are in no team yet" in home(client, factories.make_user()).text


def test_home_of_a_platform_admin_shows_clusters_that_need_attention(client, db):
    factories.make_cluster("test-1", reachable=False, environment="test")
    response = home(client, factories.make_platform_admin("platform"))
    assert [line.trouble for line in response.context["overview"].unhealthy] == ["No answer within 5 s."]
    assert "?state=unhealthy" in response.text


def test_home_numbers_count_exactly_the_lists_they_lead_to(client, db):
    cluster, team = factories.make_cluster(), factories.make_team("web")
    for number, state in enumerate(["pending", "pending", "failed", "done"]):
        exposure = factories.make_exposure(cluster, team, host=f"shop-{number}.example.com")
        factories.make_change_request(exposure, state=state)
    response = home(client, factories.make_user("auditor", is_auditor=True))
    overview = response.context["overview"]
    assert (overview.exposures, overview.pending, overview.failed, overview.clusters) == (4, 2, 1, 1)
    links = re.findall(r'class="card stat" href="([^"]+)"|href="([^"]+)" class="card stat"', response.text)
    counts = [client.get("".join(link).replace("&amp;", "&")).context["page"].paginator.count for link in links]
    assert counts == [4, 2, 1, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_the_same_for_one_and_many(client, db, count, django_assert_num_queries):
    cluster, team = factories.make_cluster(), factories.make_team("web")
    developer = factories.make_user("ada", team=team)
    factories.make_approver_group("network", members=[developer])
    for number in range(count):
        exposure = factories.make_exposure(cluster, team, host=f"a-{number}.example.com")
        factories.make_stage(factories.make_change_request(exposure))
        failed = factories.make_exposure(cluster, team, host=f"b-{number}.example.com")
        factories.make_change_request(failed, state="failed")
    client.force_login(developer)
    with django_assert_num_queries(23):
        client.get(reverse("web:home"))


def test_home_reads_no_manifest(client, scene, change):
    client.force_login(scene.developer)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("web:home"))
    wide = ('"rendered"', '"risk_facts"', '"flow"')
    assert [one["sql"] for one in asked.captured_queries if any(column in one["sql"] for column in wide)] == []


def test_home_tells_what_people_did_last_and_not_what_the_system_did(client, scene):
    scene.publish("cart.dev.example.net")
    rows = home(client, scene.developer).context["recent"]
    sentence = f'<b>developer</b> asked for <a href="{rows[0].url}">cart.dev.example.net</a>'
    assert [(row.event.actor, str(row.sentence), row.event.object_name) for row in rows] == [
        ("developer", sentence, "cart.dev.example.net")
    ]


def test_home_of_a_developer_shows_what_does_not_work_and_what_was_changed_outside(client, db):
    cluster, team = factories.make_cluster(), factories.make_team("web")
    developer = factories.make_user("ada", team=team)
    for host, kind, reason in (("a", "Serving", "NoAnswer"), ("b", "InSync", "ChangedOutside"), ("c", "Ready", "")):
        exposure = factories.make_exposure(cluster, team, host=f"{host}.example.com")
        exposure.live_revision = exposure.desired_revision = factories.make_revision(exposure)
        note_condition(exposure, ConditionType(kind), "False", reason, f"{reason} it is.")
        exposure.save()
    response = home(client, developer)
    assert sorted((line.exposure.host, line.state.word, line.why) for line in response.context["troubled"]) == [
        ("a.example.com", "Entry does not answer", "NoAnswer it is."),
        ("b.example.com", "Changed outside", "ChangedOutside it is."),
    ]
    assert "2 things wait for you" in response.text
    assert 'See what differs<span class="visually-hidden"> b.example.com' in response.text


def test_home_of_a_developer_shows_certificates_that_end_soon(client, db):
    cluster, team = factories.make_cluster(), factories.make_team("web")
    factories.make_grant(team)
    now = timezone.now()
    for name, days in (("old-tls", 3), ("fine-tls", 80)):
        factories.make_secret(
            cluster,
            name=name,
            not_before=now - timedelta(days=90 - days),
            not_after=now + timedelta(days=days, hours=1),
        )
    response = home(client, factories.make_user("ada", team=team))
    assert [one.secret.name for one in response.context["certificates"]] == ["old-tls"]
    link = re.findall(r'href="([^"]*bucket=due[^"]*)"', response.text)[0]
    assert client.get(link).context["page"].paginator.count == response.context["certificates_total"] == 1

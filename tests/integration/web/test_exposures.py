"""The list of exposures and the page of one: what stands there, for whom, and at what cost."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.clusters.models import Cluster
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import ConditionType
from apps.exposures.models import Exposure
from apps.exposures.services import CHANGED_OUTSIDE, note_condition
from apps.web.presenters.exposure_list import groups_of
from apps.web.views import exposures
from tests import factories

pytestmark = pytest.mark.django_db
TABS = ["exposure_detail", "exposure_manifest", "exposure_history", "exposure_requests", "exposure_events"]


def live_exposure(cluster: Cluster, team: Team, host: str = "shop.dev.example.net", **fields: Any) -> Exposure:
    exposure = factories.make_exposure(cluster, team, host=host, **fields)
    manifest = {"kind": "Ingress", "metadata": {"name": exposure.object_name}}
    revision = factories.make_revision(exposure, rendered=json.dumps(manifest))
    exposure.live_revision = exposure.desired_revision = revision
    for kind in ("Applied", "Admitted", "Serving", "Ready", "Resolves"):
        note_condition(exposure, ConditionType(kind), "True", "Answers", f"{kind} it is.")
    exposure.save()
    factories.make_change_request(exposure, revision=revision, state=RequestState.DONE)
    factories.make_delivery(revision, state=DeliveryState.LIVE, steps=[STEP], settled_at=timezone.now())
    return exposure


STEP = {"name": "serving", "status": "passed", "message": "200", "started_at": "2026-11-23T10:00:00Z", "elapsed_ms": 5}


def page(client: Client, exposure: Exposure, name: str = "exposure_detail"):
    return client.get(reverse(f"web:{name}", args=[exposure.pk]))


def test_list_without_rows_shows_the_way_on(client, developer):
    response = client.get("/exposures/")
    assert response.status_code == 200
    assert "No exposures yet" in response.text
    assert reverse("web:exposure_new") in response.text


def test_list_shows_state_place_and_service(client, cluster, developer, team):
    live_exposure(cluster, team)
    response = client.get("/exposures/")
    [row] = response.context["rows"]
    assert (row.state, row.scheme, row.backends) == (("ok", "Serving", ""), "http", ["shop : http"])
    for text in ("shop.dev.example.net", "dev-1", "web / shop : http", "1 of 1"):
        assert text in response.text


def test_list_costs_the_same_for_one_and_three(client, cluster, developer, team, django_assert_num_queries):
    live_exposure(cluster, team)
    client.get("/exposures/")
    with django_assert_num_queries(9):
        client.get("/exposures/")
    for name in ("a", "b"):
        pending = factories.make_exposure(cluster, team, host=f"{name}.dev.example.net")
        factories.make_change_request(pending)
    with django_assert_num_queries(10):
        response = client.get("/exposures/")
    assert len(response.context["rows"]) == 3


def test_settled_and_busy_exposures_are_counted_in_one_statement(cluster, team, django_assert_num_queries):
    """Between two, a delivery that ends takes its exposure from one part to the other: it would be in neither."""
    live_exposure(cluster, team)
    factories.make_change_request(factories.make_exposure(cluster, team, host="a.dev.example.net"))
    with django_assert_num_queries(1):
        groups = groups_of(Exposure.objects.all(), QueryDict())
    assert sorted(group.number for group in groups) == [1, 1]


@pytest.mark.parametrize("query", ["", "?state=serving", "?state=attention", "?q=SHOP", "?cluster=dev-1"])
def test_list_reads_no_manifest_and_counts_nothing_twice(client, cluster, developer, team, query):
    live_exposure(cluster, team)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/exposures/{query}")
    said = [one["sql"] for one in asked.captured_queries]
    assert [sql for sql in said if '"rendered"' in sql or '"facts"' in sql] == []
    assert [sql for sql in said if "COUNT(*)" in sql and "exposures_exposure" in sql.partition("WHERE")[0]] == []


@pytest.mark.parametrize("query", ["", "?state=serving", "?team=web&page=2", "?q=nobody", "?state=drift", "?page=9"])
def test_list_numbers_its_pages_by_what_it_found(client, cluster, developer, team, query):
    for number in range(27):
        live_exposure(cluster, team, f"shop-{number:02}.dev.example.net")
    page = client.get(f"/exposures/{query}").context["page"]
    found = 0 if query in ("?q=nobody", "?state=drift") else 27
    assert (page.paginator.count, len(page.object_list)) == (found, min(found, 2 if "page=" in query else 25))


def test_list_shows_the_certificate_with_its_days(client, developer, team):
    cluster = factories.make_cluster("prod-1", environment="prod")
    factories.make_secret(cluster, not_after=timezone.now() + timedelta(days=10, hours=1))
    for host, secret in (("shop.example.com", "shop-tls"), ("gone.example.com", "other-tls")):
        exposure = factories.make_exposure(cluster, team, host=host)
        factories.make_revision(exposure, spec=factories.spec_json(host, tls={"secret_name": secret}))
    gone, shop = client.get("/exposures/").context["rows"]
    assert (shop.certificate.days_left, shop.secret_name) == (10, "shop-tls")
    assert (gone.certificate, gone.secret_name) == (None, "other-tls")


def test_list_numbers_count_what_each_filter_would_leave(client, cluster, developer, team):
    live_exposure(cluster, team)
    drifted = live_exposure(cluster, team, "old.dev.example.net")
    note_condition(drifted, ConditionType.IN_SYNC, "False", CHANGED_OUTSIDE, "")
    drifted.save()
    pending = factories.make_exposure(factories.make_cluster("test-1"), team, host="docs.test.example.net")
    factories.make_change_request(pending)

    response = client.get("/exposures/", {"cluster": "dev-1"})

    assert [(str(one.label), one.number) for one in response.context["first"]] == [
        ("Needs attention", 1),
        ("Changed outside", 1),
    ]
    numbers = {
        str(chip.label): {str(one.label): one.number for one in chip.options if one.number is not None}
        for chip in response.context["chips"]
    }
    assert numbers["Cluster"] == {"dev-1": 2, "test-1": 1}
    assert numbers["State"] == {
        "Serving": 1,
        "In progress": 0,
        "Needs attention": 1,
        "Changed outside": 1,
        "Not known": 0,
    }
    assert [row.state.word for row in response.context["rows"]] == ["Changed outside", "Serving"]
    found = client.get("/exposures/", {"state": "drift"})
    assert [row.exposure.host for row in found.context["rows"]] == ["old.dev.example.net"]


def exported(client, **query):
    answer = client.get(reverse("web:exposure_export"), query)
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_export_has_what_the_filters_leave(client, cluster, developer, team):
    live_exposure(cluster, team)
    other = live_exposure(factories.make_cluster("test-1"), team, "docs.test.example.net")
    [row] = exported(client, cluster="test-1")
    assert (row["id"], row["host"], row["state"], row["services"]) == (
        other.pk,
        "docs.test.example.net",
        "Serving",
        "shop : http",
    )
    assert len(exported(client)) == 2
    assert exported(client, state="attention") == []


def test_export_is_for_those_who_may_see_and_disarms_formulas(client, cluster, team):
    exposure = live_exposure(cluster, team)
    Exposure.objects.filter(pk=exposure.pk).update(namespace="=1+1")
    client.force_login(factories.make_user(team=team))
    assert [row["namespace"] for row in exported(client)] == ["'=1+1"]
    client.force_login(factories.make_user())
    assert exported(client) == []


def test_export_is_capped(client, cluster, developer, team, monkeypatch):
    monkeypatch.setattr(exposures, "EXPORT_LIMIT", 1)
    for host in ("a.dev.example.net", "b.dev.example.net"):
        live_exposure(cluster, team, host)
    assert [row["host"] for row in exported(client)] == ["a.dev.example.net"]


def test_page_says_what_was_changed_outside(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    note_condition(exposure, ConditionType.IN_SYNC, "False", CHANGED_OUTSIDE, "kubectl changed it.")
    exposure.save()
    response = page(client, exposure)
    assert response.context["page"].badges[1] == ("wait", "Changed outside", "git-compare")
    assert [hop["state"] for hop in response.context["way"]] == ["ok", "ok", "wait", "ok", "ok"]
    assert "kubectl changed it." in response.text
    assert reverse("web:exposure_drift", args=[exposure.pk]) in response.text


@pytest.mark.parametrize(("status", "state"), [("True", "ok"), ("False", "bad"), ("Unknown", "mute")], ids=str)
def test_way_begins_with_what_dns_says(client, cluster, team, status, state):
    client.force_login(factories.make_user(team=team))
    exposure = live_exposure(cluster, team)
    note_condition(exposure, ConditionType.RESOLVES, status, "Said", "")
    exposure.save()
    assert page(client, exposure).context["way"][0]["state"] == state


def test_delivered_steps_are_folded_unless_one_of_them_warns(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    assert [step.title for step in page(client, exposure).context["delivered"]] == ["Answers under its name"]
    Delivery.objects.update(steps=[STEP | {"status": "warning"}])
    response = page(client, exposure)
    assert response.context["delivered"] == []
    assert response.context["steps"][-1].title == "Answers under its name"


def test_any_two_revisions_can_be_compared(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    factories.make_revision(exposure, spec=factories.spec_json(ingress_class_name="nginx"))
    factories.make_revision(exposure, spec=factories.spec_json(ingress_class_name="traefik"))
    address = reverse("web:exposure_compare", args=[exposure.pk])
    response = client.get(address, {"from": "3", "to": "2"})
    assert [(one.label, one.before, one.after) for one in response.context["changes"]] == [
        ("Ingress class", "traefik", "nginx")
    ]
    lines = {(line.kind, line.text.strip()) for line in response.context["lines"] if line.kind}
    assert {("del", "ingress_class_name: traefik"), ("add", "ingress_class_name: nginx")} <= lines
    for query in ({"from": "1"}, {"from": "1", "to": "9"}, {"from": "x", "to": "1"}):
        assert client.get(address, query).status_code == 404
    assert "Compare the two" in page(client, exposure, "exposure_history").text


def test_events_tell_everything_that_was_done_about_it(client, scene):
    exposure = scene.publish()
    client.force_login(scene.developer)
    rows = page(client, exposure, "exposure_events").context["rows"]
    assert [(row.who, row.event.verb) for row in rows] == [
        ("Delivery", "request.complete"),
        ("Policy", "request.dispatch"),
        ("Policy", "request.pass"),
        ("developer", "request.submit"),
    ]


DOCS, SHOP = "docs.test.example.net", "shop.dev.example.net"


@pytest.mark.parametrize(
    "sought",
    [
        ({"cluster": "test-1"}, [DOCS]),
        ({"namespace": "web"}, [SHOP]),
        ({"q": "DOCS"}, [DOCS]),
        ({"team": "web"}, [DOCS, SHOP]),
        ({"state": "serving"}, [SHOP]),
        ({"state": "attention"}, [DOCS]),
        ({"state": "nonsense", "page": "x"}, [DOCS, SHOP]),
        ({"q": "nothing"}, []),
    ],
)
def test_list_filters_by_what_stands_in_the_address(client, cluster, team, sought):
    query, hosts = sought
    client.force_login(factories.make_user(team=team))
    live_exposure(cluster, team)
    other = factories.make_exposure(factories.make_cluster("test-1"), team, host=DOCS, namespace="docs")
    factories.make_change_request(other)
    response = client.get("/exposures/", query)
    assert [row.exposure.host for row in response.context["rows"]] == hosts


def test_a_stranger_sees_neither_list_row_nor_page(client, cluster, team):
    exposure = live_exposure(cluster, team)
    client.force_login(factories.make_user())
    assert client.get("/exposures/").context["rows"] == []
    for name in TABS:
        assert page(client, exposure, name).status_code == 404


@pytest.mark.parametrize("name", TABS)
def test_every_tab_of_a_live_exposure_opens(client, cluster, developer, team, name):
    response = page(client, live_exposure(cluster, team), name)
    assert response.status_code == 200
    assert "http://shop.dev.example.net/" in response.text


def test_page_of_a_live_exposure_has_two_badges_and_the_way(client, cluster, developer, team):
    response = page(client, live_exposure(cluster, team))
    assert response.context["page"].badges == [("ok", "Serving", ""), ("ok", "In sync", "")]
    assert [hop["state"] for hop in response.context["way"]] == ["ok"] * 5
    assert "hx-trigger" not in response.text.partition('id="live"')[2].partition(">")[0]


def test_conditions_are_folded_while_none_is_broken(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    whole = page(client, exposure)
    assert "All in order" in whole.text
    assert 'id="conditions-more"' in whole.text
    note_condition(exposure, ConditionType.SERVING, "False", "NoAnswer", "Nothing answers.")
    exposure.save()
    broken = page(client, exposure)
    assert "All in order" not in broken.text
    assert 'id="conditions-more"' not in broken.text


def test_list_of_somebody_without_a_team_leads_to_the_teams(client):
    client.force_login(factories.make_user("newcomer"))
    text = client.get(reverse("web:exposure_list")).text
    assert "You are in no team yet" in text
    main = text.partition('id="main"')[2].partition("</main>")[0]
    assert reverse("web:team_list") in main
    assert reverse("web:exposure_new") not in main


def test_page_of_a_deleted_exposure_says_so_and_its_forms_lead_back(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    Exposure.objects.update(deleted_at=timezone.now(), live_revision=None)
    text = page(client, exposure).text
    assert "The name is free again." in text
    assert reverse("web:exposure_copy", args=[exposure.pk]) in text
    assert 'id="conditions"' not in text
    for form in ("exposure_edit", "exposure_delete"):
        answer = client.get(reverse(f"web:{form}", args=[exposure.pk]))
        assert answer["Location"] == reverse("web:exposure_detail", args=[exposure.pk])


def test_page_offers_nothing_about_dns_where_nobody_asks_it(client, cluster, developer, team, settings):
    exposure = live_exposure(cluster, team)
    offered = ("Value to set", "Now resolves to", "Check again", "<footer>")
    settings.PORTICO_RESOLVERS = "10.0.0.53"
    assert [word for word in offered if word in page(client, exposure).text] == list(offered)
    settings.PORTICO_RESOLVERS = "off"
    assert [word for word in offered if word in page(client, exposure).text] == ["Value to set"]


def test_search_of_the_list_stays_out_of_the_top_bar(client, cluster, developer, team):
    live_exposure(cluster, team)
    text = client.get(reverse("web:exposure_list"), {"q": "shop"}).text
    assert text.count('value="shop"') == 1
    assert client.get(reverse("web:search"), {"q": "shop"}).text.count('value="shop"') == 1


def test_page_shows_the_first_broken_hop(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    note_condition(exposure, ConditionType.SERVING, "False", "NotRouted", "")
    exposure.save()
    response = page(client, exposure)
    assert [hop["state"] for hop in response.context["way"]] == ["ok", "ok", "bad", "ok", "ok"]
    assert response.context["page"].badges == [("bad", "Not routed yet", ""), ("ok", "In sync", "")]


def test_page_asks_again_while_a_delivery_runs_and_stops_when_it_is_over(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    moving = factories.make_change_request(exposure, state=RequestState.DELIVERING)
    factories.make_delivery(moving.revision, state=DeliveryState.APPLYING)
    first = client.get(reverse("web:exposure_live", args=[exposure.pk]), {"asked": "1"})
    assert first.context["pause"] == 0.4
    assert "asked=2" in first.text
    assert [step.kind for step in first.context["steps"]][-6:] == [""] * 6
    ChangeRequest.objects.filter(pk=moving.pk).update(state=RequestState.DONE)
    Delivery.objects.filter(revision=moving.revision).update(state=DeliveryState.LIVE)
    settled = client.get(reverse("web:exposure_live", args=[exposure.pk]), {"asked": "2"})
    assert settled.context["pause"] is None
    assert "data-poll" not in settled.text


def test_page_of_a_failed_delivery_says_why_and_retries(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    why = {"code": "apply_conflict", "message": "kubectl owns spec.rules.", "hint": "Look at the drift."}
    failed = factories.make_change_request(exposure, state=RequestState.FAILED, state_reason=why)
    factories.make_delivery(failed.revision, state=DeliveryState.FAILED, reason=why)
    exposure.desired_revision = failed.revision
    exposure.save()
    response = page(client, exposure)
    assert "kubectl owns spec.rules." in response.text
    assert "overwrite what others changed" in response.text
    client.post(reverse("web:exposure_retry", args=[exposure.pk]), {"overwrite": "yes"})
    failed.revision.delivery.refresh_from_db()
    assert (failed.revision.delivery.state, failed.revision.delivery.overwrite) == ("queued", True)


def test_page_shows_a_viewer_why_nothing_can_be_done(client, cluster, team):
    exposure = live_exposure(cluster, team)
    client.force_login(factories.make_user(team=team, role="viewer"))
    response = page(client, exposure)
    assert "Only developers and maintainers of team web may do this." in response.text
    assert reverse("web:exposure_edit", args=[exposure.pk]) not in response.text
    assert client.get(reverse("web:exposure_edit", args=[exposure.pk])).status_code == 403


def test_page_shows_the_certificate_and_the_days_that_are_left(client, developer, team):
    entry = {"addresses": ["10.0.0.1"], "https_port": 8443}
    cluster = factories.make_cluster("prod-1", environment="prod", entry=entry)
    factories.make_secret(cluster, not_after=timezone.now() + timedelta(days=10, hours=1))
    exposure = factories.make_exposure(cluster, team, host="shop.example.com")
    factories.make_revision(exposure, spec=factories.spec_json("shop.example.com", tls={"secret_name": "shop-tls"}))
    response = page(client, exposure)
    card = response.context["certificate"]
    assert (card.days_left, card.whole_days, card.kind) == (10, 11, "ok")
    assert "https://shop.example.com:8443/" in response.text


def test_revision_page_shows_what_it_changed(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    newer = factories.make_revision(exposure, spec=factories.spec_json(ingress_class_name="nginx"))
    response = client.get(reverse("web:exposure_revision", args=[exposure.pk, newer.pk]))
    assert [(one.label, one.before, one.after) for one in response.context["changes"]] == [
        ("Ingress class", "", "nginx")
    ]


def test_rollback_asks_for_what_an_earlier_revision_said(client, cluster, developer, team):
    factories.make_ingress_class(cluster, "nginx", is_default=False)
    exposure = live_exposure(cluster, team)
    first = exposure.revisions.get()
    exposure.live_revision = factories.make_revision(exposure, spec=factories.spec_json(ingress_class_name="nginx"))
    exposure.save()
    address = reverse("web:exposure_rollback", args=[exposure.pk, first.pk])
    assert "nginx" in client.get(address).text
    response = client.post(address, {"reason": "It was better."})
    assert response.url == reverse("web:exposure_detail", args=[exposure.pk])
    assert exposure.revisions.latest("number").spec["ingress_class_name"] is None


def test_delete_needs_the_typed_host(client, cluster, developer, team):
    exposure = live_exposure(cluster, team)
    address = reverse("web:exposure_delete", args=[exposure.pk])
    text = client.get(address).text
    assert "http://shop.dev.example.net/</a> → shop : http" in text
    assert "They answer now." in text
    refused = client.post(address, {"confirm": "shop", "reason": "Over."})
    assert refused.status_code == 422
    assert refused.context["form"]["reason"].value() == "Over."
    response = client.post(address, {"confirm": "shop.dev.example.net"})
    assert response.url == reverse("web:exposure_detail", args=[exposure.pk])
    assert exposure.change_requests.latest("id").operation == "delete"
    assert page(client, exposure).context["page"].badges[-1] == ("run", "Being removed", "")


def test_drift_of_a_cluster_that_cannot_be_asked_is_an_answer(client, cluster, developer, team):
    response = page(client, live_exposure(cluster, team), "exposure_drift")
    assert response.status_code == 200
    assert "The cluster could not be asked." in response.text


def test_list_searches_within_the_filters_in_use(client, cluster, developer, team):
    """A form of its own keeps what the chips chose; the page starts anew."""
    client.force_login(developer)
    for name in ("cart", "shop"):
        factories.make_revision(factories.make_exposure(cluster, team, host=f"{name}.example.com"))
    page = client.get(reverse("web:exposure_list"), {"q": "shop", "team": team.name, "page": "1"})
    form = page.text.partition('class="filter-search"')[2].partition("</form>")[0]
    sent = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    assert (sent, page.context["page"].paginator.count) == ([("q", "shop"), ("team", team.name)], 1)

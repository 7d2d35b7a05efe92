"""The queue and the page of a request: what each reader sees, what each may do, and how refusals read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.approvals.enums import RequestState, Verb
from apps.approvals.models import ChangeRequest, Stage
from apps.approvals.services import approve, resubmit, return_request
from apps.delivery.services import run_delivery
from apps.web.presenters.requests import SENTENCES, STATES
from tests import factories
from tests.integration.scenes import Scene

CUSTOM = "shop.example.com"


@pytest.fixture
def change(scene: Scene) -> ChangeRequest:
    """A request over HTTPS that waits for group network."""
    return scene.ask(CUSTOM, tls="shop-tls")


def page_of(client: Client, user: User, change: ChangeRequest):
    client.force_login(user)
    return client.get(reverse("web:request_detail", args=[change.pk]))


def send(client: Client, verb: str, change: ChangeRequest, **values: str):
    return client.post(reverse(f"web:request_{verb}", args=[change.pk]), values)


def state_of(change: ChangeRequest) -> str:
    return ChangeRequest.objects.get(pk=change.pk).state


def many(count: int) -> User:
    """An approver in front of `count` requests."""
    cluster, team = factories.make_cluster(), factories.make_team("web")
    approver = factories.make_user("approver")
    factories.make_approver_group("network", members=[approver])
    for number in range(count):
        exposure = factories.make_exposure(cluster, team, host=f"shop-{number}.example.com")
        factories.make_stage(factories.make_change_request(exposure))
    return approver


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_queue_costs_the_same_for_one_and_many(client, count, django_assert_num_queries):
    client.force_login(many(count))
    with django_assert_num_queries(13):
        response = client.get(reverse("web:request_list"))
    assert len(response.context["rows"]) == count


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["awaiting", "open", "all"])
def test_queue_reads_no_manifest_and_counts_all_at_once(client, view):
    client.force_login(many(3))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("web:request_list"), {"view": view})
    said = [one["sql"] for one in asked.captured_queries]
    wide = ('"rendered"', '"facts"', '"checks"', '"risk_facts"', '"flow"')
    assert [sql for sql in said if any(column in sql for column in wide)] == []
    # Of all that is seen in one go; of what waits for the reader and of what needs the team.
    assert len([sql for sql in said if "COUNT(" in sql and 'FROM "approvals_changerequest"' in sql]) == 3


def test_queue_shows_approvers_what_waits_for_them(client, scene, change):
    client.force_login(scene.approver)
    response = client.get(reverse("web:request_list"))
    row = response.context["rows"][0]
    assert (row.title, row.waits_for, row.kind) == ("Publish shop.example.com over HTTPS", "network", "wait")
    assert [(view.name, view.active, view.count) for view in response.context["views"]] == [
        ("awaiting", True, 1),
        ("team", False, 0),
        ("mine", False, 0),
        ("open", False, 1),
        ("all", False, 1),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("view=mine", 1),
        ("view=awaiting", 0),
        ("view=all&state=pending", 1),
        ("view=all&state=done", 0),
        ("view=all&cluster=dev-1&team=web", 1),
        ("view=all&team=pay", 0),
        ("view=all&risk=medium", 1),
        ("view=all&risk=high", 0),
        ("view=all&q=SHOP", 1),
        ("view=all&q=developer", 1),
        ("view=all&q=nobody", 0),
        ("view=nonsense&state=nonsense", 0),
        ("view=all&page=99", 1),
    ],
)
def test_queue_filters_stand_in_the_address(client, scene, change, query, found):
    client.force_login(scene.developer)
    assert len(client.get(f"{reverse('web:request_list')}?{query}").context["rows"]) == found


@pytest.mark.parametrize(("hours", "kind"), [(1, ""), (23, ""), (25, "wait"), (71, "wait"), (73, "bad")])
def test_queue_tells_how_long_somebody_waits(client, scene, change, hours, kind):
    Stage.objects.update(activated_at=timezone.now() - timedelta(hours=hours))
    client.force_login(scene.approver)
    [row] = client.get(reverse("web:request_list")).context["rows"]
    assert row.age.kind == kind
    assert bool(row.age.word) == bool(kind)


def test_queue_tells_no_age_once_nobody_is_waited_for(client, scene, change):
    approve(by=scene.approver, request=change, content_hash=change.content_hash)
    client.force_login(scene.approver)
    [row] = client.get(f"{reverse('web:request_list')}?view=all").context["rows"]
    assert row.age is None


def test_queue_of_strangers_is_empty_and_says_how_requests_come_about(client, scene, change):
    client.force_login(scene.stranger)
    assert "A request comes into being" in client.get(reverse("web:request_list")).text


def test_request_page_tells_approvers_that_it_is_their_turn(client, scene, change):
    response = page_of(client, scene.approver, change)
    assert "It is your turn." in response.text
    assert response.context["form"].initial == {"content_hash": change.content_hash}
    stage = response.context["stages"][0]
    assert (stage.name, stage.candidates) == ("network", ["approver (you)", "approver2"])


def test_request_page_shows_what_changes_and_why_somebody_is_asked(client, scene, change):
    response = page_of(client, scene.approver, change)
    fingerprint = change.revision.facts["certificate_fingerprint"]
    assert [(line.label, line.before, line.after) for line in response.context["changes"]] == [
        ("Host", "", CUSTOM),
        ("Backend of /", "", "web / shop : http"),
        ("TLS", "", f"shop-tls · SHA-256 {fingerprint[:8]}…{fingerprint[-5:]}"),
    ]
    assert [str(what) for what, _why in response.context["reasons"]] == ["HTTPS", "Custom host"]
    assert "secretName: shop-tls" in response.context["manifest"]


def test_request_page_tells_its_author_why_not(client, scene, change):
    response = page_of(client, scene.developer, change)
    assert "You had a hand in this request, so somebody else decides on it." in response.text
    assert 'value="approve"' not in response.text


def test_request_page_does_not_exist_for_strangers(client, scene, change):
    assert page_of(client, scene.stranger, change).status_code == 404


def test_approve_hands_it_to_delivery(client, scene, change):
    client.force_login(scene.approver)
    response = send(client, "decide", change, verdict="approve", content_hash=change.content_hash, comment="Fine.")
    assert (response.status_code, response.url) == (302, reverse("web:request_detail", args=[change.pk]))
    assert state_of(change) == RequestState.DELIVERING


@pytest.mark.parametrize("verdict", ["reject", "return"])
def test_refusing_needs_a_comment(client, scene, change, verdict):
    client.force_login(scene.approver)
    response = send(client, "decide", change, verdict=verdict, content_hash=change.content_hash)
    assert response.status_code == 422
    assert response.context["form"].errors["comment"] == ["Say why. The requester needs to know what to change."]
    assert state_of(change) == RequestState.PENDING


@pytest.mark.parametrize(("verdict", "state"), [("reject", RequestState.REJECTED), ("return", RequestState.RETURNED)])
def test_refusing_with_a_comment_shows_it_to_the_team(client, scene, change, verdict, state):
    client.force_login(scene.approver)
    send(client, "decide", change, verdict=verdict, content_hash=change.content_hash, comment="Use the new name.")
    response = page_of(client, scene.developer, change)
    assert state_of(change) == state
    assert response.context["happenings"][-1].comment == "Use the new name."


def test_comment_that_shows_another_sentence_than_is_stored_is_refused(client, scene, change):
    client.force_login(scene.approver)
    bound = {"verdict": "reject", "content_hash": change.content_hash}
    response = send(client, "decide", change, **bound, comment="pay\u202elave")
    assert response.status_code == 422
    assert response.context["form"].errors["comment"] == ["Remove the invisible character U+202E at position 4."]
    assert state_of(change) == RequestState.PENDING


def test_verdict_unknown_is_refused(client, scene, change):
    client.force_login(scene.approver)
    assert send(client, "decide", change, verdict="perhaps", content_hash=change.content_hash).status_code == 400


def test_decision_on_older_content_shows_what_changed_since(client, scene, change):
    seen = change.content_hash
    resubmit(by=scene.developer, request=change, spec=scene.spec(CUSTOM), reason="Without TLS.")
    client.force_login(scene.approver)
    response = send(client, "decide", change, verdict="approve", content_hash=seen, comment="Fine.")
    assert response.status_code == 409
    assert [line.label for line in response.context["since"]] == ["TLS"]
    assert response.context["form"].initial["comment"] == "Fine."
    assert response.context["form"].initial["content_hash"] != seen
    assert state_of(change) == RequestState.PENDING


def test_decision_that_came_too_late_says_so(client, scene, change):
    approve(by=scene.approver2, request=change, content_hash=change.content_hash)
    client.force_login(scene.approver)
    response = send(client, "decide", change, verdict="reject", content_hash=change.content_hash, comment="No.")
    assert response.status_code == 409
    assert "That was not done." in response.text


def test_own_request_cannot_be_approved(client, scene, change):
    client.force_login(scene.developer)
    response = send(client, "decide", change, verdict="approve", content_hash=change.content_hash)
    assert (response.status_code, state_of(change)) == (403, RequestState.PENDING)


def test_comment_joins_the_timeline(client, scene, change):
    client.force_login(scene.viewer)
    send(client, "comment", change, comment="When is this needed?")
    last = page_of(client, scene.viewer, change).context["happenings"][-1]
    assert (last.who, last.comment) == ("viewer", "When is this needed?")


def test_comment_empty_is_refused_beside_the_field(client, scene, change):
    client.force_login(scene.viewer)
    response = send(client, "comment", change, comment=" ")
    assert (response.status_code, list(response.context["comment_form"].errors)) == (422, ["comment"])


def test_withdraw_asks_first(client, scene, change):
    client.force_login(scene.developer)
    assert "Withdraw “Publish" in client.get(reverse("web:request_withdraw", args=[change.pk])).text
    assert state_of(change) == RequestState.PENDING
    send(client, "withdraw", change, comment="Not needed.")
    assert state_of(change) == RequestState.WITHDRAWN


def test_remind_twice_within_an_hour_says_why_not(client, scene, change):
    client.force_login(scene.developer)
    assert send(client, "remind", change).status_code == 302
    response = send(client, "remind", change)
    assert (response.status_code, "less than an hour ago" in response.text) == (409, True)


def test_returned_request_can_be_sent_again(client, scene, change):
    return_request(by=scene.approver, request=change, content_hash=change.content_hash, comment="Why?")
    client.force_login(scene.developer)
    send(client, "resubmit", change, reason="For the campaign.")
    fresh = ChangeRequest.objects.get(pk=change.pk)
    assert (fresh.state, fresh.round, fresh.revision.reason) == (RequestState.PENDING, 2, "For the campaign.")


def test_retry_of_what_did_not_fail_is_refused(client, scene, change):
    client.force_login(scene.developer)
    assert send(client, "retry", change).status_code == 409


def test_viewers_get_no_actions(client, scene, change):
    assert not page_of(client, scene.viewer, change).context["actions"]


def test_progress_is_asked_for_until_it_is_settled(client, scene):
    change = scene.ask()
    address = reverse("web:request_progress", args=[change.pk])
    client.force_login(scene.developer)
    moving = client.get(address, headers={"HX-Request": "true"})
    assert (moving.text.count("hx-get"), [step.kind for step in moving.context["progress"].steps]) == (1, [""] * 6)
    run_delivery(change.revision.delivery.pk)
    settled = client.get(address, headers={"HX-Request": "true"})
    assert settled.text.count("hx-get") == 0
    assert {step.kind for step in settled.context["progress"].steps} <= {"ok", "wait"}
    assert settled.text.count("hx-swap-oob") == 3


def test_progress_without_htmx_is_the_page(client, scene, change):
    client.force_login(scene.developer)
    assert "<h1" in client.get(reverse("web:request_progress", args=[change.pk])).text


def test_decided_requests_stay_readable(client, scene, change):
    client.force_login(scene.approver)
    send(client, "decide", change, verdict="reject", content_hash=change.content_hash, comment="No.")
    response = page_of(client, scene.approver, change)
    assert (response.status_code, "shop.example.com" in response.text) == (200, True)
    assert [entry.sentence for entry in response.context["happenings"]] == ["sent the request", "rejected it"]


def test_every_verb_has_a_sentence_and_every_state_a_look():
    assert (set(SENTENCES), set(STATES)) == (set(Verb), set(RequestState))


def test_queue_lists_what_only_the_team_can_go_on_with(client, scene, change):
    return_request(by=scene.approver, request=change, content_hash=change.content_hash, comment="Why?")
    client.force_login(scene.developer)
    rows = client.get(f"{reverse('web:request_list')}?view=team").context["rows"]
    assert [(row.request.pk, row.waits_for, row.note) for row in rows] == [(change.pk, "team web", "approver: Why?")]


def failed(scene: Scene, code: str) -> ChangeRequest:
    """A request whose delivery ended with this reason."""
    change = scene.ask()
    reason = {"code": code, "message": "Another manager owns a field.", "hint": ""}
    ChangeRequest.objects.filter(pk=change.pk).update(state="failed", state_reason=reason)
    change.revision.delivery.__class__.objects.update(state="failed", reason=reason)
    return change


@pytest.mark.parametrize(("code", "offered"), [("apply_conflict", True), ("cluster_rejected", False)])
def test_retry_offers_to_take_over_only_after_a_conflict(client, scene, code, offered):
    response = page_of(client, scene.developer, failed(scene, code))
    assert ('name="overwrite"' in response.text, "Try the delivery again" in response.text) == (offered, True)


@pytest.mark.parametrize("overwrite", [True, False])
def test_retry_pushes_the_same_bytes_again(client, scene, overwrite):
    change = failed(scene, "apply_conflict")
    client.force_login(scene.developer)
    send(client, "retry", change, **({"overwrite": "on"} if overwrite else {}))
    fresh = ChangeRequest.objects.get(pk=change.pk)
    assert (fresh.state, fresh.revision.delivery.overwrite) == (RequestState.DELIVERING, overwrite)


def test_progress_is_asked_for_less_often_while_it_can_only_wait(client, scene):
    change = scene.ask()
    assert page_of(client, scene.developer, change).context["delay"] == "0.5"
    change.exposure.cluster.__class__.objects.update(paused_at=change.created_at, pause_reason="Upgrade")
    assert page_of(client, scene.developer, change).context["delay"] == "3"

"""Change requests over REST: the queue, decisions and everything else that can be said."""

from __future__ import annotations

import time

import pytest

from apps.api import waiting
from apps.approvals.models import ChangeRequest
from apps.delivery.models import Delivery
from tests.integration.api.calls import Caller, codes, wish
from tests.integration.scenes import Scene

REQUEST_FIELDS = {
    "id", "operation", "exposure", "host", "cluster", "namespace", "team", "revision", "state", "state_reason", "round",
    "content_hash", "risk", "explanation", "submitter", "reason", "stages", "diff", "manifest", "deadline",
    "created_at", "settled_at", "may_decide", "checks",
}  # fmt: skip


@pytest.fixture
def pending(scene: Scene) -> ChangeRequest:
    return scene.ask("shop.example.com", tls="shop-tls")


def test_read_one(pending: ChangeRequest, developer: Caller, approver: Caller) -> None:
    body = developer.get(f"requests/{pending.pk}/").body
    assert set(body) == REQUEST_FIELDS
    assert body["may_decide"]["allowed"] is False
    assert body["may_decide"]["reason"]
    assert body["risk"]["level"] in {"low", "medium", "high"}
    assert approver.get(f"requests/{pending.pk}/").body["may_decide"] == {"allowed": True, "reason": ""}


def test_the_queue_knows_whose_turn_it_is(pending: ChangeRequest, developer: Caller, approver: Caller) -> None:
    def ids(caller: Caller, query: str) -> list[str]:
        return [row["id"] for row in caller.get(f"requests/?{query}").body["results"]]

    assert ids(approver, "awaiting=me") == [pending.pk]
    assert ids(developer, "awaiting=me") == []
    assert ids(developer, "mine=true") == [pending.pk]
    assert ids(developer, "mine=false") == []
    assert ids(approver, "mine=true") == []
    assert ids(developer, "state=pending&cluster=dev-1&team=web") == [pending.pk]
    assert ids(developer, f"exposure={pending.exposure_id}&search=shop.example") == [pending.pk]
    assert ids(developer, "state=done") == []
    assert developer.get("requests/?state=nonsense").status_code == 400
    assert developer.get("requests/?awaiting=you").status_code == 400


def test_approve_needs_the_hash_that_was_seen(pending: ChangeRequest, approver: Caller) -> None:
    path = f"requests/{pending.pk}/approve/"
    assert codes(approver.post(path, {})) == [("required", "content_hash")]
    stale = approver.post(path, {"content_hash": "sha256:0"})
    assert (stale.status_code, stale.body["code"]) == (409, "stale_revision")
    assert stale.body["content_hash"] == pending.content_hash

    done = approver.post(path, {"content_hash": pending.content_hash, "comment": "Fine."})
    assert (done.status_code, done.body["state"]) == (200, "delivering")
    decision = done.body["stages"][0]["decisions"][0]
    assert (decision["actor"], decision["verdict"], decision["comment"]) == ("approver", "approve", "Fine.")
    assert decision["content_hash"] == pending.content_hash
    assert approver.post(path, {"content_hash": pending.content_hash}).status_code == 200


def test_the_second_approver_comes_too_late(scene: Scene, pending: ChangeRequest, approver: Caller) -> None:
    content = {"content_hash": pending.content_hash}
    approver.post(f"requests/{pending.pk}/approve/", content)
    late = Caller(scene.approver2).post(f"requests/{pending.pk}/approve/", content)
    assert (late.status_code, late.body["code"], late.body["state"]) == (409, "invalid_transition", "delivering")


def test_nobody_decides_on_their_own_request(scene: Scene, pending: ChangeRequest, developer: Caller) -> None:
    scene.network.members.add(scene.developer)
    answer = developer.post(f"requests/{pending.pk}/approve/", {"content_hash": pending.content_hash})
    assert (answer.status_code, answer.body["code"]) == (403, "self_approval")


@pytest.mark.parametrize("verb", ["approve", "reject", "return", "withdraw", "remind", "comment", "retry"])
def test_a_word_takes_no_business_field(pending: ChangeRequest, approver: Caller, verb: str) -> None:
    answer = approver.post(f"requests/{pending.pk}/{verb}/", {"host": "other.example.com"})
    assert (answer.status_code, answer.body["code"]) == (400, "unknown_field")
    assert ("unknown_field", "host") in codes(answer)


def test_reject_needs_a_comment(pending: ChangeRequest, approver: Caller) -> None:
    content = {"content_hash": pending.content_hash}
    bare = approver.post(f"requests/{pending.pk}/reject/", content)
    assert (bare.status_code, codes(bare)) == (400, [("comment_required", "comment")])
    rejected = approver.post(f"requests/{pending.pk}/reject/", content | {"comment": "No."})
    assert (rejected.status_code, rejected.body["state"]) == (200, "rejected")
    assert rejected.body["settled_at"]


def test_return_and_resubmit_start_a_new_round(pending: ChangeRequest, approver: Caller, developer: Caller) -> None:
    returned = approver.post(f"requests/{pending.pk}/return/", {"comment": "Use /shop."})
    assert (returned.status_code, returned.body["state"]) == (200, "returned"), returned.body

    paths = [wish()["paths"][0] | {"path": "/shop"}]
    again = developer.post(f"requests/{pending.pk}/resubmit/", {"paths": paths, "reason": "As asked."})

    assert (again.status_code, again.body["state"], again.body["round"]) == (200, "pending", 2), again.body
    assert again.body["content_hash"] != pending.content_hash
    assert [stage["decisions"] for stage in again.body["stages"]] == [[]]
    assert {"field": "tls.secret_name", "before": None, "after": "shop-tls"} in again.body["diff"]


@pytest.mark.parametrize("text", ["red \x1b[31m", "pay\u202elave"])
def test_text_that_hides_something_is_refused_by_its_field(
    pending: ChangeRequest, developer: Caller, approver: Caller, text: str
) -> None:
    bound = {"content_hash": pending.content_hash, "comment": text}
    refused = [
        developer.post("exposures/", wish(reason=text)),
        developer.post(f"requests/{pending.pk}/comment/", {"comment": text}),
        approver.post(f"requests/{pending.pk}/reject/", bound),
    ]
    assert [(answer.status_code, codes(answer)) for answer in refused] == [
        (400, [("control_character", "reason")]),
        (400, [("control_character", "comment")]),
        (400, [("control_character", "comment")]),
    ]


def test_events_and_history_are_searched_and_ordered(pending: ChangeRequest, developer: Caller) -> None:
    for text in ("First word.", "Second word."):
        developer.post(f"requests/{pending.pk}/comment/", {"comment": text})
    events, history = f"requests/{pending.pk}/events/", f"exposures/{pending.exposure_id}/history/"
    found = [event["comment"] for event in developer.get(f"{events}?search=WORD&ordering=-at").body["results"]]
    assert found == ["Second word.", "First word."]
    numbers = {
        query: [revision["number"] for revision in developer.get(f"{history}?{query}").body["results"]]
        for query in ("search=developer", "search=nobody", "ordering=-number")
    }
    assert numbers == {"search=developer": [1], "search=nobody": [], "ordering=-number": [1]}
    assert codes(developer.get(f"{events}?ordering=hash")) == [("unknown_ordering", "ordering")]


def test_withdraw_remind_comment_and_events(pending: ChangeRequest, developer: Caller) -> None:
    path = f"requests/{pending.pk}/"
    assert developer.post(f"{path}remind/").status_code == 200
    assert developer.post(f"{path}remind/").body["code"] == "reminded_recently"
    assert developer.post(f"{path}comment/", {"comment": "Please."}).status_code == 200
    assert developer.post(f"{path}comment/", {"comment": ""}).status_code == 400
    assert developer.post(f"{path}withdraw/", {"comment": "Never mind."}).body["state"] == "withdrawn"
    events = developer.get(f"{path}events/").body
    assert [event["verb"] for event in events["results"]] == ["submit", "remind", "comment", "withdraw"]
    assert events["results"][2]["comment"] == "Please."
    assert developer.post(f"{path}retry/").body["code"] == "invalid_transition"


def test_others_do_not_know_of_it(pending: ChangeRequest, stranger: Caller) -> None:
    for path in ("", "events/"):
        assert stranger.get(f"requests/{pending.pk}/{path}").body["code"] == "request_not_found"
    answer = stranger.post(f"requests/{pending.pk}/approve/", {"content_hash": pending.content_hash})
    assert (answer.status_code, answer.body["code"]) == (404, "request_not_found")


def test_wait_returns_when_the_request_settles(
    pending: ChangeRequest, developer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def reject_meanwhile(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            ChangeRequest.objects.filter(pk=pending.pk).update(state="rejected")

    monkeypatch.setattr(waiting.time, "sleep", reject_meanwhile)
    assert developer.get(f"requests/{pending.pk}/?wait=60").body["state"] == "rejected"
    assert pauses == pytest.approx([0.05, 0.075, 0.1125])


def test_wait_ends_when_the_time_is_over(pending: ChangeRequest, developer: Caller) -> None:
    started = time.monotonic()
    assert developer.get(f"requests/{pending.pk}/?wait=1").body["state"] == "pending"
    assert 1 <= time.monotonic() - started < 5
    assert codes(developer.get(f"requests/{pending.pk}/?wait=61")) == [("max_value", "wait")]


def test_deliveries_show_progress_and_can_be_retried(scene: Scene, developer: Caller, stranger: Caller) -> None:
    request = scene.ask()
    delivery = Delivery.objects.get(revision=request.revision)

    listed = developer.get(f"deliveries/?exposure={request.exposure_id}&state=queued&cluster=dev-1").body["results"]
    assert [(row["id"], row["attempt"], row["steps"], row["reason"]) for row in listed] == [(delivery.pk, 0, [], None)]
    assert developer.get("deliveries/?exposure=exp_none").body["count"] == 0
    assert developer.get(f"deliveries/{delivery.pk}/").body["revision"] == request.revision_id
    too_early = developer.post(f"deliveries/{delivery.pk}/retry/")
    assert (too_early.status_code, too_early.body["code"]) == (409, "invalid_transition")

    reason = {"code": "cluster_rejected", "message": "No.", "hint": "Change it."}
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", reason=reason)
    ChangeRequest.objects.filter(pk=request.pk).update(state="failed")
    assert developer.get(f"deliveries/{delivery.pk}/?wait=5").body["reason"] == reason
    again = developer.post(f"deliveries/{delivery.pk}/retry/")
    assert (again.status_code, again.body["state"]) == (200, "queued"), again.body
    assert stranger.get(f"deliveries/{delivery.pk}/").body["code"] == "delivery_not_found"
    assert stranger.get("deliveries/").body["count"] == 0

"""Kind of notice × role: who is told what of a request, and that what asks for a word stops when it was spoken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.approvals.enums import RequestState, Verb
from apps.approvals.models import ChangeRequest
from apps.approvals.services import add_comment, approve, open_delete, reject, remind, resubmit, return_request
from apps.approvals.services.engine import move
from apps.common.actors import DELIVERY, POLICY
from apps.common.said import shown
from apps.notices.enums import NoticeKind
from apps.notices.models import Notice
from apps.notices.selectors import shown_notices
from apps.notices.services import choose_kinds
from tests.unit.approvals.test_consent import Sharing, sharing
from tests.unit.approvals.world import World

__all__ = ["sharing"]

Scene = Callable[[World, ChangeRequest], object]
APPROVERS = {"approver", "approver2"}


def decided(command: Callable[..., ChangeRequest]) -> Scene:
    return lambda w, r: command(by=w.people["approver"], request=r, content_hash=r.content_hash, comment="Because.")


def moved(verb: Verb, *, state: str) -> Scene:
    """As the delivery or a rule moves a request, which stands in `state` by then."""

    def scene(world: World, request: ChangeRequest) -> None:
        ChangeRequest.objects.filter(pk=request.pk).update(state=state)
        with transaction.atomic():
            fresh = ChangeRequest.objects.with_relations().get(pk=request.pk)
            move(fresh, verb, by=DELIVERY if state == RequestState.DELIVERING else POLICY)

    return scene


def commented(who: str) -> Scene:
    return lambda w, r: add_comment(by=w.people[who], request=r, comment="Which port?")


# Scene → who is told, by kind; what the request's submission told is left out.
TOLD: dict[str, tuple[Scene, dict[str, set[str]]]] = {
    "approved": (decided(approve), {"request_approved": {"developer"}}),
    "rejected": (decided(reject), {"request_rejected": {"developer"}}),
    "returned": (decided(return_request), {"request_returned": {"developer"}}),
    "blocked": (moved(Verb.BLOCK, state=RequestState.PENDING), {"request_blocked": {"developer"}}),
    "out of date": (moved(Verb.OUTDATE, state=RequestState.DELIVERING), {"request_stale": {"developer"}}),
    "done": (moved(Verb.COMPLETE, state=RequestState.DELIVERING), {"request_live": {"developer"}}),
    "failed": (
        moved(Verb.FAIL, state=RequestState.DELIVERING),
        {"request_failed": {"developer"}, "delivery_failed": {"colleague", "maintainer"}},
    ),
    "commented by an approver": (commented("approver"), {"request_comment": {"developer"}}),
    "commented by a colleague": (commented("colleague"), {"request_comment": {"developer"}}),
    "commented by the submitter": (commented("developer"), {}),
    "reminded": (
        lambda w, r: remind(by=w.people["colleague"], request=r),
        {"request_reminder": APPROVERS},
    ),
}


def told() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, name in Notice.objects.values_list("kind", "recipient__username"):
        found.setdefault(kind, set()).add(name)
    return found


def sentence(kind: NoticeKind, username: str) -> str:
    return shown(Notice.objects.get(kind=kind, recipient__username=username).sentence)


def unread(user: User) -> list[str]:
    return list(Notice.objects.unread().filter(recipient=user).values_list("kind", flat=True))


@pytest.mark.parametrize("name", sorted(TOLD))
def test_who_is_told(world: World, name: str) -> None:
    scene, expected = TOLD[name]
    request = world.ask()
    Notice.objects.all().delete()
    scene(world, request)
    assert told() == expected


def test_those_who_may_decide_are_told_that_a_request_waits(world: World) -> None:
    request = world.ask(by="maintainer")
    assert told() == {"request_waiting": APPROVERS}
    assert (
        sentence(NoticeKind.REQUEST_WAITING, "approver")
        == "maintainer asks for shop.example.com on dev-1. Your decision is needed."
    )
    assert set(Notice.objects.values_list("subject_id", flat=True)) == {request.pk}


def test_nobody_is_asked_about_their_own_request(world: World) -> None:
    world.network.members.add(world.people["developer"])
    world.ask()
    assert told() == {"request_waiting": APPROVERS}


def test_request_that_needs_nobody_is_told_when_it_is_done(world: World) -> None:
    world.ask("shop.dev.example.net")
    assert told() == {}


@pytest.mark.parametrize("command", [approve, reject, return_request])
def test_what_waits_no_more_is_no_longer_unread(world: World, command: Callable[..., ChangeRequest]) -> None:
    request = world.ask()
    remind(by=world.people["developer"], request=request)
    assert sorted(unread(world.people["approver2"])) == ["request_reminder", "request_waiting"]
    decided(command)(world, request)
    assert unread(world.people["approver2"]) == []


def test_next_round_asks_anew(world: World) -> None:
    request = world.ask()
    decided(return_request)(world, request)
    resubmit(by=world.people["colleague"], request=request)
    assert unread(world.people["approver"]) == ["request_waiting"]
    assert Notice.objects.filter(kind="request_waiting", recipient=world.people["approver"]).count() == 2


def test_who_sent_the_round_is_told_beside_the_submitter(world: World) -> None:
    request = world.ask()
    decided(return_request)(world, request)
    request = resubmit(by=world.people["colleague"], request=request)
    decided(approve)(world, request)
    assert told()["request_approved"] == {"developer", "colleague"}


def test_answer_reaches_who_asked_before(world: World) -> None:
    request = world.ask()
    add_comment(by=world.people["approver"], request=request, comment="Which port?")
    add_comment(by=world.people["developer"], request=request, comment="The usual one.")
    assert (
        sentence(NoticeKind.REQUEST_COMMENT, "developer") == "approver commented on your request for shop.example.com."
    )
    assert (
        sentence(NoticeKind.REQUEST_COMMENT, "approver") == "developer commented on the request for shop.example.com."
    )


def test_each_comment_is_news(world: World) -> None:
    request = world.ask()
    for _ in range(2):
        add_comment(by=world.people["approver"], request=request, comment="Well?")
    assert unread(world.people["developer"]) == ["request_comment", "request_comment"]


def test_deletion_says_that_it_is_gone(world: World) -> None:
    request = world.ask()
    ChangeRequest.objects.filter(pk=request.pk).update(state=RequestState.DONE)
    exposure = request.exposure
    exposure.live_revision = request.revision
    exposure.save()
    Notice.objects.all().delete()
    deletion = open_delete(by=world.people["developer"], exposure=exposure)
    moved(Verb.COMPLETE, state=RequestState.DELIVERING)(world, deletion)
    asked = sentence(NoticeKind.REQUEST_WAITING, "approver")
    assert asked == "developer asks to delete shop.example.com from dev-1. Your decision is needed."
    assert sentence(NoticeKind.REQUEST_LIVE, "developer") == "shop.example.com is gone from dev-1, as you asked."


def test_who_does_not_want_to_be_asked_is_not(world: World) -> None:
    choose_kinds(by=world.people["approver"], kinds=set(NoticeKind.values) - {"request_waiting"})
    world.ask()
    assert told() == {"request_waiting": {"approver2"}}


def test_refused_command_tells_nobody(world: World) -> None:
    request = world.ask()
    Notice.objects.all().delete()
    with pytest.raises(Exception, match="had a hand"), transaction.atomic():
        approve(by=world.people["developer"], request=request, content_hash=request.content_hash)
    assert told() == {}


def test_owner_of_a_shared_host_is_asked_first_and_the_approvers_then(sharing: Sharing) -> None:
    Notice.objects.all().delete()
    request = sharing.ask()
    owners = {"developer", "colleague", "maintainer"}
    assert told() == {"request_waiting": owners}
    sharing.approve(request, "developer")
    waiting = Notice.objects.unread().filter(kind="request_waiting")
    assert set(waiting.values_list("recipient__username", flat=True)) == APPROVERS
    [shown_to_owner] = shown_notices(
        sharing.world.people["colleague"], Notice.objects.filter(recipient__username="colleague")
    )
    assert shown_to_owner.has_page

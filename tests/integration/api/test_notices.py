"""The own notices over REST: listed, filtered, read; nobody else's, and nothing that one may no longer see."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.approvals.services import approve
from apps.notices.models import Notice
from tests import factories
from tests.integration.api.calls import Caller
from tests.integration.scenes import Scene

pytestmark = pytest.mark.django_db


def told(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = caller.get(f"notices/{query}").body["results"]
    return results


def test_notice_says_what_happened_and_names_its_subject(scene: Scene) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    [notice] = told(Caller(scene.developer))
    assert notice["read_at"] is None
    assert (notice["kind"], notice["message"], notice["subject"]) == (
        "request_approved",
        "approver approved your request for shop.example.com.",
        {"type": "request", "id": request.pk},
    )


def test_reading_one_and_all_of_them(scene: Scene) -> None:
    caller = Caller(scene.developer)
    first = factories.make_notice(scene.developer)
    for number in range(2):
        factories.make_notice(scene.developer, once_key=str(number))
    answer = caller.post(f"notices/{first.pk}/read/")
    assert (answer.status_code, answer.body["id"]) == (200, first.pk)
    assert answer.body["read_at"] is not None
    assert len(told(caller, "?unread=true")) == 2
    assert [caller.post("notices/read-all/").body for _ in range(2)] == [{"read": 2}, {"read": 0}]
    assert (told(caller, "?unread=true"), len(told(caller))) == ([], 3)


def test_list_is_filtered_by_kind(scene: Scene) -> None:
    factories.make_notice(scene.developer)
    factories.make_notice(scene.developer, kind="cluster_unreachable")
    caller = Caller(scene.developer)
    assert [notice["kind"] for notice in told(caller, "?kind=cluster_unreachable")] == ["cluster_unreachable"]
    assert caller.get("notices/?kind=weather").status_code == 400


def test_what_may_no_longer_be_seen_is_withheld(scene: Scene) -> None:
    request = scene.ask("shop.example.com", tls="shop-tls")
    approve(by=scene.approver, request=request, content_hash=request.content_hash)
    scene.developer.memberships.all().delete()
    [notice] = told(Caller(User.objects.get(pk=scene.developer.pk)))
    assert (notice["message"], notice["subject"]) == ("This was about something that you may no longer see.", None)


def test_notice_of_somebody_else_is_not_there(scene: Scene) -> None:
    notice = factories.make_notice(scene.colleague)
    caller = Caller(scene.developer)
    assert told(caller) == []
    assert caller.post(f"notices/{notice.pk}/read/").status_code == 404
    assert Notice.objects.get(pk=notice.pk).read_at is None


@pytest.mark.parametrize(
    ("scopes", "statuses"),
    [(["notices:read"], (200, 403)), (["notices:write"], (403, 200)), (["audit:read"], (403, 403))],
)
def test_scopes_are_asked_for(scene: Scene, scopes: list[str], statuses: tuple[int, int]) -> None:
    caller = Caller(scene.developer, scopes=scopes)
    assert (caller.get("notices/").status_code, caller.post("notices/read-all/").status_code) == statuses


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(scene: Scene, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(count):
        factories.make_notice(scene.developer, once_key=str(number))
    caller = Caller(scene.developer)
    told(caller)
    with django_assert_max_num_queries(4):
        told(caller)

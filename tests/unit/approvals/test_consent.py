"""A path on another team's host: the owner is asked first, agrees to one content, and stays the owner."""

from __future__ import annotations

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.approvals.enums import RequestState, StageState
from apps.approvals.explain import explain
from apps.approvals.permissions import may_see
from apps.approvals.selectors import awaiting, decision_for, get_request_for, list_requests_for
from apps.approvals.services import (
    approve,
    open_create,
    open_delete,
    open_update,
    preview_change,
    reject,
    resubmit,
    return_request,
    withdraw,
)
from apps.audit.models import AuditEvent
from apps.common.errors import Conflict, NotPermitted, StaleRevision
from apps.delivery.models import Delivery
from apps.domains.models import HostClaim, Zone
from apps.exposures.models import HostShare
from apps.exposures.services import close_exposure
from tests.factories.people import make_team
from tests.unit.approvals.sharing import HOST, Sharing, make_sharing, stages
from tests.unit.approvals.world import World


@pytest.fixture
def sharing(world: World) -> Sharing:
    return make_sharing(world)


def test_without_asking_the_host_is_refused_with_the_owner_to_ask(sharing: Sharing) -> None:
    with pytest.raises(Conflict) as refusal:
        open_create(
            by=sharing.world.people["stranger"], cluster=sharing.world.cluster, namespace="pay", spec=sharing.spec()
        )

    [conflict] = refusal.value.fields["conflicts"]
    assert (conflict["owner"], conflict["can_ask_owner"]) == ({"team": "web", "contact": "#web"}, True)


def test_owner_is_asked_before_the_approvers(sharing: Sharing) -> None:
    request = sharing.ask()

    assert stages(request) == [
        ("owner", StageState.ACTIVE, ["team:web"]),
        ("network", StageState.WAITING, ["group:network"]),
    ]
    assert request.flow["because"] == ["shared_host", "custom_host"]
    assert request.risk_facts["host_owner"] == "web"
    assert explain(request) == (
        "Waiting for team web, which owns shop.example.com: one of its developers or maintainers decides."
    )


def test_nobody_but_the_owner_has_to_agree_where_no_approval_is_needed(sharing: Sharing) -> None:
    host = "blog.dev.example.net"
    sharing.world.ask(host)
    request = open_create(
        by=sharing.world.people["stranger"],
        cluster=sharing.world.cluster,
        namespace="pay",
        spec=sharing.spec(host=host),
        ask_owner=True,
    )
    assert stages(request) == [("owner", StageState.ACTIVE, ["team:web"])]

    assert sharing.approve(request, "colleague").state == RequestState.DELIVERING


def test_asking_for_a_free_host_asks_nobody(sharing: Sharing) -> None:
    request = open_create(
        by=sharing.world.people["stranger"],
        cluster=sharing.world.cluster,
        namespace="pay",
        spec=sharing.spec(host="free.dev.example.net"),
        ask_owner=True,
    )

    assert (stages(request), HostShare.objects.count()) == ([], 0)
    assert HostClaim.objects.get(host="free.dev.example.net").team.name == "pay"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("developer", True),
        ("maintainer", True),
        ("viewer", False),
        ("stranger", False),
        ("approver", False),
        ("platform", False),
        ("superuser", False),
        ("auditor", False),
        ("left", False),
    ],
)
def test_only_those_who_may_act_for_the_owner_consent(sharing: Sharing, name: str, allowed: bool) -> None:
    request, person = sharing.ask(), sharing.world.people[name]

    assert bool(decision_for(person, request)) is allowed
    assert list(awaiting(person)) == ([request] if allowed else [])


def test_refused_ones_are_told_who_decides(sharing: Sharing) -> None:
    answer = decision_for(sharing.world.people["approver"], sharing.ask())
    assert answer.reason == "Only developers and maintainers of team web, which owns the host, decide on this."


def test_owner_sees_the_request_and_its_viewers_do_not(sharing: Sharing) -> None:
    request, people = sharing.ask(), sharing.world.people

    assert get_request_for(people["maintainer"], request.pk) == request
    assert (may_see(people["maintainer"], request), may_see(people["viewer"], request)) == (True, False)
    assert request not in list_requests_for(people["viewer"])


def test_nobody_consents_to_their_own_request(sharing: Sharing) -> None:
    Membership.objects.create(team=sharing.world.web, user=sharing.world.people["stranger"], role=Role.MAINTAINER)
    request = sharing.ask()

    with pytest.raises(NotPermitted) as refusal:
        sharing.approve(request, "stranger")

    assert refusal.value.code == "self_approval"


def test_request_is_blocked_when_only_its_author_could_consent(sharing: Sharing) -> None:
    Membership.objects.filter(team=sharing.world.web).delete()
    Membership.objects.create(team=sharing.world.web, user=sharing.world.people["stranger"], role=Role.MAINTAINER)

    request = sharing.ask()

    assert request.state == RequestState.BLOCKED
    assert (request.state_reason or {})[
        "hint"
    ] == "Ask a platform admin to add a developer to that team, then resubmit."


def test_who_consented_does_not_approve_the_next_stage_too(sharing: Sharing) -> None:
    sharing.world.network.members.add(sharing.world.people["developer"])
    request = sharing.approve(sharing.ask(), "developer")

    again = approve(by=sharing.world.people["developer"], request=request, content_hash=request.content_hash)

    assert [state for _name, state, _who in stages(again)] == [StageState.PASSED, StageState.ACTIVE]
    assert decision_for(
        sharing.world.people["developer"], get_request_for(sharing.world.people["developer"], request.pk)
    ).reason == ("You have decided on an earlier stage already, so somebody else decides on this one.")
    assert list(awaiting(sharing.world.people["developer"])) == []
    assert list(awaiting(sharing.world.people["approver"])) == [request]


def test_next_stage_is_blocked_when_only_the_one_who_consented_could_sign(sharing: Sharing) -> None:
    sharing.world.network.members.set([sharing.world.people["developer"]])

    assert sharing.approve(sharing.ask(), "developer").state == RequestState.BLOCKED


def test_consent_is_bound_to_the_content(sharing: Sharing) -> None:
    request = sharing.ask()
    first = request.content_hash
    request = resubmit(by=sharing.world.people["stranger"], request=request, spec=sharing.spec("/billing"))

    with pytest.raises(StaleRevision):
        approve(by=sharing.world.people["developer"], request=request, content_hash=first)

    request = sharing.approve(request, "developer")
    request = resubmit(by=sharing.world.people["stranger"], request=request, spec=sharing.spec("/pay"))
    assert stages(request)[0][:2] == ("owner", StageState.ACTIVE)
    assert HostShare.objects.get().is_granted is False


def test_approved_request_notes_what_was_granted_and_by_which_request(sharing: Sharing) -> None:
    request = sharing.approve(sharing.ask("/pay", "/billing"), "developer", "approver")

    share = HostShare.objects.get()
    assert request.state == RequestState.DELIVERING
    assert (share.exposure_id, share.owner.name, share.request_id) == (request.exposure_id, "web", request.pk)
    assert share.paths == [{"path": "/pay", "path_type": "Prefix"}, {"path": "/billing", "path_type": "Prefix"}]
    assert HostClaim.objects.get(host=HOST).team.name == "web"
    assert AuditEvent.objects.filter(verb="host.share", object_name=HOST).count() == 1


def test_nothing_is_granted_before_the_last_stage(sharing: Sharing) -> None:
    sharing.approve(sharing.ask(), "developer")
    assert HostShare.objects.get().is_granted is False


def test_path_of_the_owner_stays_refused(sharing: Sharing) -> None:
    with pytest.raises(Conflict) as refusal:
        sharing.ask("/pay", "/")

    [conflict] = refusal.value.fields["conflicts"]
    assert (conflict["kind"], conflict["path"], conflict["can_ask_owner"]) == ("path", "/", False)
    assert not HostShare.objects.exists()


def test_owner_who_took_the_path_in_between_makes_the_request_stale(sharing: Sharing) -> None:
    request = sharing.approve(sharing.ask(), "developer")
    change = open_update(
        by=sharing.world.people["developer"], exposure=sharing.owned, spec=sharing.world.spec(HOST, path="/pay")
    )
    approve(by=sharing.world.people["approver"], request=change, content_hash=change.content_hash)

    request = sharing.approve(request, "approver")

    assert (request.state, (request.state_reason or {}).get("code")) == (RequestState.STALE, "host_conflict")
    assert not Delivery.objects.filter(revision=request.revision).exists()


def test_new_owner_makes_the_consent_stale(sharing: Sharing) -> None:
    request = sharing.approve(sharing.ask(), "developer")
    HostClaim.objects.filter(host=HOST).update(team=make_team("third"))

    request = sharing.approve(request, "approver")

    assert (request.state, (request.state_reason or {}).get("code")) == (RequestState.STALE, "owner_changed")
    assert HostShare.objects.get().is_granted is False


def test_guest_within_its_paths_does_not_ask_again(sharing: Sharing) -> None:
    exposure = sharing.granted("/pay", "/billing")

    request = open_update(by=sharing.world.people["stranger"], exposure=exposure, spec=sharing.spec("/pay"))

    assert [name for name, _state, _who in stages(request)] == ["network"]
    sharing.approve(request, "approver")
    share = HostShare.objects.get()
    assert share.paths == [{"path": "/pay", "path_type": "Prefix"}]
    assert share.request_id != request.pk


def test_guest_asks_again_for_a_path_that_was_given_up(sharing: Sharing) -> None:
    exposure = sharing.granted("/pay", "/billing")
    change = open_update(by=sharing.world.people["stranger"], exposure=exposure, spec=sharing.spec("/pay"))
    exposure = sharing.made_live(sharing.approve(change, "approver"))

    back = open_update(by=sharing.world.people["stranger"], exposure=exposure, spec=sharing.spec("/pay", "/billing"))

    assert [name for name, _state, _who in stages(back)] == ["owner", "network"]


def test_withdrawn_widening_leaves_the_grant_as_what_is_live(sharing: Sharing) -> None:
    exposure = sharing.granted("/pay")
    wider = open_update(by=sharing.world.people["stranger"], exposure=exposure, spec=sharing.spec("/pay", "/billing"))
    wider = sharing.approve(wider, "developer", "approver")
    assert len(HostShare.objects.get().paths) == 2

    withdraw(by=sharing.world.people["stranger"], request=wider)

    assert HostShare.objects.get().paths == [{"path": "/pay", "path_type": "Prefix"}]


@pytest.mark.parametrize("end", ["reject", "withdraw"])
def test_request_that_ends_without_going_live_frees_the_share(sharing: Sharing, end: str) -> None:
    request = sharing.ask()
    if end == "reject":
        reject(by=sharing.world.people["developer"], request=request, content_hash=request.content_hash, comment="No.")
    else:
        withdraw(by=sharing.world.people["stranger"], request=request)

    assert not HostShare.objects.exists()
    assert HostClaim.objects.get(host=HOST).team.name == "web"


def test_returned_request_asks_the_owner_again(sharing: Sharing) -> None:
    request = sharing.ask()
    people = sharing.world.people
    request = return_request(
        by=people["maintainer"], request=request, content_hash=request.content_hash, comment="Another path."
    )
    request = resubmit(by=people["stranger"], request=request, spec=sharing.spec("/ledger"))

    assert stages(request)[0] == ("owner", StageState.ACTIVE, ["team:web"])


def test_guest_deletes_without_asking_the_owner(sharing: Sharing) -> None:
    request = open_delete(by=sharing.world.people["stranger"], exposure=sharing.granted())
    assert [name for name, _state, _who in stages(request)] == ["network"]


def test_deleted_guest_frees_the_share_and_not_the_host(sharing: Sharing) -> None:
    close_exposure(exposure=sharing.granted())

    assert not HostShare.objects.exists()
    assert HostClaim.objects.get(host=HOST).team.name == "web"


def test_owner_who_leaves_keeps_the_host_until_the_last_guest_has_left(sharing: Sharing) -> None:
    guest = sharing.granted()
    close_exposure(exposure=sharing.owned)
    assert HostClaim.objects.get(host=HOST).team.name == "web"

    change = open_update(by=sharing.world.people["stranger"], exposure=guest, spec=sharing.spec("/pay"))
    assert sharing.approve(change, "approver").state == RequestState.DELIVERING

    close_exposure(exposure=guest)
    assert not HostClaim.objects.exists()


def test_owner_can_change_its_exposure_beside_a_guest(sharing: Sharing) -> None:
    sharing.granted()
    people, spec = sharing.world.people, sharing.world.spec(HOST, path="/other")

    request = open_update(by=people["developer"], exposure=sharing.owned, spec=spec)

    assert sharing.approve(request, "approver").state == RequestState.DELIVERING


def test_zone_of_the_owner_counts_for_the_guest(sharing: Sharing) -> None:
    request = sharing.approve(sharing.ask(), "developer")
    Zone.objects.all().delete()

    request = sharing.approve(request, "approver")

    assert (request.state, (request.state_reason or {}).get("code")) == (RequestState.STALE, "host_not_allowed")


@pytest.mark.parametrize(("asks", "kinds", "names"), [(False, ["exact"], []), (True, [], ["owner", "network"])])
def test_preview_says_what_asking_would_do(sharing: Sharing, asks: bool, kinds: list[str], names: list[str]) -> None:
    preview = preview_change(
        by=sharing.world.people["stranger"],
        cluster=sharing.world.cluster,
        namespace="pay",
        spec=sharing.spec(),
        ask_owner=asks,
        ask_cluster=False,
    ).as_json()

    assert [conflict["kind"] for conflict in preview["conflicts"]] == kinds
    assert preview["errors"] == []
    if asks:
        assert [stage["name"] for stage in preview["approval"]["stages"]] == names

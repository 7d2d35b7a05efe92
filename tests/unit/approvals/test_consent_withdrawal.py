"""Taking a consent back: what is live stays, and nothing goes to the cluster under it until the owner agrees anew."""

from __future__ import annotations

import pytest

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import checks_of, open_delete, open_rollback, open_update, withdraw
from apps.audit.models import AuditEvent
from apps.common.errors import NotFound, NotPermitted
from apps.exposures.consents import withdraw_consent
from apps.exposures.models import Exposure, HostShare
from apps.exposures.permissions import may_withdraw_consent
from apps.exposures.policies import run_preflight
from apps.exposures.selectors import gather_facts
from apps.exposures.services import close_exposure
from apps.exposures.shared_hosts import get_share_for, guests_of
from apps.exposures.spec import ExposureSpec
from apps.notices.models import Notice
from tests.unit.approvals.sharing import HOST, Sharing, make_sharing, stages
from tests.unit.approvals.world import World


@pytest.fixture
def sharing(world: World) -> Sharing:
    return make_sharing(world)


def take_back(sharing: Sharing, guest: Exposure, *, by: str = "developer") -> HostShare:
    share = HostShare.objects.get(exposure=guest)
    return withdraw_consent(by=sharing.world.people[by], share=share, reason="We move the shop.")


def ask_again(sharing: Sharing, guest: Exposure, *paths: str) -> ChangeRequest:
    return open_update(by=sharing.world.people["stranger"], exposure=guest, spec=sharing.spec(*paths or ("/pay",)))


def gate_codes(sharing: Sharing, guest: Exposure) -> list[str]:
    """What the gate would say to the revision that is to be; it knows no "asked"."""
    guest = Exposure.objects.get(pk=guest.pk)
    revision = guest.desired_revision or guest.live_revision
    assert revision is not None
    facts = gather_facts(
        cluster=sharing.world.cluster,
        namespace=guest.namespace,
        team=guest.team,
        spec=ExposureSpec.from_json(revision.spec),
        exposure=guest,
    )
    return [violation.code for violation in run_preflight(facts).errors]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("developer", True),
        ("colleague", True),
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
def test_those_who_may_agree_may_take_it_back(sharing: Sharing, name: str, allowed: bool) -> None:
    guest, person = sharing.granted(), sharing.world.people[name]

    assert bool(may_withdraw_consent(person, HostShare.objects.get())) is allowed
    if allowed:
        take_back(sharing, guest, by=name)
    else:
        with pytest.raises(NotPermitted):
            take_back(sharing, guest, by=name)
    assert HostShare.objects.get().is_withdrawn is allowed


@pytest.mark.parametrize(
    ("name", "found"),
    [("developer", True), ("viewer", True), ("platform", True), ("auditor", True), ("stranger", False)],
)
def test_owners_people_find_what_was_granted(sharing: Sharing, name: str, found: bool) -> None:
    guest, person = sharing.granted(), sharing.world.people[name]
    if found:
        assert get_share_for(person, guest.pk).exposure == guest
        return
    with pytest.raises(NotFound):
        get_share_for(person, guest.pk)


def test_what_is_live_stays_and_the_host_is_not_freed(sharing: Sharing) -> None:
    guest = sharing.granted()
    take_back(sharing, guest)

    guest.refresh_from_db()
    assert (guest.is_live, [share.exposure_id for share in guests_of(sharing.owned)]) == (True, [guest.pk])


def test_owner_can_still_change_its_own(sharing: Sharing) -> None:
    take_back(sharing, sharing.granted())
    people = sharing.world.people

    change = open_update(by=people["developer"], exposure=sharing.owned, spec=sharing.world.spec(HOST, path="/other"))

    assert sharing.approve(change, "approver").state == RequestState.DELIVERING


def test_guest_is_told_and_the_reason_is_kept(sharing: Sharing) -> None:
    guest = sharing.granted()
    share = take_back(sharing, guest)

    told = Notice.objects.filter(kind="consent_withdrawn")
    assert [(notice.recipient.username, notice.subject_id) for notice in told] == [("stranger", guest.pk)]
    assert (share.withdrawn_by, share.withdrawn_because) == ("developer", "We move the shop.")
    event = AuditEvent.objects.get(verb="host.consent_withdrawn")
    assert (event.object_id, (event.after or {})["reason"]) == (guest.pk, "We move the shop.")


def test_repeat_changes_nothing(sharing: Sharing) -> None:
    guest = sharing.granted()
    first = take_back(sharing, guest)
    again = take_back(sharing, guest, by="maintainer")

    assert (again.withdrawn_at, again.withdrawn_by) == (first.withdrawn_at, "developer")
    assert AuditEvent.objects.filter(verb="host.consent_withdrawn").count() == 1


def test_nothing_can_be_taken_back_before_it_is_granted_or_after_the_guest_has_left(sharing: Sharing) -> None:
    request = sharing.approve(sharing.ask(), "developer")
    share = HostShare.objects.get()
    with pytest.raises(NotFound):
        take_back(sharing, request.exposure)

    close_exposure(exposure=request.exposure)
    with pytest.raises(NotFound):
        withdraw_consent(by=sharing.world.people["developer"], share=share, reason="Too late.")


@pytest.mark.parametrize("paths", [("/pay",), ("/pay", "/billing"), ("/other",)], ids=["fewer", "same", "others"])
def test_every_change_asks_the_owner_again(sharing: Sharing, paths: tuple[str, ...]) -> None:
    guest = sharing.granted("/pay", "/billing")
    take_back(sharing, guest)

    assert stages(ask_again(sharing, guest, *paths))[0][:2] == ("owner", "active")


def test_going_back_to_an_earlier_revision_asks_the_owner_again(sharing: Sharing) -> None:
    guest = sharing.granted()
    first = guest.newest_revision
    assert first is not None
    take_back(sharing, guest)

    back = open_rollback(by=sharing.world.people["stranger"], exposure=guest, revision=first)

    assert stages(back)[0][:2] == ("owner", "active")


def test_guest_leaves_without_asking(sharing: Sharing) -> None:
    guest = sharing.granted()
    take_back(sharing, guest)

    leaving = open_delete(by=sharing.world.people["stranger"], exposure=guest)

    assert [name for name, _state, _who in stages(leaving)] == ["network"]


def test_gate_closes_on_what_was_approved_before_it_was_taken_back(sharing: Sharing) -> None:
    request = sharing.approve(sharing.ask(), "developer", "approver")
    assert (request.state, gate_codes(sharing, request.exposure)) == (RequestState.DELIVERING, [])

    take_back(sharing, request.exposure)

    assert gate_codes(sharing, request.exposure) == ["consent_withdrawn"]


def test_gate_does_not_push_what_is_live_once_more(sharing: Sharing) -> None:
    """What somebody changed by hand is not put right under a consent that is gone."""
    guest = sharing.granted()
    take_back(sharing, guest)
    assert gate_codes(sharing, guest) == ["consent_withdrawn"]


def test_consent_to_a_change_that_waits_is_taken_back_with_it(sharing: Sharing) -> None:
    guest = sharing.granted()
    wider = sharing.approve(ask_again(sharing, guest, "/pay", "/billing"), "developer")
    take_back(sharing, guest)

    checks = checks_of(wider)
    assert checks is not None
    assert [step.name for step in checks.steps if step.state == "failed"] == ["host"]
    wider = sharing.approve(wider, "approver")
    assert (wider.state, (wider.state_reason or {}).get("code")) == (RequestState.STALE, "consent_withdrawn")
    assert HostShare.objects.get().is_withdrawn is True


def test_consent_that_is_given_anew_opens_the_gate(sharing: Sharing) -> None:
    guest = sharing.granted()
    take_back(sharing, guest)

    again = sharing.approve(ask_again(sharing, guest, "/billing"), "developer", "approver")

    share = HostShare.objects.get()
    assert (again.state, share.is_withdrawn, share.request_id) == (RequestState.DELIVERING, False, again.pk)
    assert gate_codes(sharing, guest) == []


def test_new_consent_does_not_outlive_the_change_that_it_was_given_for(sharing: Sharing) -> None:
    guest = sharing.granted()
    take_back(sharing, guest)
    again = sharing.approve(ask_again(sharing, guest, "/billing"), "developer", "approver")

    withdraw(by=sharing.world.people["stranger"], request=again)

    share = HostShare.objects.get()
    assert (share.paths, share.is_withdrawn) == ([{"path": "/pay", "path_type": "Prefix"}], True)
    assert stages(ask_again(sharing, guest))[0][:2] == ("owner", "active")

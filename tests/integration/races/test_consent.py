"""Several want a path of one host at the same instant: each path has one taker, and the host one owner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest, Decision
from apps.approvals.services import approve, open_create, open_update, reject
from apps.domains.models import HostClaim
from apps.exposures.consents import withdraw_consent
from apps.exposures.models import Exposure, HostShare
from apps.exposures.policies import Facts, run_preflight
from apps.exposures.selectors import gather_facts
from apps.exposures.services import close_exposure, lock_exposure
from apps.exposures.spec import ExposureSpec, PathSpec
from tests.factories.inventory import make_service
from tests.factories.people import make_grant, make_team, make_user
from tests.integration.races.contest import ROUNDS, race, refusals, successes
from tests.integration.races.truths import assert_all_truths, assert_hosts_belong_to_the_teams_that_use_them
from tests.unit.approvals.world import World


@dataclass
class Host:
    """A host of team *web* under the wildcard domain, so that the owner's word is the only one that is needed."""

    world: World
    guests: dict[str, User]
    name: str

    def owned(self) -> Exposure:
        return self.world.ask(self.name).exposure

    def asking(self, team: str, *, path: str = "/pay") -> Any:
        spec = ExposureSpec(self.name, (PathSpec(path, "Prefix", "ledger", "http"),))
        return partial(
            open_create,
            by=self.guests[team],
            cluster=self.world.cluster,
            namespace=team,
            spec=spec,
            ask_owner=True,
        )

    def consent(self, request: ChangeRequest, *, by: str = "developer") -> Any:
        return partial(approve, by=self.world.people[by], request=request, content_hash=request.content_hash)

    def closing(self, exposure: Exposure) -> Any:
        """As the delivery does once the object is gone."""

        def close() -> None:
            with transaction.atomic():
                close_exposure(exposure=lock_exposure(exposure.pk))

        return close


@pytest.fixture
def hosts(world: World) -> list[Host]:
    third = make_team("third", contact="#third")
    make_grant(third, world.cluster.name, "third")
    for namespace in ("pay", "third"):
        make_service(world.cluster, namespace=namespace, name="ledger")
    guests = {"pay": world.people["stranger"], "third": make_user("third", team=third)}
    return [Host(world, guests, f"shop-{number}.dev.example.net") for number in range(ROUNDS)]


def states(*requests: ChangeRequest) -> list[str]:
    rows = ChangeRequest.objects.filter(pk__in=[request.pk for request in requests])
    return sorted(rows.values_list("state", flat=True))


def test_one_of_two_guests_gets_the_path_when_both_are_agreed_to_at_once(hosts: list[Host]) -> None:
    for host in hosts:
        host.owned()
        first, second = host.asking("pay")(), host.asking("third")()

        race(host.consent(first), host.consent(second, by="colleague"))

        assert states(first, second) == [RequestState.DELIVERING, RequestState.STALE]
        [share] = HostShare.objects.filter(exposure__host=host.name).exclude(granted_at=None)
        assert ChangeRequest.objects.get(exposure=share.exposure).state == RequestState.DELIVERING
    assert_all_truths()


def test_guests_of_different_paths_both_get_theirs(hosts: list[Host]) -> None:
    for host in hosts:
        host.owned()
        first, second = host.asking("pay")(), host.asking("third", path="/third")()

        race(host.consent(first), host.consent(second, by="colleague"))

        assert states(first, second) == [RequestState.DELIVERING, RequestState.DELIVERING]
    assert_all_truths()


def test_owner_and_guest_do_not_both_get_one_path(hosts: list[Host]) -> None:
    for host in hosts:
        exposure = host.owned()
        Exposure.objects.filter(pk=exposure.pk).update(live_revision=exposure.newest_revision)
        ChangeRequest.objects.filter(exposure=exposure).update(state=RequestState.DONE)
        asked = host.asking("pay")()
        spec = host.world.spec(host.name, path="/pay")
        change = partial(open_update, by=host.world.people["developer"], exposure=exposure, spec=spec)

        answers = race(host.consent(asked, by="colleague"), change)

        got = ChangeRequest.objects.get(pk=asked.pk).state == RequestState.DELIVERING
        owner_got = answers[1] in successes(answers) and states(answers[1]) == [RequestState.DELIVERING]
        assert (got, owner_got) in {(True, False), (False, True)}
    assert_hosts_belong_to_the_teams_that_use_them()


def test_consent_and_refusal_at_once_end_in_one_of_the_two(hosts: list[Host]) -> None:
    for host in hosts:
        host.owned()
        asked = host.asking("pay")()
        no = partial(
            reject,
            by=host.world.people["maintainer"],
            request=asked,
            content_hash=asked.content_hash,
            comment="No.",
        )

        answers = race(host.consent(asked), no)

        assert len(refusals(answers)) == 1
        assert Decision.objects.filter(stage__request=asked).count() == 1
        is_granted = HostShare.objects.filter(exposure=asked.exposure).exclude(granted_at=None).exists()
        assert is_granted == (states(asked) == [RequestState.DELIVERING])
    assert_all_truths()


def test_consent_taken_back_while_another_is_given_leaves_the_later_word(hosts: list[Host]) -> None:
    """One of the owner agrees to wider paths in the moment in which another takes back what was granted."""
    for host in hosts:
        host.owned()
        guest = host.asking("pay")()
        host.consent(guest)()
        Exposure.objects.filter(pk=guest.exposure_id).update(live_revision=guest.revision)
        ChangeRequest.objects.filter(pk=guest.pk).update(state=RequestState.DONE)
        spec = ExposureSpec(host.name, (PathSpec("/wider", "Prefix", "ledger", "http"),))
        wider = open_update(by=host.guests["pay"], exposure=Exposure.objects.get(pk=guest.exposure_id), spec=spec)
        share = HostShare.objects.get(exposure=guest.exposure_id)
        back = partial(withdraw_consent, by=host.world.people["maintainer"], share=share, reason="No more.")

        answers = race(host.consent(wider), back)

        assert (refusals(answers), states(wider)) == ([], [RequestState.DELIVERING])
        share.refresh_from_db()
        agreed_at = Decision.objects.get(stage__request=wider).at
        assert share.withdrawn_at is not None
        assert share.is_withdrawn == (agreed_at < share.withdrawn_at)
        found = run_preflight(facts_of(host, share.exposure, spec))
        assert [error.code for error in found.errors] == (["consent_withdrawn"] if share.is_withdrawn else [])
    assert_hosts_belong_to_the_teams_that_use_them()


def facts_of(host: Host, exposure: Exposure, spec: ExposureSpec) -> Facts:
    """As the gate gathers them: it knows no "asked"."""
    cluster, team = host.world.cluster, exposure.team
    return gather_facts(cluster=cluster, namespace=exposure.namespace, team=team, spec=spec, exposure=exposure)


def test_owner_who_leaves_while_somebody_asks_keeps_the_host_or_is_asked_no_more(hosts: list[Host]) -> None:
    for host in hosts:
        exposure = host.owned()

        answers = race(host.asking("pay"), host.closing(exposure))

        claim = HostClaim.objects.filter(host=host.name).first()
        asked = answers[0] in successes(answers)
        share = HostShare.objects.filter(exposure__host=host.name, exposure__deleted_at=None).first()
        if share is not None:
            assert (claim.team.name if claim else "") == "web"
        elif asked:
            # The host was free already: it is the one's who asked.
            assert (claim.team.name if claim else "") == "pay"
        else:
            assert [refusal.code for refusal in refusals(answers)] == ["host_conflict"]
            assert claim is None
    assert_all_truths()


def test_two_teams_that_would_rather_ask_than_fail_claim_a_free_host_once(hosts: list[Host]) -> None:
    for host in hosts:
        answers = race(host.asking("pay"), host.asking("third", path="/third"))

        claim = HostClaim.objects.get(host=host.name)
        owning = [made for made in successes(answers) if made.exposure.team_id == claim.team_id]
        assert len(owning) == 1
        for other in (made for made in successes(answers) if made is not owning[0]):
            assert HostShare.objects.get(exposure=other.exposure).owner_id == claim.team_id
    assert_all_truths()

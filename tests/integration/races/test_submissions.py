"""Two people ask for the same thing at the same instant: one gets it, the other learns who was quicker."""

from __future__ import annotations

from functools import partial
from typing import Any

from apps.accounts.models import Team
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import open_create, open_delete, open_update, reject, withdraw
from apps.clusters.models import Cluster
from apps.common.errors import PortalError
from apps.domains.models import HostClaim
from apps.exposures.models import Exposure
from tests.factories.clusters import make_cluster
from tests.factories.domains import make_zone
from tests.factories.inventory import make_ingress_class, make_service
from tests.factories.people import make_grant
from tests.integration.races.contest import ROUNDS, race, refusals, successes
from tests.integration.races.truths import assert_all_truths
from tests.unit.approvals.world import World


def creation(
    world: World, host: str, *, by: str = "developer", at: Cluster | None = None, namespace: str = "web"
) -> Any:
    return partial(
        open_create,
        by=world.people[by],
        cluster=at or world.cluster,
        namespace=namespace,
        spec=world.spec(host),
        reason="A test.",
    )


def give_pay_the_same_zone(world: World) -> None:
    make_zone(Team.objects.get(name="pay"), world.network)
    make_service(world.cluster, namespace="pay")


def second_cluster(world: World) -> Cluster:
    cluster = make_cluster("test-2")
    make_service(cluster)
    make_ingress_class(cluster)
    make_grant(world.web, cluster.name, "web")
    return cluster


def codes(answers: list[Any]) -> list[str]:
    return [refusal.code for refusal in refusals(answers)]


def owners(refusal: PortalError) -> list[str]:
    return [conflict["owner"]["team"] for conflict in refusal.fields["conflicts"]]


def test_two_creations_of_one_host_on_one_cluster_make_one_exposure(world: World) -> None:
    for number in range(ROUNDS):
        host = f"shop-{number}.example.com"

        answers = race(creation(world, host), creation(world, host, by="colleague"))

        assert codes(answers) == ["host_conflict"]
        assert owners(refusals(answers)[0]) == ["web"]
        assert Exposure.objects.filter(host=host).count() == 1
        assert ChangeRequest.objects.filter(exposure__host=host).count() == 1
    assert_all_truths()


def test_two_teams_claim_one_host_and_one_becomes_its_owner(world: World) -> None:
    give_pay_the_same_zone(world)
    for number in range(ROUNDS):
        host = f"shop-{number}.example.com"

        answers = race(creation(world, host), creation(world, host, by="stranger", namespace="pay"))

        [won] = successes(answers)
        assert codes(answers) == ["host_conflict"]
        assert owners(refusals(answers)[0]) == [won.exposure.team.name]
        assert HostClaim.objects.get(host=host).team_id == won.exposure.team_id
        assert [exposure.pk for exposure in Exposure.objects.filter(host=host)] == [won.exposure_id]
    assert_all_truths()


def test_two_updates_of_one_exposure_open_one_request(world: World) -> None:
    for number in range(ROUNDS):
        exposure = world.ask(f"shop-{number}.example.com").exposure
        withdraw_first(world, exposure)
        updates = [
            partial(
                open_update,
                by=world.people[who],
                exposure=exposure,
                spec=world.spec(exposure.host, path=f"/{who}"),
            )
            for who in ("developer", "colleague")
        ]

        answers = race(*updates)

        [won] = successes(answers)
        [refusal] = refusals(answers)
        assert (refusal.code, refusal.fields["request"]) == ("request_open", won.pk)
        assert refusal.fields["state"] == RequestState.PENDING
        assert exposure.change_requests.open().count() == 1
    assert_all_truths()


def test_update_against_deletion_opens_one_request(world: World) -> None:
    for number in range(ROUNDS):
        exposure = world.ask(f"shop-{number}.example.com").exposure
        withdraw_first(world, exposure)
        developer, spec = world.people["developer"], world.spec(exposure.host, path="/other")

        answers = race(
            partial(open_update, by=developer, exposure=exposure, spec=spec),
            partial(open_delete, by=world.people["colleague"], exposure=exposure),
        )

        assert codes(answers) == ["request_open"]
        assert exposure.change_requests.open().count() == 1
    assert_all_truths()


def test_creation_against_the_end_of_the_last_exposure_keeps_the_claim_true(world: World) -> None:
    """The host of a rejected exposure is freed while the same team takes it again, here or on another cluster."""
    other = second_cluster(world)
    for number in range(2 * ROUNDS):
        host = f"shop-{number}.example.com"
        request = world.ask(host)
        place = other if number % 2 else world.cluster
        end = partial(
            reject,
            by=world.people["approver"],
            request=request,
            content_hash=request.content_hash,
            comment="Not this one.",
        )

        answers = race(end, creation(world, host, by="colleague", at=place))

        assert codes(answers) in ([], ["host_conflict"])
        assert_all_truths()


def test_withdrawal_against_creation_by_another_team_leaves_one_owner(world: World) -> None:
    give_pay_the_same_zone(world)
    for number in range(2 * ROUNDS):
        host = f"shop-{number}.example.com"
        request = world.ask(host)

        answers = race(
            partial(withdraw, by=world.people["developer"], request=request),
            creation(world, host, by="stranger", namespace="pay"),
        )

        assert codes(answers) in ([], ["host_conflict"])
        assert_all_truths()


def withdraw_first(world: World, exposure: Exposure) -> None:
    """As if its first request had run its way: the exposure stands, and no request is open."""
    request = exposure.change_requests.get()
    Exposure.objects.filter(pk=exposure.pk).update(live_revision=request.revision)
    withdraw(by=world.people["developer"], request=request)

"""What workers, schedulers and platform admins do at the same instant as people."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.approvals.services import approve, open_update, reject, resubmit, retry, withdraw
from apps.audit.models import AuditEvent
from apps.clusters.services import pause_cluster, resume_cluster
from apps.common.actors import DELIVERY
from apps.common.errors import InvalidTransition
from apps.common.models import Schedule
from apps.common.scheduling import Job, start_due
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.delivery.services import retry as retry_delivery
from apps.delivery.services import run_delivery, sweep
from apps.delivery.services.run import MAX_ATTEMPTS, PER_CLUSTER, claim
from apps.exposures.models import Exposure
from apps.exposures.services import lock_exposure, mark_live
from testbed.process import eventually
from tests.factories.people import make_user
from tests.integration.races.contest import ROUNDS, race, refusals, successes
from tests.integration.races.truths import assert_all_truths, assert_audit_trail_is_one_chain
from tests.unit.approvals.world import World


def approved(world: World, host: str) -> tuple[ChangeRequest, Delivery]:
    request = world.ask(host)
    approve(by=world.people["approver"], request=request, content_hash=request.content_hash)
    request.refresh_from_db()
    return request, Delivery.objects.get(revision=request.revision_id)


def failed(world: World, host: str) -> tuple[ChangeRequest, Delivery]:
    """As a worker leaves it that was refused by the cluster before it wrote anything."""
    request, delivery = approved(world, host)
    reason = {"code": "cluster_forbidden", "message": "No.", "hint": "Ask."}
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED, reason=reason, attempt=1)
    ChangeRequest.objects.filter(pk=request.pk).update(state=RequestState.FAILED)
    request.events.create(
        actor=DELIVERY.username,
        verb="fail",
        before_state=RequestState.DELIVERING,
        after_state=RequestState.FAILED,
        content_hash=request.content_hash,
        round=request.round,
    )
    return request, delivery


def test_workers_that_take_one_delivery_leave_it_to_one(world: World) -> None:
    for number in range(ROUNDS):
        _, delivery = approved(world, f"shop-{number}.example.com")

        claims = race(*[partial(claim, delivery.pk)] * 4)

        [won] = [each for each in claims if each is not None]
        delivery.refresh_from_db()
        assert (delivery.claim, delivery.attempt, delivery.state) == (won.claim, 1, DeliveryState.APPLYING)
        Delivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now())


def test_workers_that_come_at_once_do_not_fill_up_with_one_cluster(world: World) -> None:
    """A cluster that hangs would hold every worker that got past the count (D4)."""
    deliveries = [approved(world, f"shop-{number}.example.com")[1] for number in range(3 * PER_CLUSTER)]
    for _ in range(ROUNDS // 3):
        claims = race(*[partial(claim, delivery.pk) for delivery in deliveries])

        assert len([each for each in claims if each is not None]) == PER_CLUSTER
        Delivery.objects.update(state=DeliveryState.QUEUED, claim="", lease_until=None)


def test_worker_against_withdrawal_pushes_it_or_never_touches_it(world: World) -> None:
    for number in range(ROUNDS):
        request, delivery = approved(world, f"shop-{number}.example.com")

        taken, back = race(
            partial(claim, delivery.pk), partial(withdraw, by=world.people["developer"], request=request)
        )

        request.refresh_from_db()
        delivery.refresh_from_db()
        if taken is None:
            assert (request.state, delivery.state) == (RequestState.WITHDRAWN, DeliveryState.CANCELLED)
        else:
            assert isinstance(back, InvalidTransition)
            assert back.fields["state"] == RequestState.DELIVERING == request.state
            assert delivery.state == DeliveryState.APPLYING
            Delivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now())
    assert_all_truths()


def test_two_sweepers_free_a_dead_workers_delivery_for_one_successor(world: World) -> None:
    for number in range(ROUNDS):
        _, delivery = approved(world, f"shop-{number}.example.com")
        dead = claim(delivery.pk)
        assert dead is not None
        Delivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

        race(sweep, sweep)

        claims = race(*[partial(claim, delivery.pk)] * 2)
        [won] = [each for each in claims if each is not None]
        assert won.claim != dead.claim
        Delivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now())


def test_delivery_that_every_worker_dies_of_ends_in_a_failure_that_a_person_can_retry(world: World) -> None:
    request, delivery = approved(world, "shop.example.com")
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.APPLYING,
        attempt=MAX_ATTEMPTS,
        claim="claim_dead",
        lease_until=timezone.now() - timedelta(seconds=1),
    )

    sweep()
    run_delivery(delivery.pk)

    delivery.refresh_from_db()
    request.refresh_from_db()
    assert (delivery.state, request.state) == (DeliveryState.FAILED, RequestState.FAILED)
    assert (delivery.reason or {})["code"] == "attempts_used_up"
    assert retry(by=world.people["developer"], request=request).state == RequestState.DELIVERING


def test_credential_that_cannot_be_had_ends_in_a_named_failure(world: World) -> None:
    """The cluster of this world has none: a delivery must say so instead of being taken up for ever."""
    request, delivery = approved(world, "shop.example.com")

    run_delivery(delivery.pk)

    delivery.refresh_from_db()
    request.refresh_from_db()
    assert (delivery.state, request.state) == (DeliveryState.FAILED, RequestState.FAILED)
    assert (delivery.reason or {})["code"] == "credential_missing"


def test_two_retries_of_one_request_push_it_once(world: World) -> None:
    for number in range(ROUNDS):
        request, _ = failed(world, f"shop-{number}.example.com")

        answers = race(
            partial(retry, by=world.people["developer"], request=request),
            partial(retry, by=world.people["colleague"], request=request),
        )

        [refusal] = refusals(answers)
        assert (refusal.code, refusal.fields["state"]) == ("invalid_transition", RequestState.DELIVERING)
        assert [event.verb for event in request.events.filter(verb="retry")] == ["retry"]
    assert_all_truths()


def test_retry_against_a_new_request_leaves_one_of_them_open(world: World) -> None:
    for number in range(ROUNDS):
        request, _ = failed(world, f"shop-{number}.example.com")

        answers = race(partial(retry, by=world.people["developer"], request=request), new_request(world, request))

        [won] = successes(answers)
        [refusal] = refusals(answers)
        assert refusal.code == "request_open"
        assert [each.pk for each in request.exposure.change_requests.open()] == [won.pk]
    assert_all_truths()


def test_retry_of_the_delivery_itself_against_a_new_request_leaves_one_of_them_open(world: World) -> None:
    for number in range(ROUNDS):
        request, delivery = failed(world, f"shop-{number}.example.com")
        again = partial(retry_delivery, by=world.people["developer"], delivery=delivery)

        answers = race(again, new_request(world, request))

        [refusal] = refusals(answers)
        assert refusal.code == "request_open"
        assert request.exposure.change_requests.open().count() == 1
    assert_all_truths()


def test_approval_against_pausing_the_cluster_blocks_neither(world: World) -> None:
    """Both write to the audit trail, and a delivery points at the cluster: the locks must be taken in one order."""
    platform, cluster = world.people["platform"], world.cluster

    def pause_and_resume() -> None:
        for _ in range(6):
            pause_cluster(by=platform, cluster=cluster, reason="Works on the network.")
            resume_cluster(by=platform, cluster=cluster)

    for number in range(ROUNDS):
        requests = [world.ask(f"shop-{number}-{letter}.example.com") for letter in "ab"]
        approvals = [
            partial(approve, by=world.people["approver"], request=request, content_hash=request.content_hash)
            for request in requests
        ]

        assert refusals(race(pause_and_resume, *approvals)) == []
    assert_all_truths()


def test_paused_cluster_gives_no_delivery_to_a_worker(world: World) -> None:
    _, delivery = approved(world, "shop.example.com")
    pause_cluster(by=world.people["platform"], cluster=world.cluster, reason="Works on the network.")

    assert claim(delivery.pk) is None

    resume_cluster(by=world.people["platform"], cluster=world.cluster)
    assert claim(delivery.pk) is not None


def test_writers_of_the_audit_trail_make_one_chain(world: World) -> None:
    """Each on a request of its own, so that nothing but the trail makes them meet."""
    requests = [world.ask(f"shop-{number}.example.com") for number in range(8)]
    before = AuditEvent.objects.count()

    race(*[partial(withdraw, by=world.people["developer"], request=request) for request in requests])

    assert AuditEvent.objects.count() == before + len(requests)
    assert_audit_trail_is_one_chain()


def test_first_writers_of_the_audit_trail_make_one_chain(transactional_db: None) -> None:
    """The head of the chain is made by whoever comes first."""
    from apps.accounts.services.tokens import create_token

    people = [make_user(f"person-{number}") for number in range(6)]

    answers = race(*[partial(create_token, by=person, name="ci", scopes=["exposures:read"]) for person in people])

    assert len(successes(answers)) == len(people)
    assert AuditEvent.objects.count() == len(people)
    assert_audit_trail_is_one_chain()


def test_schedulers_that_wake_at_once_start_a_job_once(world: World) -> None:
    job = Job("a test", "tests.nothing", timedelta(seconds=30))
    for _ in range(ROUNDS):
        Schedule.objects.filter(name=job.name).delete()
        sent: list[str] = []

        started = race(*[partial(start_due, [job], now=timezone.now(), send=sent.append)] * 3)

        assert (sum(map(len, started)), sent) == (1, ["tests.nothing"])


def test_change_that_waits_for_a_delivery_to_end_is_based_on_what_went_live(world: World) -> None:
    request, _ = failed(world, "shop.example.com")
    is_locked = Event()

    def go_live_slowly() -> None:
        with transaction.atomic():
            exposure = lock_exposure(request.exposure_id)
            mark_live(exposure=exposure, revision=request.revision)
            is_locked.set()
            eventually(others_wait_for_a_lock)

    def change_meanwhile() -> Any:
        is_locked.wait(10)
        return new_request(world, request)()

    _, change = race(go_live_slowly, change_meanwhile)

    assert (change.operation, change.revision.base_revision_id) == ("update", request.revision_id)


@pytest.mark.parametrize("command", [resubmit, retry])
def test_old_request_does_not_bring_back_an_exposure_that_was_deleted(world: World, command: Any) -> None:
    """It failed before anything was sent, and another request ended the exposure meanwhile."""
    request, _ = failed(world, "shop.example.com")
    change = new_request(world, request)()
    withdraw(by=world.people["developer"], request=change)
    assert not Exposure.objects.active().exists()

    with pytest.raises(InvalidTransition) as refusal:
        command(by=world.people["developer"], request=request)

    assert refusal.value.fields["state"] == RequestState.FAILED
    assert_all_truths()


def others_wait_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def new_request(world: World, request: ChangeRequest) -> Any:
    spec = world.spec(request.exposure.host, path="/other")
    return partial(open_update, by=world.people["colleague"], exposure=request.exposure, spec=spec)


def test_what_may_have_reached_the_cluster_is_not_taken_back(world: World) -> None:
    """The worker died after it had sent the object: withdrawing would leave it there for ever."""
    request, delivery = approved(world, "shop.example.com")
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.RETRYING, attempt=1, was_sent=True)

    with pytest.raises(InvalidTransition) as refusal:
        withdraw(by=world.people["developer"], request=request)

    assert refusal.value.fields["state"] == RequestState.DELIVERING
    assert_all_truths()


def test_exposure_that_may_be_in_the_cluster_outlives_the_rejection_of_its_next_request(world: World) -> None:
    request, delivery = failed(world, "shop.example.com")
    Delivery.objects.filter(pk=delivery.pk).update(was_sent=True)
    change = new_request(world, request)()

    reject(by=world.people["approver"], request=change, content_hash=change.content_hash, comment="Not this one.")

    assert Exposure.objects.active().filter(pk=request.exposure_id).exists()
    assert_all_truths()

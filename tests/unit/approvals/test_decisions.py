"""Decisions bind to content and round, count once per person, and can neither be changed nor removed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Model

from apps.approvals.enums import RequestState, SlotState, StageMode, StageState, Verb
from apps.approvals.models import ChangeRequest, Decision, RequestEvent, Slot, Stage
from apps.approvals.selectors import awaiting, decision_for, field_diff, list_requests_for
from apps.approvals.services import add_comment, approve, reject, remind, resubmit, return_request
from apps.approvals.services.engine import eligible_people
from apps.audit.models import AuditEvent
from apps.audit.services import find_broken_link
from apps.common.errors import Conflict, InvalidInput, NotPermitted, StaleRevision
from apps.delivery.models import Delivery
from apps.exposures.models import Exposure, Revision
from tests.unit.approvals.world import World


def test_hash_that_was_not_seen_is_refused_and_the_present_one_named(world: World) -> None:
    request = world.ask()

    with pytest.raises(StaleRevision) as refusal:
        approve(by=world.people["approver"], request=request, content_hash="sha256:other")

    assert refusal.value.fields == {"content_hash": request.content_hash}
    assert not Decision.objects.exists()


def test_decision_of_an_earlier_round_does_not_count_even_if_the_content_comes_back(world: World) -> None:
    request = world.ask()
    first = request.content_hash
    request = resubmit(by=world.people["developer"], request=request, spec=world.spec(path="/b"))
    request = resubmit(by=world.people["developer"], request=request, spec=world.spec(path="/"))

    assert request.content_hash == first
    assert (request.round, request.state) == (3, RequestState.PENDING)
    assert not request.stages.get(round=3).decisions.exists()


def test_co_author_of_any_round_cannot_decide(world: World) -> None:
    request = world.ask()
    world.network.members.add(world.people["colleague"])
    request = resubmit(by=world.people["colleague"], request=request, spec=world.spec(path="/b"))
    request = resubmit(by=world.people["developer"], request=request, spec=world.spec(path="/c"))

    with pytest.raises(NotPermitted) as refusal:
        approve(by=world.people["colleague"], request=request, content_hash=request.content_hash)

    assert refusal.value.code == "self_approval"


def test_approver_who_left_the_group_or_the_company_cannot_decide(world: World) -> None:
    request = world.ask()
    world.network.members.remove(world.people["approver"])
    world.people["approver2"].is_active = False
    world.people["approver2"].save()

    for name in ("approver", "approver2"):
        with pytest.raises(NotPermitted):
            approve(by=world.people[name], request=request, content_hash=request.content_hash)


def test_two_of_two_need_both_and_the_first_does_not_deliver(world: World) -> None:
    request = world.ask()
    stage = request.stages.get()
    stage.mode, stage.needed = StageMode.QUORUM, 2
    stage.save()
    slot = stage.slots.get()
    slot.principal = slot.holder = "user:approver"
    slot.save()
    Slot.objects.create(stage=stage, principal="user:approver2", holder="user:approver2")

    first = approve(by=world.people["approver"], request=request, content_hash=request.content_hash)
    assert (first.state, Delivery.objects.count()) == (RequestState.PENDING, 0)

    second = approve(by=world.people["approver2"], request=request, content_hash=request.content_hash)
    assert (second.state, Delivery.objects.count()) == (RequestState.DELIVERING, 1)


def test_second_stage_opens_when_the_first_has_passed(world: World) -> None:
    request = world.ask()
    later = Stage.objects.create(request=request, round=1, order=2, name="network", mode=StageMode.ANY)
    Slot.objects.create(stage=later, principal="group:network", holder="group:network")

    after = approve(by=world.people["approver"], request=request, content_hash=request.content_hash)

    assert after.state == RequestState.PENDING
    assert [stage.state for stage in request.stages.order_by("order")] == [StageState.PASSED, StageState.ACTIVE]
    assert approve(
        by=world.people["approver2"], request=request, content_hash=request.content_hash
    ).state == RequestState.DELIVERING  # fmt: skip


def test_one_rejection_ends_the_request_whatever_the_mode(world: World) -> None:
    request = world.ask()
    stage = request.stages.get()
    stage.mode, stage.needed = StageMode.QUORUM, 2
    stage.save()

    rejected = reject(
        by=world.people["approver"], request=request, content_hash=request.content_hash, comment="Wrong name."
    )

    assert rejected.state == RequestState.REJECTED
    assert set(stage.slots.values_list("state", flat=True)) == {SlotState.REJECTED}


@pytest.mark.parametrize("command", [reject, return_request])
def test_no_without_a_word_is_refused(world: World, command: object) -> None:
    request = world.ask()

    with pytest.raises(InvalidInput) as refusal:
        command(by=world.people["approver"], request=request, content_hash=request.content_hash, comment="  ")  # type: ignore[operator]

    assert [(entry.code, entry.field) for entry in refusal.value.errors] == [("comment_required", "comment")]


def test_one_person_has_one_voice_per_stage_in_the_database_too(world: World) -> None:
    request = world.ask()
    approve(by=world.people["approver"], request=request, content_hash=request.content_hash)
    decision = Decision.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            stage=decision.stage,
            slot=decision.slot,
            actor=decision.actor,
            verdict="reject",
            content_hash=decision.content_hash,
            round=1,
            channel="api",
        )


@pytest.mark.parametrize("model", [Decision, RequestEvent, Revision, AuditEvent])
def test_evidence_cannot_be_updated(world: World, model: type[Model]) -> None:
    request = world.ask()
    approve(by=world.people["approver"], request=request, content_hash=request.content_hash)
    column = {"Decision": "comment", "RequestEvent": "comment", "Revision": "reason", "AuditEvent": "comment"}

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._default_manager.update(**{column[model.__name__]: "forged"})


def test_only_one_request_per_exposure_can_be_open_in_the_database_too(world: World) -> None:
    request = world.ask()

    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.create(
            exposure=request.exposure,
            operation="update",
            revision=request.revision,
            submitter=request.submitter,
            state=RequestState.PENDING,
        )


def test_every_command_leaves_an_event_and_an_audit_row_and_the_chain_holds(world: World) -> None:
    request = world.ask()
    add_comment(by=world.people["viewer"], request=request, comment="Looks good.")
    approve(by=world.people["approver"], request=request, content_hash=request.content_hash, comment="Yes.")

    events = [(event.actor, event.verb, event.after_state) for event in request.events.order_by("id")]
    assert events == [
        ("developer", Verb.SUBMIT, RequestState.PENDING),
        ("viewer", Verb.COMMENT, RequestState.PENDING),
        ("approver", Verb.PASS, RequestState.APPROVED),
        ("system:policy", Verb.DISPATCH, RequestState.DELIVERING),
    ]
    trail = AuditEvent.objects.filter(object_type="request", object_id=request.pk).order_by("sequence")
    assert [(row.actor, row.verb) for row in trail] == [(actor, f"request.{verb}") for actor, verb, _after in events]
    assert find_broken_link() is None


def test_reminder_comes_at_most_once_an_hour(world: World) -> None:
    request = world.ask()
    remind(by=world.people["developer"], request=request)

    with pytest.raises(Conflict) as refusal:
        remind(by=world.people["developer"], request=request)

    assert refusal.value.code == "reminded_recently"


def test_queue_is_derived_from_slots_and_leaves_out_ones_own(world: World) -> None:
    request = world.ask()
    world.network.members.add(world.people["developer"])

    assert list(awaiting(world.people["approver"])) == [request]
    assert list(awaiting(world.people["developer"])) == []
    assert list(awaiting(world.people["platform"])) == []
    approve(by=world.people["approver"], request=request, content_hash=request.content_hash)
    assert list(awaiting(world.people["approver2"])) == []


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("developer", True),
        ("viewer", True),
        ("stranger", False),
        ("approver", True),
        ("platform", True),
        ("auditor", True),
        ("superuser", False),
    ],
)
def test_request_is_seen_by_team_group_and_those_who_see_everything(world: World, who: str, sees: bool) -> None:
    request = world.ask()

    assert list(list_requests_for(world.people[who])) == ([request] if sees else [])


def test_reason_why_one_cannot_decide_is_said(world: World) -> None:
    request = world.ask()

    assert decision_for(world.people["approver"], request).allowed
    assert "had a hand" in decision_for(world.people["developer"], request).reason
    assert "network" in decision_for(world.people["platform"], request).reason


def test_diff_of_a_creation_names_every_stated_field(world: World) -> None:
    request = world.ask(tls="shop-tls")

    assert field_diff(request) == [
        {"field": "host", "before": None, "after": "shop.example.com"},
        {"field": "paths.0.path", "before": None, "after": "/"},
        {"field": "paths.0.path_type", "before": None, "after": "Prefix"},
        {"field": "paths.0.service_name", "before": None, "after": "shop"},
        {"field": "paths.0.service_port", "before": None, "after": "http"},
        {"field": "tls.secret_name", "before": None, "after": "shop-tls"},
    ]


def test_request_whose_host_was_reserved_meanwhile_is_out_of_date_not_delivered(world: World) -> None:
    from tests.factories.domains import make_reserved_host

    request = world.ask()
    make_reserved_host("shop.example.com", reason="The shop moves")

    after = approve(by=world.people["approver"], request=request, content_hash=request.content_hash)

    assert after.state == RequestState.STALE
    assert after.state_reason is not None
    assert after.state_reason["code"] == "host_reserved"
    assert not Delivery.objects.exists()
    assert Exposure.objects.get().live_revision is None


def test_cluster_that_became_production_after_submission_makes_the_request_out_of_date(world: World) -> None:
    request = world.ask()
    world.cluster.environment = "prod"
    world.cluster.save()

    after = approve(by=world.people["approver"], request=request, content_hash=request.content_hash)

    assert after.state == RequestState.STALE
    assert after.state_reason is not None
    assert after.state_reason["code"] == "needs_approval"


def test_queue_leaves_out_authors_of_earlier_rounds(world: World) -> None:
    world.network.members.add(world.people["colleague"])
    request = world.ask()
    request = resubmit(by=world.people["colleague"], request=request, spec=world.spec(path="/b"))
    request = resubmit(by=world.people["developer"], request=request, spec=world.spec(path="/c"))

    assert list(awaiting(world.people["colleague"])) == []
    assert list(awaiting(world.people["approver"])) == [request]


@pytest.mark.parametrize(("holder", "counts"), [("user:approver", 1), ("user:nobody", 0), ("group:network", 2)])
def test_people_who_could_sign_are_counted_by_name_and_by_group(world: World, holder: str, counts: int) -> None:
    stage = world.ask().stages.get()
    stage.slots.update(principal=holder, holder=holder)

    assert eligible_people(stage, without={"developer"}).count() == counts


def test_auditor_in_the_group_does_not_count(world: World) -> None:
    world.network.members.set([world.people["auditor"]])

    assert world.ask().state == RequestState.BLOCKED


def test_live_exposure_is_never_closed_whatever_the_queue_remembers(world: World) -> None:
    request = world.ask()
    Exposure.objects.update(live_revision=request.revision)

    reject(by=world.people["approver"], request=request, content_hash=request.content_hash, comment="No.")

    assert Exposure.objects.get().deleted_at is None

"""The words of requests and deliveries, on rows as they may stand."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.delivery.enums import DeliveryOperation, DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import Operation
from apps.web.presenters.progress import DELIVERY_KINDS, STEP_WORDS, STEPS_OF, Step, progress_of, steps_of
from apps.web.presenters.requests import changes_of, reasons_of, title_of, waits_for
from tests import factories
from tests.factories.exposures import spec_json

pytestmark = pytest.mark.django_db

STARTED = datetime(2026, 11, 23, 14, 2, 11, tzinfo=timezone.get_default_timezone()).isoformat()


def request_for(spec: dict | None = None, **fields) -> ChangeRequest:
    exposure = factories.make_exposure(factories.make_cluster(), factories.make_team("web"))
    revision = factories.make_revision(exposure, spec=spec)
    return factories.make_change_request(exposure, revision=revision, **fields)


def changed(after: dict, **fields) -> ChangeRequest:
    """A change of an exposure whose first revision is live."""
    exposure = factories.make_exposure(factories.make_cluster(), factories.make_team("web"))
    live = factories.make_revision(exposure)
    revision = factories.make_revision(exposure, spec=after, base_revision=live)
    return factories.make_change_request(exposure, revision=revision, **fields)


def entry(name: str, status: str, message: str = "", elapsed_ms: int = 0) -> dict:
    return {"name": name, "status": status, "message": message, "started_at": STARTED, "elapsed_ms": elapsed_ms}


def lines(request: ChangeRequest) -> list[tuple[str, str, str]]:
    return [(line.label, line.before, line.after) for line in changes_of(request)]


@pytest.mark.parametrize(
    ("operation", "tls", "title"),
    [
        (Operation.CREATE, None, "Publish shop.dev.example.net"),
        (Operation.CREATE, {"secret_name": "shop-tls"}, "Publish shop.dev.example.net over HTTPS"),
        (Operation.UPDATE, None, "Change shop.dev.example.net"),
        (Operation.DELETE, {"secret_name": "shop-tls"}, "Take down shop.dev.example.net"),
    ],
)
def test_title_says_what_is_asked_for(operation, tls, title):
    assert title_of(request_for(spec_json(tls=tls), operation=operation)) == title


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (RequestState.PENDING, "network"),
        (RequestState.DELIVERING, "dev-1"),
        (RequestState.RETURNED, "team web"),
        (RequestState.BLOCKED, "team web"),
        (RequestState.FAILED, "team web"),
        (RequestState.DONE, ""),
        (RequestState.REJECTED, ""),
    ],
)
def test_waits_for_whom(state, who):
    request = request_for(state=state)
    factories.make_stage(request)
    assert waits_for(request) == who


def test_changes_of_an_update_name_only_what_differs():
    path = {"path": "/api", "path_type": "Exact", "service_name": "api", "service_port": 8080}
    after = spec_json(paths=[path], ingress_class_name="nginx", options={"body_size": "20 MB"})
    assert lines(changed(after)) == [
        ("Backend of /", "web / shop : http", ""),
        ("Backend of /api (Exact)", "", "web / api : 8080"),
        ("Ingress class", "", "nginx"),
        ("Body size", "", "20 MB"),
    ]


def test_changes_of_a_deletion_take_everything_away():
    request = changed(spec_json(), operation=Operation.DELETE)
    assert lines(request) == [("Host", "shop.dev.example.net", ""), ("Backend of /", "web / shop : http", "")]


def test_changes_of_nothing_are_none():
    assert lines(changed(spec_json())) == []


def test_reasons_unknown_show_their_own_name():
    request = request_for(flow={"because": ["https", "full_moon"]})
    assert [str(what) for what, _why in reasons_of(request)] == ["HTTPS", "full_moon"]


def test_steps_show_what_was_done_and_what_is_to_come():
    delivery = Delivery(
        operation=DeliveryOperation.APPLY,
        state=DeliveryState.APPLYING,
        steps=[entry("gate", "passed", elapsed_ms=12), entry("plan", "running")],
    )
    assert steps_of(delivery) == [
        Step("ok", "Check the rules once more", "", "12 ms"),
        Step("run", "Compare with the cluster", "", "14:02:11"),
        Step("", "Apply the manifest"),
        Step("", "Read it back and compare"),
        Step("", "Taken up by the ingress controller"),
        Step("", "Answers under its name"),
    ]


def test_steps_of_a_settled_delivery_end_where_it_ended():
    delivery = Delivery(
        operation=DeliveryOperation.DELETE,
        state=DeliveryState.FAILED,
        steps=[entry("gate", "failed", "The certificate has changed.", 1500)],
        reason={"code": "apply_conflict", "message": "", "hint": ""},
    )
    progress = progress_of(delivery)
    assert progress.steps == [Step("bad", "Check the rules once more", "The certificate has changed.", "1.5 s")]
    assert (progress.kind, progress.is_settled, progress.is_conflict) == ("bad", True, True)


def test_every_state_and_step_of_a_delivery_has_a_look():
    assert set(DELIVERY_KINDS) == set(DeliveryState)
    assert {name for names in STEPS_OF.values() for name in names} == set(STEP_WORDS)

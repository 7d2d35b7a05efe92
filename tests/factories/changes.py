"""Change requests with their stages and decisions, and deliveries, in any state a test wants to start from."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.approvals.enums import SETTLED_STATES, RequestState, StageMode, StageState, Verdict
from apps.approvals.models import ChangeRequest, Decision, Slot, Stage
from apps.delivery.enums import DeliveryOperation
from apps.delivery.models import Delivery
from apps.exposures.models import Exposure, Revision
from tests.factories.exposures import make_revision


def make_change_request(
    exposure: Exposure, *, revision: Revision | None = None, state: str = RequestState.PENDING, **fields: Any
) -> ChangeRequest:
    """A request for the exposure's next revision, without a stage."""
    revision = revision or make_revision(exposure)
    now = timezone.now()
    defaults: dict[str, Any] = {
        "operation": revision.operation,
        "submitter": revision.author,
        "submitted_at": now,
        "settled_at": now if state in SETTLED_STATES else None,
    }
    return ChangeRequest.objects.create(exposure=exposure, revision=revision, state=state, **defaults | fields)


def make_stage(request: ChangeRequest, *, principal: str = "group:network", **fields: Any) -> Stage:
    """An active any-of stage with one open slot for `principal`."""
    defaults: dict[str, Any] = {
        "round": request.round,
        "order": 1,
        "name": "network",
        "mode": StageMode.ANY,
        "state": StageState.ACTIVE,
        "activated_at": timezone.now(),
    }
    stage = Stage.objects.create(request=request, **defaults | fields)
    Slot.objects.create(stage=stage, principal=principal, holder=principal)
    return stage


def make_decision(stage: Stage, actor: User, *, verdict: str = Verdict.APPROVE, **fields: Any) -> Decision:
    defaults: dict[str, Any] = {
        "slot": stage.slots.get(),
        "content_hash": stage.request.content_hash,
        "round": stage.round,
        "channel": "api",
    }
    return Decision.objects.create(stage=stage, actor=actor, verdict=verdict, **defaults | fields)


def make_delivery(revision: Revision, **fields: Any) -> Delivery:
    defaults: dict[str, Any] = {
        "exposure": revision.exposure,
        "cluster": revision.exposure.cluster,
        "operation": DeliveryOperation.APPLY,
    }
    return Delivery.objects.create(revision=revision, **defaults | fields)

"""One word and one colour for an exposure, the same on every page, and the two badges of its own page.

`with_state` puts the state of the newest request and delivery onto each row, so that a list of any length costs the
same number of queries; `exposure_state` and its kin read only the row.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from apps.approvals.enums import OPEN_STATES, RequestState
from apps.approvals.models import ChangeRequest
from apps.delivery.enums import SETTLED, DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import ConditionType, DriftKind, Operation
from apps.exposures.models import Exposure
from apps.web.presenters.requests import STATES


class Badge(NamedTuple):
    """`kind` is the colour (ok, wait, run, bad, mute), `word` what people read; an empty icon follows."""

    kind: str
    word: str
    icon: str = ""


DRIFT_ICON = "git-compare"
MOVING = (RequestState.APPROVED, RequestState.DELIVERING)
UNSETTLED = tuple(sorted(set(DeliveryState) - SETTLED))


def with_state(exposures: QuerySet[Exposure]) -> QuerySet[Exposure]:
    """Adds `request_state`, `request_operation` and `delivery_state`: those of the newest, empty when there is none."""
    requests = ChangeRequest.objects.filter(exposure=OuterRef("pk")).order_by("-id")
    deliveries = Delivery.objects.filter(exposure=OuterRef("pk")).order_by("-id")
    return exposures.annotate(
        request_state=Subquery(requests.values("state")[:1]),
        request_operation=Subquery(requests.values("operation")[:1]),
        delivery_state=Subquery(deliveries.values("state")[:1]),
    )


def exposure_state(exposure: Exposure) -> Badge:
    """What matters most about it now: is it there and does it answer, or what keeps it from that."""
    if exposure.deleted_at is not None:
        return Badge("mute", _("Deleted"))
    if _is_moving(exposure):
        return _moving(exposure)
    if _has_failed(exposure):
        return Badge("bad", _("Delivery failed"))
    if exposure.live_revision_id is None:
        return _waiting(exposure)
    reached = reachability(exposure)
    if exposure.drift == DriftKind.MISSING or (exposure.drift and reached.kind != "bad"):
        return _drifted(exposure)
    return reached


def reachability(exposure: Exposure) -> Badge:
    """Whether people get an answer at the host, as last probed at the cluster's entry."""
    serving = exposure.condition(ConditionType.SERVING)
    if exposure.live_revision_id is None or serving is None:
        return Badge("mute", _("Not reachable yet"))
    if serving["status"] == "True":
        return Badge("ok", _("Serving"))
    words = {
        "NoEntry": Badge("mute", _("Not checked")),
        "NoAnswer": Badge("bad", _("Entry does not answer")),
        "NotRouted": Badge("bad", _("Not routed yet")),
        "OtherCertificate": Badge("bad", _("Wrong certificate")),
        "ServiceFails": Badge("bad", _("Service fails")),
    }
    return words.get(serving["reason"], Badge("bad", _("Not serving")))


def configuration(exposure: Exposure) -> Badge:
    """Whether the cluster has what was asked for last."""
    if exposure.deleted_at is not None:
        return Badge("mute", _("Removed"))
    if _is_moving(exposure):
        return _moving(exposure)
    if _has_failed(exposure):
        return Badge("bad", _("Delivery failed"))
    if exposure.live_revision_id is not None and exposure.drift:
        return _drifted(exposure)
    if _request_state(exposure) in OPEN_STATES:
        return _waiting(exposure)
    if exposure.live_revision_id is None:
        return Badge("mute", _("Not applied"))
    if exposure.live_revision_id != exposure.desired_revision_id:
        return Badge("wait", _("Change pending"))
    return Badge("ok", _("In sync"))


def pending_note(exposure: Exposure) -> str:
    """For lists: a live exposure whose change waits for somebody."""
    if exposure.live_revision_id is None or _is_moving(exposure) or _request_state(exposure) not in OPEN_STATES:
        return ""
    if _state_attribute(exposure, "request_operation") == Operation.DELETE:
        return _("Its deletion waits for an approval.")
    return _("A change of it waits for an approval.")


def _drifted(exposure: Exposure) -> Badge:
    if exposure.drift == DriftKind.MISSING:
        return Badge("bad", _("Gone from the cluster"), DRIFT_ICON)
    return Badge("wait", _("Changed outside"), DRIFT_ICON)


def _is_moving(exposure: Exposure) -> bool:
    """Something approved is on its way, or approved bytes are pushed once more."""
    return _request_state(exposure) in MOVING or _state_attribute(exposure, "delivery_state") in UNSETTLED


def _has_failed(exposure: Exposure) -> bool:
    """The newest change could not be delivered, or what it delivered could not be pushed again."""
    state = _request_state(exposure)
    failed_again = _state_attribute(exposure, "delivery_state") == DeliveryState.FAILED
    return state == RequestState.FAILED or (state == RequestState.DONE and failed_again)


def _moving(exposure: Exposure) -> Badge:
    if _state_attribute(exposure, "delivery_state") == DeliveryState.RETRYING:
        return Badge("wait", _("Trying again"))
    if _state_attribute(exposure, "request_operation") == Operation.DELETE:
        return Badge("run", _("Being removed"))
    return Badge("run", _("Applying"))


def _waiting(exposure: Exposure) -> Badge:
    """Nothing runs and a person has to act, or nobody asks for it any more."""
    state = _request_state(exposure)
    words = {
        RequestState.PENDING: Badge("wait", _("Waiting for approval")),
        RequestState.RETURNED: Badge("wait", _("Returned"), STATES[RequestState.RETURNED][1]),
        RequestState.BLOCKED: Badge("bad", _("Blocked"), STATES[RequestState.BLOCKED][1]),
        RequestState.STALE: Badge("wait", _("Out of date"), STATES[RequestState.STALE][1]),
        RequestState.DRAFT: Badge("mute", _("Draft")),
    }
    default = Badge("mute", _("Not applied"))
    return words.get(RequestState(state), default) if state else default


def _request_state(exposure: Exposure) -> str:
    return _state_attribute(exposure, "request_state")


def _state_attribute(exposure: Exposure, name: str) -> str:
    """From `with_state`; for a single row that did not come through it, asked for now."""
    if not hasattr(exposure, name):
        row = with_state(Exposure.objects.filter(pk=exposure.pk)).first()
        for key in ("request_state", "request_operation", "delivery_state"):
            setattr(exposure, key, getattr(row, key, ""))
    return getattr(exposure, name, "") or ""

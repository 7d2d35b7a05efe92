"""The judgement of `exposure_state` in SQL, for filters and their numbers over lists of any length.

Only the colour, not the word; a test compares both over every combination.
"""

from __future__ import annotations

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy

from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.delivery.enums import DeliveryState
from apps.delivery.models import Delivery
from apps.exposures.enums import DriftKind
from apps.exposures.models import Exposure
from apps.web.presenters.exposure_state import MOVING, UNSETTLED, with_state

WAITING = (RequestState.PENDING, RequestState.RETURNED, RequestState.STALE)
DECIDING = (*WAITING, *MOVING, RequestState.BLOCKED, RequestState.FAILED)
STATE_FILTERS = {
    "serving": gettext_lazy("Serving"),
    "progress": gettext_lazy("In progress"),
    "attention": gettext_lazy("Needs attention"),
    "drift": gettext_lazy("Changed outside"),
    "mute": gettext_lazy("Not known"),
}
KINDS_OF_FILTER = {"serving": ("ok",), "progress": ("run",), "attention": ("wait", "bad"), "mute": ("mute",)}


def with_kind(exposures: QuerySet[Exposure]) -> QuerySet[Exposure]:
    """Adds `kind`: ok, wait, run, bad or mute."""
    kind = Case(When(~Q(pk__in=_busy()), then=_settled_kind()), *_changing(), default=_settled_kind())
    return with_state(exposures).annotate(kind=kind)


def _busy() -> QuerySet[Exposure, str]:
    """Those whose newest request or delivery may decide. Found at once: asking every row for its newest takes long."""
    requests = ChangeRequest.objects.filter(state__in=DECIDING).values("exposure")
    deliveries = Delivery.objects.filter(state__in=(*UNSETTLED, DeliveryState.FAILED)).values("exposure")
    return Exposure.objects.filter(Q(pk__in=requests) | Q(pk__in=deliveries)).values_list("pk", flat=True)


def _changing() -> list[When]:
    """What the newest request and delivery say, in the order of `exposure_state`."""
    is_moving = Q(request_state__in=MOVING) | Q(delivery_state__in=UNSETTLED)
    failed_again = Q(request_state=RequestState.DONE, delivery_state=DeliveryState.FAILED)
    return [
        When(Q(is_moving, delivery_state=DeliveryState.RETRYING), then=Value("wait")),
        When(is_moving, then=Value("run")),
        When(Q(request_state=RequestState.FAILED) | failed_again, then=Value("bad")),
        When(live_revision=None, request_state__in=WAITING, then=Value("wait")),
        When(live_revision=None, request_state=RequestState.BLOCKED, then=Value("bad")),
    ]


def _settled_kind() -> Case:
    """What the row itself says."""
    return Case(
        When(live_revision=None, then=Value("mute")),
        When(drift=DriftKind.MISSING, then=Value("bad")),
        When(serving="False", then=Value("bad")),
        When(drift=DriftKind.CHANGED, then=Value("wait")),
        When(serving="True", then=Value("ok")),
        default=Value("mute"),
        output_field=CharField(),
    )


def in_state(exposures: QuerySet[Exposure], name: str) -> QuerySet[Exposure]:
    """Those that the filter of this name asks for, each with its `kind`; all of them for an unknown one."""
    judged = with_kind(exposures)
    if name == "drift":
        return judged.exclude(drift=DriftKind.NONE)
    kinds = KINDS_OF_FILTER.get(name)
    return judged.filter(Q(("kind__in", kinds))) if kinds else judged

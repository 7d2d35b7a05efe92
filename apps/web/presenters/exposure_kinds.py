"""The judgement of `exposure_state` in SQL, for filters and their numbers over lists of any length.

Only the colour, not the word; a test compares both over every combination.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

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


def with_kind_apart(exposures: QuerySet[Exposure]) -> tuple[QuerySet[Exposure], QuerySet[Exposure]]:
    """The same rows in two parts, for counting: those of which the row says all, and the few whose newest request or
    delivery is asked for.
    """
    settled = exposures.exclude(pk__in=_busy()).annotate(kind=_settled_kind())
    return settled, _judged_busy(exposures)


def _judged_busy(exposures: QuerySet[Exposure]) -> QuerySet[Exposure]:
    kind = Case(*_changing(), default=_settled_kind())
    return with_state(exposures.filter(pk__in=_busy())).annotate(kind=kind)


def _busy() -> QuerySet[Any, Any]:
    """Those whose newest request or delivery may decide. Found at once: asking every row for its newest takes long."""
    requests = ChangeRequest.objects.filter(state__in=DECIDING).order_by().values("exposure")
    failed_or_not_done = (*UNSETTLED, DeliveryState.FAILED)
    deliveries = Delivery.objects.filter(state__in=failed_or_not_done).order_by().values("exposure")
    return requests.union(deliveries, all=True)


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


def _settled_as(kinds: Sequence[str]) -> Q:
    """`_settled_kind` as conditions on single columns, of which a database knows how many rows they find."""
    is_bad = Q(drift=DriftKind.MISSING) | Q(serving="False")
    is_silent = Q(drift=DriftKind.NONE) & ~Q(serving__in=("True", "False"))
    found = {
        "bad": Q(is_bad, live_revision__isnull=False),
        "wait": Q(~Q(serving="False"), drift=DriftKind.CHANGED, live_revision__isnull=False),
        "ok": Q(drift=DriftKind.NONE, serving="True", live_revision__isnull=False),
        "mute": Q(live_revision=None) | is_silent,
    }
    return reduce(or_, (found[kind] for kind in kinds if kind in found), Q(pk__in=[]))


def in_state(exposures: QuerySet[Exposure], name: str) -> QuerySet[Exposure]:
    """Those that the filter of this name asks for; all of them for an unknown one."""
    if name == "drift":
        return exposures.exclude(drift=DriftKind.NONE)
    kinds = KINDS_OF_FILTER.get(name)
    if kinds is None:
        return exposures
    judged = _judged_busy(Exposure.objects.all()).filter(Q(("kind__in", kinds))).order_by().values("pk")
    return exposures.filter(Q(_settled_as(kinds), ~Q(pk__in=_busy())) | Q(pk__in=judged))

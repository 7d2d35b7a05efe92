"""When a change counts as settled for `?wait=`, asked of the database afresh each time."""

from __future__ import annotations

from collections.abc import Callable

from apps.api.waiting import wait_until
from apps.approvals.enums import RequestState
from apps.approvals.models import ChangeRequest
from apps.delivery.models import Delivery
from apps.exposures.models import Exposure

# Only these move on without a person.
MOVING = frozenset({RequestState.APPROVED, RequestState.DELIVERING})


def wait_for_machine(request: ChangeRequest, seconds: int) -> ChangeRequest:
    """After a write: until nothing happens any more without a person. The request as it is then."""
    return _wait(request, seconds, lambda: _state_of(request) not in MOVING)


def wait_for_request(request: ChangeRequest, seconds: int) -> ChangeRequest:
    """Until the request is over, people included."""
    return _wait(request, seconds, lambda: not _is_open(request))


def wait_for_exposure(exposure: Exposure, seconds: int) -> None:
    """Until no request for the exposure is open."""
    wait_until(lambda: not ChangeRequest.objects.open().filter(exposure=exposure).exists(), seconds)


def _wait(request: ChangeRequest, seconds: int, is_settled: Callable[[], bool]) -> ChangeRequest:
    wait_until(is_settled, seconds)
    return ChangeRequest.objects.with_relations().get(pk=request.pk)


def _state_of(request: ChangeRequest) -> str:
    return ChangeRequest.objects.values_list("state", flat=True).get(pk=request.pk)


def _is_open(request: ChangeRequest) -> bool:
    return ChangeRequest.objects.open().filter(pk=request.pk).exists()


def wait_for_delivery(delivery: Delivery, seconds: int) -> None:
    wait_until(lambda: not Delivery.objects.unsettled().filter(pk=delivery.pk).exists(), seconds)

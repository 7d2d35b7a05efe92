"""Tells the layer above what became of a delivery, inside the transaction that settles it.

The approval engine lies above and may not be imported from here, yet a request must be done the moment its delivery is.
It subscribes at start-up; the call runs in the same transaction, so the two can never disagree (docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Callable

from apps.delivery.models import Delivery

Listener = Callable[[Delivery], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Call `listener(delivery)` whenever a delivery settles or is taken up again; once per process."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(delivery: Delivery) -> None:
    for listener in _listeners:
        listener(delivery)

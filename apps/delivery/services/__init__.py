"""Delivery: rows as the queue (`queue`), one attempt of one row (`run`), the way from gate to live (`way`)."""

from apps.delivery.services.queue import cancel_waiting, enqueue, retry, sweep
from apps.delivery.services.run import run_delivery

__all__ = ["cancel_waiting", "enqueue", "retry", "run_delivery", "sweep"]

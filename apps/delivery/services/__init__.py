"""Delivery: rows as the queue (`queue`), one attempt of a row (`run`), the way from gate to live (`way`), drift.

Certificates that people upload go another way: straight to the cluster, because their keys are never stored.
"""

from apps.delivery.services.certificates import copy_certificate, upload_certificate
from apps.delivery.services.drift import Drift, read_drift, require_seen, revert_drift
from apps.delivery.services.drift_notes import check_drift
from apps.delivery.services.queue import cancel_waiting, enqueue, retry, sweep, was_ever_sent
from apps.delivery.services.run import run_delivery

__all__ = [
    "Drift",
    "cancel_waiting",
    "check_drift",
    "copy_certificate",
    "enqueue",
    "read_drift",
    "require_seen",
    "retry",
    "revert_drift",
    "run_delivery",
    "sweep",
    "upload_certificate",
    "was_ever_sent",
]

"""Wakes a worker by task name once the transaction has committed.

The message carries a name and ids only and may get lost: what has to be done stands in rows, and sweepers find it.
So a broker that is down costs a log line and some seconds, never the caller's request.
"""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def dispatch(task_name: str, *args: str) -> None:
    """Send the task after the commit, or at once when no transaction is open."""
    transaction.on_commit(partial(send_now, task_name, *args), robust=True)


def send_now(task_name: str, *args: str) -> bool:
    """Send the task without waiting for a commit; False when the broker could not be reached."""
    try:
        current_app.send_task(task_name, args=args)
    except (OperationalError, OSError) as error:
        logger.warning("broker_unreachable", extra={"task": task_name, "error": type(error).__name__})
        return False
    return True

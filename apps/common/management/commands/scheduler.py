"""Runs the schedule until it is told to stop. Several may run at once; each job still starts once."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from apps.common.ids import new_id
from apps.common.request_context import request_context
from apps.common.scheduling import Job, pause_until_next, start_due

logger = logging.getLogger(__name__)

SCHEDULE = "portal.schedules.JOBS"
SHORTEST_PAUSE = timedelta(milliseconds=50)
PAUSE_AFTER_FAILURE = timedelta(seconds=2)


class Command(BaseCommand):
    help = "Start recurring jobs when they are due; ends cleanly on SIGTERM and SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        jobs: list[Job] = import_string(SCHEDULE)
        logger.info("scheduler_started", extra={"jobs": len(jobs)})
        while not stop.is_set():
            stop.wait(run_once(jobs).total_seconds())
        logger.info("scheduler_stopped")


def run_once(jobs: list[Job]) -> timedelta:
    """Start what is due; how long to wait then. A database that is away for a while does not end the scheduler."""
    close_old_connections()
    try:
        with request_context(request_id=new_id("sch")):
            start_due(jobs, now=timezone.now())
        return max(pause_until_next(jobs, now=timezone.now()), SHORTEST_PAUSE)
    except DatabaseError:
        logger.exception("schedule_unreadable")
        return PAUSE_AFTER_FAILURE

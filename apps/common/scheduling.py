"""Starts recurring jobs when they are due. Any number of schedulers may run: a compare-and-set on a job's row lets
exactly one of them start it.

A job is a task name; starting it only wakes a worker. A start that gets lost is made up for by the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from apps.common.dispatch import send_now
from apps.common.models import Schedule

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Job:
    """A task that is to be started `every` so often."""

    name: str
    task: str
    every: timedelta


def start_due(jobs: Iterable[Job], *, now: datetime, send: Callable[[str], object] = send_now) -> list[Job]:
    """Start each job that is due and that no other scheduler started first; those that this call started."""
    listed = list(jobs)
    _add_missing(listed, now)
    started = [job for job in listed if _claim(job, now)]
    for job in started:
        send(job.task)
    return started


def pause_until_next(jobs: Iterable[Job], *, now: datetime) -> timedelta:
    """How long nothing is due: never long, so that a clock that jumps or a row that is edited is noticed soon."""
    names = [job.name for job in jobs]
    due = Schedule.objects.filter(name__in=names).order_by("next_run_at").values_list("next_run_at", flat=True).first()
    if due is None:
        return LONGEST_PAUSE
    return min(max(due - now, timedelta(0)), LONGEST_PAUSE)


def _add_missing(jobs: list[Job], now: datetime) -> None:
    known = set(Schedule.objects.filter(name__in=[job.name for job in jobs]).values_list("name", flat=True))
    missing = [Schedule(name=job.name, next_run_at=now) for job in jobs if job.name not in known]
    if missing:
        Schedule.objects.bulk_create(missing, ignore_conflicts=True)


def _claim(job: Job, now: datetime) -> bool:
    """Move the job's next run forward; only one of several that try changes the row.

    A run further away than the interval comes from a longer interval or a clock that was wrong: it counts as due.
    """
    due = Q(next_run_at__lte=now) | Q(next_run_at__gt=now + job.every)
    rows = Schedule.objects.filter(due, name=job.name)
    return bool(rows.update(next_run_at=now + job.every, last_run_at=now))
